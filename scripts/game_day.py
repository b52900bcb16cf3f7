#!/usr/bin/env python3
"""Makes each alert fire for real, and clear: a fleet at work, something that breaks, a real Prometheus that watches.

    scripts/game-day [--faster 60] [--only ALERT...]

Three scenes: agents in one process (`agent-bus up`), an agent on real Kafka and Postgres, and a real sidecar before an app that
fails. The rules are those of k8s/monitoring with their times divided by --faster. For each alert it prints how long it took to
fire after the cause began, how long to clear after the cause was gone, and the entry of the runbook. A real Alertmanager tells a
stand-in for PagerDuty of them; that it was told of each, with the right severity, and of its end, is part of the day.

Not here: PagerDuty itself; AgentContainerMemoryHigh and BackupTooOld, which need a cluster; whether the rules are right in numbers
(k8s/monitoring/tests). Needs PyYAML (scripts/requirements/check.txt).
"""

import argparse
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cluster import Cluster, Ports, Process, script  # noqa: E402
from fleet import Fleet, call, default_binary, put_class  # noqa: E402
from prometheus import MONITORING, SCRAPE_S, Prometheus, groups  # noqa: E402

ELSEWHERE = {"AgentContainerMemoryHigh": "needs a kubelet", "BackupTooOld": "needs kube-state-metrics"}
# A rate over fewer scrapes than this is noise.
SHORTEST_WINDOW_S = 15
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FIRES_WITHIN_S = 300
CLEARS_WITHIN_S = 900
# An alert that another one holds back is told later than this, when that one is over.
HEARD_WITHIN_S = 10
TOLD_WITHIN_S = 60
# Half of it fires AgentOutboxFilling, as half of the 100,000 that are the default.
OUTBOX_MAX = 4000
POISON = 40_000


def seconds(text):
    return int(text[:-1]) * UNITS[text[-1]]


def shortened(faster, thresholds):
    """The rules, their times divided; and thresholds of what cannot be had in numbers here."""
    faster_groups, replaced = list(groups()), set()
    for rule in (rule for group in faster_groups for rule in group["rules"]):
        window = lambda found: f"[{max(SHORTEST_WINDOW_S, seconds(found[1]) // faster)}s]"  # noqa: E731
        rule["expr"] = re.sub(r"\[(\d+[smhd])\]", window, str(rule["expr"]))
        for from_, to in thresholds.items():
            if from_ in rule["expr"]:
                rule["expr"] = rule["expr"].replace(from_, to)
                replaced.add(from_)
        if "for" in rule:
            rule["for"] = f"{max(SCRAPE_S, seconds(rule['for']) // faster)}s"
    if replaced != set(thresholds):
        raise SystemExit(f"no rule holds {set(thresholds) - replaced}")
    return {"groups": faster_groups}


def own_process(command, log):
    with open(log, "w") as output:
        return subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )


class Desk:
    """An Alertmanager with the settings of k8s/monitoring, and who is told instead of PagerDuty."""

    KEY = "routing-key-of-the-game-day"

    def __init__(self, faster, folder):
        told = self.told = []
        self.folder = folder

        class Told(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.pager = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told)
        self.port = Ports().take()
        key = folder / "routing-key"
        key.write_text(self.KEY)
        config = yaml.safe_load((MONITORING / "alertmanager.yaml").read_text())
        config["global"]["pagerduty_url"] = f"http://127.0.0.1:{self.pager.server_port}/v2/enqueue"
        for receiver in config["receivers"]:
            for way in receiver["pagerduty_configs"]:
                way["routing_key_file"] = str(key)
        for route in [config["route"], *config["route"]["routes"]]:
            for wait in ("group_wait", "group_interval", "repeat_interval"):
                if wait in route:
                    route[wait] = f"{max(SCRAPE_S, seconds(route[wait]) // faster)}s"
        (folder / "alertmanager.yaml").write_text(yaml.safe_dump(config))

    def open(self):
        threading.Thread(target=self.pager.serve_forever, daemon=True).start()
        command = [
            script("need", "alertmanager"),
            f"--config.file={self.folder / 'alertmanager.yaml'}",
            f"--storage.path={self.folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            # Alone: it looks for no others.
            "--cluster.listen-address=",
        ]
        self.process = own_process(command, self.folder / "alertmanager.log")

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.pager.shutdown()

    def heard(self, alert, action, severity):
        """Whether PagerDuty would have been told."""
        return any(
            event["event_action"] == action
            and event["routing_key"] == self.KEY
            and event["payload"]["severity"] == {"page": "critical", "ticket": "warning"}[severity]
            and event["payload"]["summary"].startswith(f"{alert}: ")
            # An end is told without the details.
            and (action == "resolve" or event["payload"]["custom_details"]["runbook"].endswith(f"#{alert.lower()}"))
            for event in list(self.told)
        )


class Watch:
    """A Prometheus and an Alertmanager of its own."""

    def __init__(self, faster, thresholds=None):
        self.folder = Path(tempfile.mkdtemp(prefix="agent-bus-game-day-"))
        rules = shortened(faster, thresholds or {})
        self.severities = {
            rule["alert"]: rule["labels"]["severity"]
            for group in rules["groups"]
            for rule in group["rules"]
            if "alert" in rule
        }
        self.desk = Desk(faster, self.folder)
        self.targets = {}
        jobs = [
            {"job_name": job, "file_sd_configs": [{"files": [str(self.folder / f"{job}.json")], "refresh_interval": "1s"}]}
            for job in ("agent-bus", "agent-bus-sidecar")
        ]
        alertmanagers = [f"127.0.0.1:{self.desk.port}"]
        self.prometheus = Prometheus(jobs, self.folder, script("need", "prometheus"), rules, alertmanagers)

    def __enter__(self):
        self.see()
        self.desk.open()
        self.prometheus.__enter__()
        return self

    def __exit__(self, *_):
        self.prometheus.__exit__()
        self.desk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def see(self, **ports):
        """Scrapes these: agents=[port...], sidecars=[port...]."""
        for job, name in (("agent-bus", "agents"), ("agent-bus-sidecar", "sidecars")):
            self.targets[job] = ports.get(name, self.targets.get(job, []))
            text = json.dumps([{"targets": [f"127.0.0.1:{port}" for port in self.targets[job]]}])
            # In one step: a half-written file would be read.
            (self.folder / f"{job}.new").write_text(text)
            os.replace(self.folder / f"{job}.new", self.folder / f"{job}.json")

    def ask(self, query):
        return self.prometheus.ask(query)

    def was_told(self, alert, action):
        return self.desk.heard(alert, action, self.severities[alert])

    def fires(self, alert):
        return bool(self.ask(f'ALERTS{{alertname="{alert}", alertstate="firing"}}'))


class Day:
    """What was tried, and how it went."""

    def __init__(self, only):
        self.only = only
        self.rows = []
        self.failed = []

    def wants(self, *alerts):
        return not self.only or any(alert in self.only for alert in alerts)

    def wait(self, watch, alerts, is_firing, within_s, meanwhile):
        """Seconds until each alert is so. `meanwhile` goes on until then."""
        start, took = time.monotonic(), {}
        while len(took) < len(alerts):
            for alert in alerts:
                if alert not in took and watch.fires(alert) == is_firing:
                    took[alert] = time.monotonic() - start
            if time.monotonic() - start > within_s:
                break
            meanwhile()
            time.sleep(0.1)
        return took

    def play(self, watch, alerts, cause, mend=lambda: None, meanwhile=lambda: None, afterwards=lambda: None):
        """`cause` once, `meanwhile` again and again until all fire; `mend` once, `afterwards` again until all clear."""
        alerts = [alert for alert in alerts if self.wants(alert)]
        if not alerts:
            return
        # What an earlier cause left behind goes first.
        calm = self.wait(watch, alerts, False, CLEARS_WITHIN_S, afterwards)
        early = [alert for alert in alerts if alert not in calm]
        cause()
        fired = self.wait(watch, alerts, True, FIRES_WITHIN_S, meanwhile)
        # Alertmanager waits before it tells, and never tells of what was over by then.
        give_up = time.monotonic() + HEARD_WITHIN_S
        while time.monotonic() < give_up and not all(watch.was_told(alert, "trigger") for alert in fired):
            meanwhile()
            time.sleep(0.1)
        mend()
        cleared = self.wait(watch, list(fired), False, CLEARS_WITHIN_S, afterwards)
        for alert in alerts:
            row = (alert, fired.get(alert), cleared.get(alert))
            self.rows.append(row)
            show(row)
            if alert in early:
                self.failed.append(f"{alert} fired before its cause")
            if alert not in cleared:
                self.failed.append(f"{alert} did not {'clear' if alert in fired else 'fire'}")
            elif not self.told(watch, alert):
                self.failed.append(f"{alert}: PagerDuty would not have been told of it and of its end")

    def told(self, watch, alert):
        give_up = time.monotonic() + TOLD_WITHIN_S
        while time.monotonic() < give_up:
            if all(watch.was_told(alert, action) for action in ("trigger", "resolve")):
                return True
            time.sleep(0.2)
        return False


def show(row):
    alert, fired, cleared = row
    times = (f"{took:6.1f} s" if took is not None else "   never" for took in (fired, cleared))
    print(f"{alert:26} fired {next(times)}   cleared {next(times)}   docs/OPERATIONS.md#{alert.lower()}", flush=True)


def together(number, work):
    """The work in so many threads at once; what goes wrong on the wire is part of the day."""

    def quietly():
        try:
            work()
        except (OSError, http.client.HTTPException):
            pass

    threads = [threading.Thread(target=quietly) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class OneProcess:
    """Scene one: `agent-bus up`, with a sandbox that can be taken away."""

    def __init__(self, binary, sandbox):
        self.folder = Path(tempfile.mkdtemp(prefix="agent-bus-game-day-"))
        self.broken = self.folder / "broken"
        self.program = self.folder / "agent-bus-sandbox"
        self.program.write_text(f'#!/bin/sh\n[ ! -e "{self.broken}" ] || exit 1\nexec "{sandbox}" "$@"\n')
        self.program.chmod(0o755)
        limits = ["--student-requests-per-minute", 1_000_000, "--other-requests-per-minute", 1_000_000]
        self.fleet = Fleet(binary, [*limits, "--sandbox", self.program, "--sandbox-running", 1])

    def __enter__(self):
        self.fleet.start()
        self.ada = self.fleet.token("ada", "student")
        return self

    def __exit__(self, *_):
        self.fleet.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, path, body=None, token=None):
        return self.fleet.call("POST" if body is not None else "GET", f"/api/v1/{path}", token or self.ada, body)

    def exercise(self):
        give_up = time.monotonic() + 300
        while True:
            status, answer = self.ask("exercise/generate", {"topic": "for", "kind": "write"})
            if status == 200:
                return answer["problem_id"]
            if time.monotonic() > give_up:
                raise SystemExit(f"no exercise: {status} {answer}")
            time.sleep(1)

    def verify(self, problem, program):
        return self.ask("exercise/verify", {"problem_id": problem, "answer": program})

    def break_sandbox(self):
        self.broken.touch()
        for child in children(self.fleet.process.pid):
            os.kill(child, signal.SIGKILL)


def children(parent):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name may hold anything, a bracket too; the parent is the second field after it.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
        except (OSError, ValueError):
            continue
    return found


def first_scene(day, binary, sandbox, faster):
    with OneProcess(binary, sandbox) as stage, Watch(faster) as watch:
        fleet = stage.fleet
        watch.see(agents=[fleet.port])
        restart = lambda: (fleet.start(), watch.see(agents=[fleet.port]))  # noqa: E731
        small = lambda: together(4, lambda: stage.ask("debug/analyze", {"code": "print(1)\n"}))  # noqa: E731
        # Counters are there before they move.
        small()
        stage.ask("progress/ada", token="no-token")
        time.sleep(5)

        if day.wants("AgentTokenEfficiencyLow"):
            # An exercise is a long answer; no assignments are a short one.
            day.play(
                watch,
                ["AgentTokenEfficiencyLow"],
                cause=stage.exercise,
                afterwards=lambda: stage.ask("exercise/assignments"),
            )
        day.play(
            watch,
            ["AgentAuthFailures"],
            cause=lambda: None,
            meanwhile=lambda: stage.ask("progress/ada", token="no-token"),
        )
        many_lines = {"code": "total = [value * 2 for value in range(10) if value % 2]\n" * 4000}
        day.play(
            watch,
            ["AgentSlow"],
            cause=lambda: None,
            meanwhile=lambda: together(2, lambda: stage.ask("debug/analyze", many_lines)),
            afterwards=small,
        )
        day.play(
            watch,
            ["AgentDown", "AgentInstanceDown"],
            cause=fleet.kill,
            mend=restart,
        )
        failing = ["SandboxCannotStart", "AgentErrorRate", "FleetBurnsBudgetFast", "FleetBurnsBudgetSlow"]
        if day.wants(*failing):
            problem = stage.exercise()
            day.play(
                watch,
                failing,
                cause=stage.break_sandbox,
                meanwhile=lambda: (stage.verify(problem, "print(1)\n"), time.sleep(0.2)),
                mend=stage.broken.unlink,
                afterwards=small,
            )
        if day.wants("SandboxExhausted"):
            problem = stage.exercise()
            endless = "while True:\n    pass\n"
            day.play(
                watch,
                ["SandboxExhausted"],
                cause=lambda: None,
                meanwhile=lambda: together(48, lambda: stage.verify(problem, endless)),
            )
        # Programs at the size that is allowed, many at once.
        largest = {"code": "value = [1, 2, 3]\n" * 55_000}
        day.play(
            watch,
            ["AgentMemoryHigh"],
            cause=lambda: None,
            meanwhile=lambda: together(12, lambda: stage.ask("debug/analyze", largest)),
            mend=lambda: (fleet.kill(), restart()),
        )


def second_scene(day, binary, faster):
    waiting, behind = ["AgentOutboxStuck", "AgentOutboxFilling"], ["AgentConsumerLag", "AgentDeadLetters"]
    if not day.wants(*waiting, *behind):
        return
    settings = {"AGENT_BUS_OUTBOX_MAX": str(OUTBOX_MAX)}
    thresholds = {"> 50000": f"> {OUTBOX_MAX // 2}"}
    with Cluster(binary, ["progress"], "kafka", settings=settings) as cluster, Watch(faster, thresholds) as watch:
        watch.see(agents=list(cluster.public.values()))
        teacher = cluster.token("teacher-1", "teacher")
        put_class(cluster, "game-day", teacher, ["ada"])
        numbers = iter(range(1_000_000))

        def score():
            """Fifty scores on one connection; each leaves an event."""
            connection = cluster.connect("/api/v1/progress/ada")
            for _ in range(50):
                scores = {"completion": 0.5, "quiz": 0.5, "quality": 0.5, "consistency": 0.5}
                body = {"component": "loops", "scores": scores, "idempotency_key": f"game-day-{next(numbers)}"}
                call(connection, "POST", "/api/v1/progress/ada", teacher, body)
            connection.close()

        def fill():
            """Below the limit: what is refused leaves no event."""
            if cluster.metric("progress", "agent_outbox_messages", away=0) < 0.9 * OUTBOX_MAX:
                together(4, score)
            else:
                time.sleep(1)

        day.play(
            watch,
            waiting,
            cause=lambda: script("kafka", "kill", cluster.folder / "kafka", 1),
            meanwhile=fill,
            mend=lambda: script("kafka", "start", cluster.folder / "kafka"),
        )

        def fall_behind():
            # It must stay away while records come in.
            progress = cluster.processes.pop("progress")
            progress.kill()
            progress.process.wait()
            cluster.poison(f"student-{n % 60}\tno event, number {n}" for n in range(POISON))
            progress.start()
            cluster.processes["progress"] = progress

        day.play(watch, behind, cause=fall_behind)


class Failing(http.server.BaseHTTPRequestHandler):
    """An app that answers 500."""

    def do_GET(self):
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def third_scene(day, faster):
    alerts = ["BreakerOpen", "SidecarDown"]
    if not day.wants(*alerts):
        return
    folder, ports = Path(tempfile.mkdtemp(prefix="agent-bus-game-day-")), Ports()
    # A name that nobody else has: sidecars of other fleets on this network would find it, and send their calls here.
    app_id = f"game-day-{os.getpid()}"
    app = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=app.serve_forever, daemon=True).start()
    http_port, grpc, between, metrics = (ports.take() for _ in range(4))
    resources = folder / "resources"
    resources.mkdir()
    policy = (MONITORING.parent / "base" / "dapr" / "resiliency.yaml").read_text()
    (resources / "resiliency.yaml").write_text(policy.replace("progress:", f"{app_id}:"))
    command = [
        os.environ.get("AGENT_BUS_TEST_DAPRD") or script("need", "daprd"),
        *("--app-id", app_id, "--app-port", app.server_port, "--resources-path", resources),
        *("--dapr-http-port", http_port, "--dapr-grpc-port", grpc, "--dapr-internal-grpc-port", between),
        *("--dapr-listen-addresses", "127.0.0.1", "--dapr-internal-grpc-listen-address", "127.0.0.1"),
        *("--enable-metrics=true", "--metrics-port", metrics, "--config", MONITORING.parent / "base/dapr/configuration.yaml"),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DAPR_", "APP_"))}
    sidecar = Process("daprd", command, environment | {"DAPR_HOST_IP": "127.0.0.1"}, folder / "daprd.log")

    def asks():
        connection = http.client.HTTPConnection("127.0.0.1", http_port, timeout=10)
        try:
            connection.request("GET", f"/v1.0/invoke/{app_id}/method/anything")
            connection.getresponse().read()
        except OSError:
            pass
        finally:
            connection.close()

    sidecar.start()
    try:
        with Watch(faster) as watch:
            watch.see(sidecars=[metrics])
            asks()
            time.sleep(5)
            day.play(watch, ["BreakerOpen"], cause=lambda: None, meanwhile=asks)
            day.play(watch, ["SidecarDown"], cause=sidecar.kill, mend=sidecar.start)
    finally:
        sidecar.stop()
        app.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=default_binary())
    parser.add_argument("--sandbox", type=Path, help="agent-bus-sandbox; beside the binary if absent")
    parser.add_argument("--faster", type=int, default=60, help="what times in rules are divided by")
    parser.add_argument("--only", nargs="+", default=[], metavar="ALERT")
    options = parser.parse_args()
    alerts = {rule["alert"] for group in groups() for rule in group["rules"] if "alert" in rule}
    if unknown := set(options.only) - alerts:
        raise SystemExit(f"no such alert: {', '.join(sorted(unknown))}")
    sandbox = options.sandbox or options.binary.with_name("agent-bus-sandbox")

    day = Day(options.only)
    third_scene(day, options.faster)
    second = {"AgentOutboxStuck", "AgentOutboxFilling", "AgentConsumerLag", "AgentDeadLetters", "BreakerOpen", "SidecarDown"}
    if day.wants(*(alerts - second)):
        first_scene(day, options.binary, sandbox, options.faster)
    second_scene(day, options.binary, options.faster)

    print()
    tried = {alert for alert, _, _ in day.rows}
    for alert in sorted((set(options.only) or alerts) - tried):
        why = ELSEWHERE.get(alert)
        print(f"{alert:26} not tried: {why or 'no scene'}")
        if not why:
            day.failed.append(f"{alert} has no scene")
    for failed in day.failed:
        print(failed, file=sys.stderr)
    print(f"{len(tried)} alerts tried, {len(day.failed)} failed; times of rules divided by {options.faster}")
    sys.exit(1 if day.failed else 0)


if __name__ == "__main__":
    main()
