"""Measures the agents beside the peer of bench/peers, on loopback, turn by turn, and prints a table.

Both stand on a scratch folder with SQLite in WAL mode and synchronous=FULL, and check every token. Our limiter is on and
set so high that it refuses nothing; a run in which anything was refused or broken is void. The load is wrk's, one thread,
from the same machine, so that both sides share their cores with it alike.
"""

import argparse
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from fleet import Fleet, default_binary, resident_mib  # noqa: E402

STUDENTS = 200
# Students who ask the exercise agent at the same moment.
AT_ONCE = 8
HIGH = 1_000_000_000
SETTINGS = ["--student-requests-per-minute", HIGH, "--other-requests-per-minute", HIGH]


class Peer:
    """The FastAPI peer: one uvicorn worker a core. It trusts the fleet's key, so that both take the same tokens."""

    def __init__(self, folder, token, jwks):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        audience = claims["aud"] if isinstance(claims["aud"], str) else claims["aud"][0]
        surroundings = dict(
            os.environ,
            PEER_DATABASE=str(folder / "peer.sqlite"),
            PEER_JWKS=str(jwks),
            PEER_ISSUER=claims["iss"],
            PEER_AUDIENCE=audience,
        )
        command = [sys.executable, "-m", "uvicorn", "app:app", "--port", self.port, "--workers", os.cpu_count()]
        command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
        self.process = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT / "bench/peers/fastapi_peer", env=surroundings
        )
        give_up = time.monotonic() + 60
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit("the peer does not start")
            time.sleep(0.05)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def _is_ready(self):
        try:
            return urllib.request.urlopen(self.address + "/ready", timeout=1).status == 200
        except OSError:
            return False

    def resident_mib(self):
        """All its processes: the supervisor and the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sum(resident_mib(int(process)) for process in [self.process.pid, *children])

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def load(script, address, folder, seconds, connections):
    """One run of wrk: requests a second and latencies in milliseconds. Ends the bench if anything went wrong."""
    # Slow is not broken: a side that keeps somebody waiting for seconds shows it in its p99.
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "15s"]
    command += ["-s", ROOT / f"bench/load/{script}.lua", address]
    command += ["--", folder, uuid.uuid4().hex[:12]]
    output = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True)
    results = [line for line in output.stdout.splitlines() if line.startswith("RESULT ")]
    if not results:
        raise SystemExit(f"wrk failed:\n{output.stdout}{output.stderr}")
    result = json.loads(results[0].removeprefix("RESULT "))
    if result["refused"] or result["broken"] or not result["requests"]:
        raise SystemExit(f"{script} on {address}: void, not every request was answered with 2xx: {result}")
    return {
        "requests": result["requests"],
        "per_s": result["requests"] / (result["duration_us"] / 1e6),
        "p50_ms": result["p50_us"] / 1000,
        "p99_ms": result["p99_us"] / 1000,
    }


def put_class(address, token):
    body = json.dumps({"name": "Bench", "students": [f"student-{n}" for n in range(STUDENTS)]}).encode()
    request = urllib.request.Request(f"{address}/api/v1/progress/classes/bench", body, method="PUT")
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, timeout=10).read()


def prepare(folder, fleet):
    """What the load scripts read: tokens, and the programs as bodies of requests, one a line."""
    teacher = fleet.token("teacher-1", "teacher")
    (folder / "teacher.token").write_text(teacher + "\n")
    students = [fleet.token(f"student-{n}", "student") for n in range(STUDENTS)]
    (folder / "student.tokens").write_text("".join(f"{token}\n" for token in students))
    programs = sorted((ROOT / "bench/programs").glob("*.py"))
    bodies = [json.dumps({"code": program.read_text()}) for program in programs]
    (folder / "programs.jsonl").write_text("".join(f"{body}\n" for body in bodies))
    return teacher


TOPICS = (
    "variables", "data-types", "input-output", "operators", "type-conversion",
    "if-elif-else", "for", "while", "break-continue", "list-comprehensions",
)
# What a learner might write for any exercise: it reads, counts and prints. It is run on every test, as a right answer is.
ANSWER = """total = 0
for number in range(200):
    if number % 3 == 0:
        total = total + number
try:
    print(input(), total)
except EOFError:
    print([n * 2 for n in range(20)], total)
"""


def ask(fleet, token, path, body):
    status, answer = fleet.call("POST", f"/api/v1/exercise/{path}", token, body)
    if status != 200:
        raise SystemExit(f"{path}: {status} {answer}")
    return answer


def runs_in_sandbox(fleet):
    text = urllib.request.urlopen(fleet.address + "/metrics", timeout=10).read().decode()
    lines = [line for line in text.splitlines() if line.startswith("agent_sandbox_runs_total")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def prepare_exercises(folder, fleet):
    """The shelves filled, as in a class that has begun: until the sandbox has nothing more to try for three seconds."""
    tokens = (folder / "student.tokens").read_text().split()
    for topic in TOPICS:
        ask(fleet, tokens[0], "generate", {"topic": topic})
    runs, quiet_since = -1.0, time.monotonic()
    while time.monotonic() - quiet_since < 3:
        now = runs_in_sandbox(fleet)
        if now != runs:
            runs, quiet_since = now, time.monotonic()
        time.sleep(0.2)
    (folder / "generate.jsonl").write_text("".join(json.dumps({"topic": topic}) + "\n" for topic in TOPICS))


def prepare_answers(folder, fleet):
    """A problem for each of 64 students: drawn after the others, as a student keeps the latest alone."""
    tokens = (folder / "student.tokens").read_text().split()
    problems = []
    for number, token in enumerate(tokens[:64]):
        wish = {"topic": TOPICS[number % len(TOPICS)], "kind": "write"}
        problems.append(f"{token} {ask(fleet, token, 'generate', wish)['problem_id']}\n")
    (folder / "problems.txt").write_text("".join(problems))
    (folder / "answers.txt").write_text(json.dumps(ANSWER)[1:-1] + "\n")


def find_jwks(data_dir):
    for path in sorted(data_dir.rglob("*.json")):
        try:
            if "keys" in json.loads(path.read_text()):
                return path
        except (ValueError, TypeError):
            continue
    raise SystemExit(f"no key set in {data_dir}")


def compare(script, fleet, peer, folder, options):
    """Turn by turn, so that a slow minute of the machine hits both. A round is thrown away to warm up."""
    rounds = {"ours": [], "peer": []}
    for number in range(options.rounds + 1):
        for name, side in (("ours", fleet), ("peer", peer)):
            seconds = options.seconds if number else 2
            result = load(script, side.address, folder, seconds, options.connections)
            if number:
                rounds[name].append(result)
    return {
        name: {key: median(result[key] for result in results) for key in ("per_s", "p50_ms", "p99_ms")}
        for name, results in rounds.items()
    }


def row(title, ours, peer):
    cells = [f"{ours['per_s']:,.0f}", f"{peer['per_s']:,.0f}", f"{ours['per_s'] / peer['per_s']:.1f}"]
    cells += [f"{side[key]:.2f}" for key in ("p50_ms", "p99_ms") for side in (ours, peer)]
    return f"| {title} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description="Measures agent-bus beside the FastAPI peer.")
    parser.add_argument("--binary", type=Path, default=default_binary("release"))
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count, after one that does not")
    parser.add_argument("--seconds", type=int, default=6, help="seconds a turn")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--mixed", type=int, default=100_000, help="mixed requests before memory is read")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="agent-bus-bench-") as scratch, Fleet(options.binary, SETTINGS) as fleet:
        folder = Path(scratch)
        teacher = prepare(folder, fleet)
        started_mib = fleet.resident_mib()
        peer = Peer(folder, teacher, find_jwks(fleet.data_dir / "data"))
        try:
            for side in (fleet, peer):
                put_class(side.address, teacher)
            progress = compare("progress", fleet, peer, folder, options)
            debug = compare("debug", fleet, peer, folder, options)
            peer_mib = peer.resident_mib()
            compared_mib = fleet.resident_mib()
        finally:
            peer.stop()

    with tempfile.TemporaryDirectory(prefix="agent-bus-bench-") as scratch, Fleet(options.binary, SETTINGS) as fleet:
        folder = Path(scratch)
        put_class(fleet.address, prepare(folder, fleet))
        prepare_exercises(folder, fleet)
        generated = load("generate", fleet.address, folder, options.seconds, AT_ONCE)
        prepare_answers(folder, fleet)
        verified = load("verify", fleet.address, folder, options.seconds, AT_ONCE)

    # A fresh process, so that the figure does not depend on what was measured before.
    with tempfile.TemporaryDirectory(prefix="agent-bus-bench-") as scratch, Fleet(options.binary, SETTINGS) as fleet:
        folder = Path(scratch)
        put_class(fleet.address, prepare(folder, fleet))
        mixed, slices = 0, []
        while mixed < options.mixed:
            slices.append(load("mixed", fleet.address, folder, 5, options.connections))
            mixed += slices[-1]["requests"]
        mixed_mib = fleet.resident_mib()

    print(f"\n{os.cpu_count()} cores, {options.connections} connections, {options.rounds} rounds of {options.seconds} s, medians\n")
    print("| route | ours req/s | peer req/s | ratio | ours p50 ms | peer p50 ms | ours p99 ms | peer p99 ms |")
    print("|---|---|---|---|---|---|---|---|")
    print(row("POST progress/{student_id}", progress["ours"], progress["peer"]))
    print(row("POST debug/analyze", debug["ours"], debug["peer"]))
    print(f"\n| with {AT_ONCE} at once | req/s | p50 ms | p99 ms | limit of p99, ms |\n|---|---|---|---|---|")
    for title, result, limit_ms in (("generate", generated, 25), ("verify", verified, 250)):
        cells = f"{result['per_s']:,.0f} | {result['p50_ms']:.1f} | {result['p99_ms']:.1f} | {limit_ms}"
        print(f"| POST exercise/{title} | {cells} |")
    print("\n| resident memory | MiB |\n|---|---|")
    print(f"| ours, started | {started_mib:.0f} |")
    print(f"| ours, after the rounds above | {compared_mib:.0f} |")
    print(f"| ours, after {mixed:,} mixed requests ({median(s['per_s'] for s in slices):,.0f} a second) | {mixed_mib:.0f} |")
    print(f"| peer, all its processes, after the rounds above | {peer_mib:.0f} |")


if __name__ == "__main__":
    main()
