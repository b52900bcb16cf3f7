"""A thousand students at work: mixed requests to all five agents at a fixed rate, whether or not the ones before were answered.

Each agent runs in a process of its own, on Postgres, Redis and Kafka (with --bus dapr beside a sidecar each), with the limit of
requests that students have in earnest. Exercises were admitted before, more than these students ask for. Two minutes of load
go before, uncounted, the first at half the rate. A latency begins when its request was due. Prints each agent's p99 beside half
of its budget, what was not answered with 2xx, and the memory of each process. Exit status 1 where something is out of its bounds.

Not here: how the load is made (bench/client).
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
# Brokers as in earnest, not as quick to start as tests want them.
os.environ["AGENT_BUS_KAFKA_JIT"] = "full"

from cluster import Cluster  # noqa: E402
from fleet import default_binary, put_class, resident_mib  # noqa: E402

# Milliseconds: requirements.md. The p99 is to stay within half of it.
BUDGETS_MS = {"progress": 200, "debug": 150, "concepts": 300, "exercise": 250, "review": 200}
IDLE_MIB, LOADED_MIB = 40, 96
TOPICS = ["variables", "data-types", "input-output", "operators", "type-conversion", "if-elif-else", "for", "while"]
ANSWER = "total = 0\nfor number in range(20):\n    total = total + number\nprint(total)\n"
# What a minute of a class looks like, in parts of a thousand.
MIX = {
    "look": 250, "explain_mastery": 60, "post": 140, "analyze": 220, "suggest": 20, "review": 140, "compare": 10,
    "explain": 80, "path": 20, "quiz": 30, "difficulty": 15, "generate": 10, "verify": 5,
}  # fmt: skip


class Class:
    """The students, and what they ask."""

    def __init__(self, cluster, students, seed):
        self.cluster = cluster
        self.random = random.Random(seed)
        self.teacher = cluster.token("teacher-1", "teacher")
        self.students = [f"student-{n}" for n in range(students)]
        self.tokens = {student: cluster.token(student, "student") for student in self.students}
        self.programs = [path.read_text() for path in sorted((ROOT / "bench/programs").glob("*.py"))]
        self.problems = {}
        for number, first in enumerate(range(0, students, 500)):
            put_class(cluster, f"bench-{number}", self.teacher, self.students[first : first + 500])

    def ask(self, method, path, token, body):
        status, answer = self.cluster.call(method, f"/api/v1/{path}", token, body)
        if status not in (200, 201):
            raise SystemExit(f"{path}: {status} {answer}")
        return answer

    def draw_problems(self, count):
        """So many students have a problem before them."""
        for number, student in enumerate(self.students[:count]):
            wish = {"topic": TOPICS[number % len(TOPICS)], "kind": "write"}
            self.problems[student] = self.ask("POST", "exercise/generate", self.tokens[student], wish)["problem_id"]

    def plan(self, lines):
        for number in range(lines):
            student = self.students[number % len(self.students)]
            (kind,) = self.random.choices(list(MIX), weights=list(MIX.values()))
            if kind == "verify" and student not in self.problems:
                kind = "difficulty"
            agent, method, path, body = getattr(self, kind)(student)
            token = self.teacher if kind == "post" else self.tokens[student]
            url = f"http://127.0.0.1:{self.cluster.public[agent]}/api/v1/{agent}{path}"
            body = json.dumps(body) if body is not None else ""
            yield {"agent": agent, "method": method, "url": url, "token": token, "body": body}

    def topic(self):
        return self.random.choice(TOPICS)

    def program(self):
        return self.random.choice(self.programs)

    def look(self, student):
        return "progress", "GET", f"/{student}", None

    def explain_mastery(self, student):
        return "progress", "GET", f"/{student}/explain?component={self.topic()}", None

    def post(self, student):
        scores = {name: self.random.randint(0, 100) / 100 for name in ("completion", "quiz", "quality", "consistency")}
        body = {"component": self.topic(), "scores": scores, "idempotency_key": "{n}"}
        return "progress", "POST", f"/{student}", body

    def analyze(self, _):
        return "debug", "POST", "/analyze", {"code": self.program() + "# {n}\n"}

    def suggest(self, _):
        return "debug", "GET", "/patterns", None

    def review(self, _):
        return "review", "POST", "/quality", {"code": self.program() + "# {n}\n", "component": self.topic()}

    def compare(self, _):
        return "review", "POST", "/compare", {"code": self.program(), "other": self.program()}

    def explain(self, _):
        return "concepts", "POST", "/explain", {"concept": self.topic(), "depth": "standard"}

    def path(self, _):
        return "concepts", "POST", "/path", {"target": self.topic(), "known": ["variables"]}

    def quiz(self, _):
        return "concepts", "POST", "/quiz", {"concept": self.topic(), "count": 3}

    def difficulty(self, _):
        return "exercise", "POST", "/difficulty", {"topic": self.topic()}

    def generate(self, student):
        # Who has a problem to answer keeps it.
        if student in self.problems:
            return self.difficulty(student)
        return "exercise", "POST", "/generate", {"topic": self.topic()}

    def verify(self, student):
        return "exercise", "POST", "/verify", {"problem_id": self.problems[student], "answer": ANSWER}


class Memory(threading.Thread):
    """The most that each process held, in MiB."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.done = threading.Event()
        self.most = {}

    def run(self):
        while not self.done.wait(1):
            for name, process in self.cluster.processes.items():
                self.most[name] = max(self.most.get(name, 0), resident_mib(process.process.pid))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=default_binary("release"))
    parser.add_argument("--client", type=Path, default=default_binary("release").with_name("bench-client"))
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--rate-per-s", type=float, default=1000)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--warm-up-s", type=int, default=120, help="load before, not counted")
    parser.add_argument("--bus", choices=["dapr", "kafka"], default="kafka")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    # A worker each, as in a pod of the chart, which has half a core: ten of them on two cores mostly wake each other.
    settings = {"AGENT_BUS_STUDENT_REQUESTS_PER_MINUTE": "100", "TOKIO_WORKER_THREADS": "1"}
    with (
        tempfile.TemporaryDirectory(prefix="agent-bus-bench-") as scratch,
        Cluster(options.binary, list(BUDGETS_MS), options.bus, settings=settings) as cluster,
    ):
        idle = {name: resident_mib(process.process.pid) for name, process in cluster.processes.items()}
        prepared = cluster.run("exercises", "prepare", "--database", cluster.database, "--seeds", 8)
        print(f"exercises: {prepared.strip()}", flush=True)
        students = Class(cluster, options.students, options.seed)
        students.draw_problems(100)
        plan = Path(scratch) / "plan.jsonl"
        plan.write_text("".join(json.dumps(line) + "\n" for line in students.plan(10 * options.students)))
        memory = Memory(cluster)
        memory.start()
        # Java's compilers and the plans of Postgres are not what is measured.
        half_s = options.warm_up_s // 2
        loads = [(half_s, options.rate_per_s / 2), (half_s, options.rate_per_s), (options.seconds, options.rate_per_s)]
        for seconds, rate_per_s in loads:
            arguments = ["open-loop", "--plan", plan, "--rate-per-s", rate_per_s, "--seconds", seconds]
            command = [str(word) for word in (options.client, *arguments)]
            output = subprocess.run(command, capture_output=True, text=True, start_new_session=True)
            if output.returncode:
                raise SystemExit(output.stderr)
        memory.done.set()
        memory.join()
        starts = sum(process.starts - 1 for process in cluster.processes.values())

    figures = json.loads(output.stdout)
    held = not figures["errors"] and starts == 0
    print(f"{os.cpu_count()} cores, {options.students:,} students, bus {options.bus}: {figures['offered']:,} requests", end="")
    print(f" at {options.rate_per_s:g} a second; not 2xx: {sum(figures['errors'].values())}; processes that ended: {starts}\n")
    for error, count in list(figures["errors"].items())[:10]:
        print(f"{count} times {error[:300]}", file=sys.stderr)
    print(f"| agent | requests | p50 ms | p95 ms | p99 ms | half the budget, ms | idle MiB | most MiB |\n|{'---|' * 8}")
    for agent, budget_ms in BUDGETS_MS.items():
        of = figures["agents"][agent]
        held &= of["p99_ms"] <= budget_ms / 2 and idle[agent] < IDLE_MIB and memory.most[agent] < LOADED_MIB
        cells = f"{of['count']:,} | {of['p50_ms']:.1f} | {of['p95_ms']:.1f} | {of['p99_ms']:.1f} | {budget_ms / 2:.0f}"
        print(f"| {agent} | {cells} | {idle[agent]:.1f} | {memory.most[agent]:.1f} |")
    parts = ", ".join(f"{part['p99_ms']:.0f}" for part in figures["parts"])
    print(f"p99 of all requests in each tenth of the run, ms: {parts}")
    for name in sorted(set(memory.most) - set(BUDGETS_MS)):
        print(f"{name}: {idle[name]:.1f} MiB idle, {memory.most[name]:.1f} at most")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
