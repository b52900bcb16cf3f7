"""Measures scores that are durable end to end: the answer after the commit, the event consumed, for each store and bus.

Beside each stands the limit, in the same run on the same server: what pgbench's simple update reaches with as many clients,
and what librdkafka publishes with as many. Load, servers and agent share the machine's cores. Turn by turn, so that a slow
minute hits all alike; medians. With --students-in-database the cost of a request is measured as the database grows.

Not here: what is posted and how it is counted (bench/client).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
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

    def __init__(self, name, running, database=None, brokers=None):
        self.name = name
        self.running = running
        self.address = f"http://127.0.0.1:{running.public['progress'] if brokers else running.port}"
        self.database = database
        self.brokers = brokers
        self.classes = 0

    def enrol(self, students, token):
        """Students 0 to `students`, in classes of the teacher's."""
        while self.classes * CLASS_STUDENTS < students:
            first = self.classes * CLASS_STUDENTS
            roster = [f"student-{n}" for n in range(first, min(first + CLASS_STUDENTS, students))]
            put_class(self.running, f"bench-{self.classes}", token, roster)
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


def post(options, side, token, students, clients, seconds):
    consuming = ["--brokers", side.brokers, "--release-prefix", side.running.prefix] if side.brokers else []
    before_s = side.processor_s()
    figures = client(
        options, "posts", "--address", side.address, "--token", token, "--students", students,
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


def make_pgbench(database):
    psql = [str(Path(script("need", "postgres")) / "psql"), "--quiet", database, "--command", "CREATE DATABASE pgbench"]
    subprocess.run(psql, check=True)
    made = database.rsplit("/", 1)[0] + "/pgbench"
    pgbench = str(Path(script("need", "postgres")) / "pgbench")
    subprocess.run([pgbench, "--initialize", "--scale", "20", "--quiet", made], check=True, capture_output=True)
    return made


def measure(options, side, token_file):
    """Rounds of one side beside its limits."""
    other = make_pgbench(side.database) if side.database else None
    rounds = []
    for number in range(options.rounds + 1):
        seconds = options.seconds if number else 3
        figures = post(options, side, token_file, options.students, options.clients, seconds)
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


def grow(options, side, token, token_file):
    """What a request costs as the database grows: one client, so that it is the request's own time."""
    print("\n| students in the database | p50 ms, one client | p99 ms | a second, 16 clients | agent us a request |")
    print("|---|---|---|---|---|")
    for students in options.students_in_database:
        side.enrol(students, token)
        known = 0
        while known < students:
            known += post(options, side, token_file, students, 64, max(2, students // 4000))["accepted"]
        alone = post(options, side, token_file, students, 1, options.seconds)["answers"]
        together = post(options, side, token_file, students, 16, options.seconds)
        cells = f"{alone['p50_ms']:.2f} | {alone['p99_ms']:.2f} | {together['per_s']:,.0f} | {together['agent_us']:.0f}"
        print(f"| {students:,} | {cells} |", flush=True)


def sides(options, scratch):
    """Each store and bus, one after the other; each is ended before the next begins."""
    wanted = options.only or ["sqlite", "postgres", "kafka", "dapr"]
    if "sqlite" in wanted:
        with Fleet(options.binary, LIMITS) as fleet:
            yield Side("SQLite, in-process", fleet)
    if "postgres" in wanted:
        folder = scratch / "postgres"
        try:
            database = script("postgres", "start", folder)
            with Fleet(options.binary, [*LIMITS, "--database", database]) as fleet:
                yield Side("Postgres, in-process", fleet, database)
        finally:
            script("postgres", "stop", folder, "immediate", check=False)
    for bus, name in (("kafka", "Postgres, Kafka"), ("dapr", "Postgres, Dapr over Kafka")):
        if bus in wanted:
            with Cluster(options.binary, ["progress"], bus) as cluster:
                process = cluster.processes["progress"].process
                print(f"{name}: idle {resident_mib(process.pid):.1f} MiB", file=sys.stderr, flush=True)
                yield Side(name, cluster, cluster.database, cluster.kafka)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=default_binary("release"))
    parser.add_argument("--client", type=Path, default=default_binary("release").with_name("bench-client"))
    parser.add_argument("--only", action="append", choices=["sqlite", "postgres", "kafka", "dapr"])
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count, after one that does not")
    parser.add_argument("--seconds", type=int, default=10, help="seconds a turn")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--students-in-database", type=int, action="append", default=[])
    options = parser.parse_args()

    # The path of Postgres's socket must be short, and its user comes in.
    with tempfile.TemporaryDirectory(prefix="agent-bus-bench.", dir="/tmp") as scratch:
        Path(scratch).chmod(0o755)
        print(f"{os.cpu_count()} cores, {options.clients} clients, {options.rounds} rounds of {options.seconds} s, medians\n")
        if not options.students_in_database:
            print("| store, bus | scores a second, consumed | p50 ms | p99 ms | p99 until consumed, ms | agent us a score", end="")
            print(f" | pgbench a second | ratio | librdkafka a second |\n|{'---|' * 9}", flush=True)
        for side in sides(options, Path(scratch)):
            token = side.running.token("teacher-1", "teacher")
            token_file = Path(scratch) / "teacher.token"
            token_file.write_text(token)
            if options.students_in_database:
                print(f"\n{side.name}", flush=True)
                grow(options, side, token, token_file)
            else:
                side.enrol(options.students, token)
                measure(options, side, token_file)


if __name__ == "__main__":
    main()
