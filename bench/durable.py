"""Measures scores that are durable end to end: the answer after the commit, the event consumed, for each store and bus.

Beside each stands the limit, in the same run on the same server: what pgbench's simple update reaches with as many clients,
and what librdkafka publishes with as many. Load, servers and agent share the machine's cores. Turn by turn, so that a slow
minute hits all alike; medians. With --students-in-database the cost of a request is measured as the database grows, and the
number of active students does not.

Not here: what is posted and how it is counted (bench/client).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
# Brokers as in earnest, not as quick to start as tests want them.
os.environ["AGENT_BUS_KAFKA_JIT"] = "full"

from cluster import Cluster, script  # noqa: E402
from fleet import Fleet, default_binary, put_class, resident_mib  # noqa: E402

CLASS_STUDENTS = 500
HIGH = 1_000_000_000
LIMITS = ["--student-requests-per-minute", HIGH, "--other-requests-per-minute", HIGH]


class Side:
    """A running Progress: where it listens, what it stands on."""

    def __init__(self, name, running, folder, database=None, brokers=None):
        self.name = name
        self.running = running
        self.teacher = running.token("teacher-1", "teacher")
        self.token_file = folder / "teacher.token"
        self.token_file.write_text(self.teacher)
        self.address = f"http://127.0.0.1:{running.public['progress'] if brokers else running.port}"
        self.database = database
        self.brokers = brokers
        self.classes = 0

    def enrol(self, students):
        """Students 0 to `students`, in classes of the teacher's."""
        while self.classes * CLASS_STUDENTS < students:
            first = self.classes * CLASS_STUDENTS
            roster = [f"student-{n}" for n in range(first, min(first + CLASS_STUDENTS, students))]
            put_class(self.running, f"bench-{self.classes}", self.teacher, roster)
            self.classes += 1

    def processor_s(self):
        """What the agent's process has computed so far, in seconds."""
        processes = getattr(self.running, "processes", None)
        process = processes["progress"].process if processes else self.running.process
        fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def client(options, *arguments):
    command = [str(word) for word in (options.client, *arguments)]
    output = subprocess.run(command, capture_output=True, text=True)
    if output.returncode:
        raise SystemExit(f"{' '.join(command)}: {output.stderr}")
    return json.loads(output.stdout)


def post(options, side, students, clients, seconds):
    consuming = ["--brokers", side.brokers, "--release-prefix", side.running.prefix] if side.brokers else []
    before_s = side.processor_s()
    figures = client(
        options, "posts", "--address", side.address, "--token", side.token_file, "--students", students,
        "--clients", clients, "--seconds", seconds, *consuming,
    )  # fmt: skip
    # The two seconds of warm-up count as work, too.
    figures["agent_us"] = (side.processor_s() - before_s) / figures["accepted"] * seconds / (seconds + 2) * 1e6
    # Until the last event was consumed: what was answered and still waits is not done.
    figures["per_s"] = figures["accepted"] / figures.get("consumed_after_s", figures["seconds"])
    return figures


def pgbench(options, database, clients, seconds):
    """Updates a second of pgbench's simple update: one row changed and one added in a transaction."""
    bench = [Path(script("need", "postgres")) / "pgbench", "--no-vacuum", database]
    arguments = ["--builtin", "simple-update", "--protocol", "prepared", "--client", clients, "--jobs", 2]
    command = [str(word) for word in (*bench, *arguments, "--time", seconds)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


def psql(database, *commands):
    program = Path(script("need", "postgres")) / "psql"
    each = [word for command in commands for word in ("--command", command)]
    subprocess.run([str(program), "--quiet", database, *each], check=True)


def make_pgbench(database):
    psql(database, "CREATE DATABASE pgbench")
    made = database.rsplit("/", 1)[0] + "/pgbench"
    pgbench = str(Path(script("need", "postgres")) / "pgbench")
    subprocess.run([pgbench, "--initialize", "--scale", "20", "--quiet", made], check=True, capture_output=True)
    return made


def measure(options, side):
    """Rounds of one side beside its limits."""
    other = make_pgbench(side.database) if side.database else None
    rounds = []
    for number in range(options.rounds + 1):
        seconds = options.seconds if number else 3
        figures = post(options, side, options.students, options.clients, seconds)
        if other:
            figures["pgbench_per_s"] = pgbench(options, other, options.clients, seconds)
        if side.brokers:
            raw = client(
                options, "raw-kafka", "--brokers", side.brokers, "--topic", f"{side.running.prefix}agent.responses",
                "--clients", options.clients, "--seconds", seconds,
            )  # fmt: skip
            figures["raw_kafka_per_s"] = raw["answers"]["count"] / raw["seconds"]
        if number:
            rounds.append(figures)
    of = lambda read: median(read(figures) for figures in rounds)  # noqa: E731
    cell = lambda value, digits=0: "" if value is None else f"{value:,.{digits}f}"  # noqa: E731
    per_s = of(lambda figures: figures["per_s"])
    limit = of(lambda figures: figures["pgbench_per_s"]) if other else None
    raw = of(lambda figures: figures["raw_kafka_per_s"]) if side.brokers else None
    cells = [
        cell(per_s),
        cell(of(lambda figures: figures["answers"]["p50_ms"]), 1),
        cell(of(lambda figures: figures["answers"]["p99_ms"]), 1),
        cell(of(lambda figures: figures["consumed"]["p99_ms"]), 1) if side.brokers else "",
        cell(of(lambda figures: figures["agent_us"])),
        cell(limit),
        cell(per_s / limit, 2) if limit else "",
        cell(raw),
    ]
    print(f"| {side.name} | " + " | ".join(cells) + " |", flush=True)


def grow(options, name, scratch):
    """What a request costs with so many students in the database, a database for each number. One client tells the request's
    own time, sixteen what of it is processor time."""
    print("\n| students in the database | p50 ms, one client | p99 ms | a second, 16 clients | agent us a request | p50 to the first |")
    print(f"|{'---|' * 6}")
    with ExitStack() as stack:
        sides = []
        for students in options.students_in_database:
            folder = scratch / str(students)
            folder.mkdir(mode=0o755)
            side = stack.enter_context(SIDES[name](options, folder))
            fill(options, side, students)
            sides.append((students, side))
        turns = [turn(options, sides) for _ in range(options.rounds + 1)][1:]
    first = median(alone["answers"]["p50_ms"] for alone, _ in (figures[0] for figures in turns))
    for place, (students, _) in enumerate(sides):
        of = lambda read: median(read(*figures[place]) for figures in turns)  # noqa: B023, E731
        p50_ms = of(lambda alone, _: alone["answers"]["p50_ms"])
        cells = [
            f"{p50_ms:.2f}",
            f"{of(lambda alone, _: alone['answers']['p99_ms']):.2f}",
            f"{of(lambda _, together: together['per_s']):,.0f}",
            f"{of(lambda _, together: together['agent_us']):.0f}",
            f"{p50_ms / first:.2f}",
        ]
        print(f"| {students:,} | " + " | ".join(cells) + " |", flush=True)


def fill(options, side, students):
    """Puts in so many students, and leaves nothing for the server to do about that later."""
    side.enrol(students)
    known = 0
    while known < students:
        known += post(options, side, students, 64, max(2, students // 4000))["accepted"]
    if side.database:
        psql(side.database, "VACUUM ANALYZE", "CHECKPOINT")


def turn(options, sides):
    """One client, then sixteen, on each: for as many students everywhere, or it would be seen how many are active."""
    active = [(min(students, options.students), side) for students, side in sides]
    return [[post(options, side, students, clients, options.seconds) for clients in (1, 16)] for students, side in active]


@contextmanager
def sqlite(options, folder):
    with Fleet(options.binary, LIMITS) as fleet:
        yield Side("SQLite, in-process", fleet, folder)


@contextmanager
def postgres(options, folder):
    try:
        database = script("postgres", "start", folder)
        with Fleet(options.binary, [*LIMITS, "--database", database]) as fleet:
            yield Side("Postgres, in-process", fleet, folder, database)
    finally:
        script("postgres", "stop", folder, "immediate", check=False)


@contextmanager
def through(name, bus, options, folder):
    with Cluster(options.binary, ["progress"], bus) as cluster:
        process = cluster.processes["progress"].process
        print(f"{name}: idle {resident_mib(process.pid):.1f} MiB", file=sys.stderr, flush=True)
        yield Side(name, cluster, folder, cluster.database, cluster.kafka)


SIDES = {
    "sqlite": sqlite,
    "postgres": postgres,
    "kafka": partial(through, "Postgres, Kafka", "kafka"),
    "dapr": partial(through, "Postgres, Dapr over Kafka", "dapr"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=default_binary("release"))
    parser.add_argument("--client", type=Path, default=default_binary("release").with_name("bench-client"))
    parser.add_argument("--only", action="append", choices=list(SIDES))
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count, after one that does not")
    parser.add_argument("--seconds", type=int, default=10, help="seconds a turn")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--students", type=int, default=1000, help="students who are active")
    parser.add_argument("--students-in-database", type=int, action="append", default=[])
    options = parser.parse_args()

    # The path of Postgres's socket must be short, and its user comes in.
    with tempfile.TemporaryDirectory(prefix="agent-bus-bench.", dir="/tmp") as scratch:
        Path(scratch).chmod(0o755)
        print(f"{os.cpu_count()} cores, {options.clients} clients, {options.rounds} rounds of {options.seconds} s, medians\n")
        if not options.students_in_database:
            print("| store, bus | scores a second, consumed | p50 ms | p99 ms | p99 until consumed, ms | agent us a score", end="")
            print(f" | pgbench a second | ratio | librdkafka a second |\n|{'---|' * 9}", flush=True)
        for name in options.only or SIDES:
            folder = Path(scratch) / name
            folder.mkdir(mode=0o755)
            if options.students_in_database:
                grow(options, name, folder)
            else:
                with SIDES[name](options, folder) as side:
                    side.enrol(options.students)
                    measure(options, side)


if __name__ == "__main__":
    main()
