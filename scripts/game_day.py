#!/usr/bin/env python3
"""Makes each alert fire for real, and clear: a fleet at work, something that breaks, a real Prometheus that watches.

    scripts/game-day [--faster 60] [--only ALERT...]

Three scenes: agents in one process (`agent-bus up`), an agent on real Kafka and Postgres, and a real sidecar before an app that
fails. The rules are those of k8s/monitoring with their times divided by --faster. For each alert it prints how long it took to
fire after the cause began, how long to clear after the cause was gone, and the entry of the runbook. What an entry says to look at
is looked at while its alert fires, and what it says to verify is verified afterwards, as far as a question can be asked
(scripts/runbook.py). A real Alertmanager tells a stand-in for PagerDuty of them; that it was told of each, with the right severity,
and of its end, is part of the day.

Two alerts are about what only a cluster tells. There a stand-in tells it, under the names of the kubelet and of kube-state-metrics:
for AgentContainerMemoryHigh what a real process and its children hold, for BackupTooOld the age of a CronJob that there is not and
of a dump that there is.

Not here: PagerDuty, a kubelet and kube-state-metrics themselves; whether the rules are right in numbers (k8s/monitoring/tests).
Needs PyYAML (scripts/requirements/check.txt).
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
from dashboards import MONITORING  # noqa: E402
from fleet import Fleet, call, default_binary, put_class, resident_mib  # noqa: E402
from prometheus import SCRAPE_S, Prometheus, groups  # noqa: E402
from runbook import Asked, Entry, Logged, Panel, Place, Printed, Ready  # noqa: E402

# A rate over fewer scrapes than this is noise.
SHORTEST_WINDOW_S = 15
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FIRES_WITHIN_S = 300
CLEARS_WITHIN_S = 900
# An alert that another one holds back is told later than this, when that one is over.
HEARD_WITHIN_S = 10
TOLD_WITHIN_S = 60
FOLLOWED_WITHIN_S = 60
# Half of it fires AgentOutboxFilling, as half of the 100,000 that are the default.
OUTBOX_MAX = 4000
POISON = 40_000
# Of a container, as the chart sets it.
CONTAINER_MAX_BYTES = 256 * 1024 * 1024
A_DAY_AND_MORE_S = 27 * 3600


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

    JOBS = {"agent-bus": "agents", "agent-bus-sidecar": "sidecars", "cluster": "stand_ins"}

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
            for job in self.JOBS
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
        """Scrapes these: agents=[port...], sidecars=[port...], stand_ins=[port...]."""
        for job, name in self.JOBS.items():
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
        self.followed = 0
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

    def play(self, place, alerts, cause, mend=lambda: None, meanwhile=lambda: None, afterwards=lambda: None):
        """`cause` once, `meanwhile` again and again until all fire; `mend` once, `afterwards` again until all clear."""
        alerts, watch = [alert for alert in alerts if self.wants(alert)], place.watch
        if not alerts:
            return
        # What an earlier cause left behind goes first.
        calm = self.wait(watch, alerts, False, CLEARS_WITHIN_S, afterwards)
        early = [alert for alert in alerts if alert not in calm]
        place.mark()
        cause()
        fired = self.wait(watch, alerts, True, FIRES_WITHIN_S, meanwhile)
        # At once: some causes pass by themselves.
        self.follow(place, fired, "look", meanwhile)
        # Alertmanager waits before it tells, and never tells of what was over by then.
        give_up = time.monotonic() + HEARD_WITHIN_S
        while time.monotonic() < give_up and not all(watch.was_told(alert, "trigger") for alert in fired):
            meanwhile()
            time.sleep(0.1)
        place.mark()
        mend()
        cleared = self.wait(watch, list(fired), False, CLEARS_WITHIN_S, afterwards)
        self.follow(place, cleared, "verify", afterwards)
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

    def follow(self, place, alerts, part, meanwhile):
        """What the runbook says to look at, or to verify, comes to be so."""
        open_ = [(alert, question) for alert in alerts for question in getattr(FOLLOWED[alert], part)]
        asked, give_up = len(open_), time.monotonic() + FOLLOWED_WITHIN_S
        while open_ := [(alert, question) for alert, question in open_ if not question.holds(place)]:
            if time.monotonic() > give_up:
                break
            meanwhile()
            time.sleep(0.2)
        self.followed += asked - len(open_)
        self.failed += [f"{alert}: its entry says to {part}, and it is not so: {question}" for alert, question in open_]

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


# What the runbook says of the alerts of scene one. Windows are those of a day that is sixty times as fast, or near it.
FIRST = {
    "AgentTokenEfficiencyLow": Entry(
        look=(Panel("How large are answers?"), Printed("tokens verify", r"^concepts +mean")),
        verify=(
            Asked(
                'agent_token_efficiency{agent="concepts"} > on (agent) agent:token_efficiency_measured - 0.05',
                "is above the alert's line",
            ),
        ),
    ),
    "AgentAuthFailures": Entry(
        look=(Panel("Are tokens refused?"), Asked('rate(agent_auth_failures_total{reason="malformed"}[15s]) > 0', "`malformed`")),
        verify=(
            Asked(
                '60 * sum by (agent) (rate(agent_auth_failures_total{agent="progress"}[15s])) < 10',
                "the rate falls below 10 a minute",
            ),
        ),
    ),
    "AgentSlow": Entry(
        look=(Panel("Which route is slow?"),),
        verify=(
            Asked(
                'agent:latency_seconds:p95_rate5m{agent="debug"} / on (agent) agent:latency_budget_seconds < 1',
                '"Who is slower than its budget?" is below 1',
            ),
        ),
    ),
    "AgentDown": Entry(
        verify=(
            Asked(
                "count(agent:latency_budget_seconds and on (agent) agent_is_ready) == count(agent:latency_budget_seconds)",
                '"Are all agents there?" shows all',
            ),
        ),
    ),
    "AgentInstanceDown": Entry(
        verify=(Asked('min(up{job="agent-bus"}) == 1', "the alert clears with the next scrapes"),)
    ),
    "AgentErrorRate": Entry(
        look=(
            Panel("What kind of failure is it?"),
            Panel("What is missing?"),
            Ready("sandbox", says="sandbox"),
            Logged(
                ('"level":"ERROR"', '"status":', '"kind":', '"trace_id":'),
                "each 5xx is one ERROR line with `status`, `kind` and `trace_id`",
            ),
        ),
        verify=(
            Asked(
                # Nobody who asks is no share.
                "absent(agent:request_failures:ratio_rate5m >= 0.05)",
                'the share on "Who fails?" falls below 5 %',
            ),
        ),
    ),
    "FleetBurnsBudgetFast": Entry(
        look=(Panel("Who fails?"),),
        verify=(
            Asked(
                "fleet:request_failures:ratio_rate5m / 0.001 < 14.4",
                'five-minute line of "How fast does the month\'s budget of failures burn?" is below 14.4',
            ),
        ),
    ),
    "FleetBurnsBudgetSlow": Entry(
        look=(Panel("Which five routes fail most?"),),
        verify=(Asked("fleet:request_failures:ratio_rate6h / 0.001 < 1", "the line of six hours falls below 1"),),
    ),
    "SandboxCannotStart": Entry(
        look=(Ready("sandbox"), Logged(("no sandbox:",))),
        verify=(Ready("sandbox", "ok", "`sandbox` is `ok`"), Logged(("sandboxes are ready",))),
    ),
    "SandboxExhausted": Entry(
        look=(
            Panel("How many programs run?"),
            Panel("How long do programs wait, and run?"),
            Asked('rate(agent_sandbox_runs_total{ended="timed_out"}[15s]) > 0', "`timed_out`"),
        ),
        verify=(
            Asked(
                "sum(rate(agent_sandbox_busy_total[15s])) == 0",
                '"Is anybody sent away, or no sandbox started?" is zero',
            ),
        ),
    ),
    "AgentMemoryHigh": Entry(
        look=(Panel("How much memory is held?"),),
        verify=(Asked('process_resident_memory_bytes{job="agent-bus"} < 205 * 1024 * 1024', "below 205 MiB"),),
    ),
    "AgentContainerMemoryHigh": Entry(
        verify=(Asked("container_memory_working_set_bytes < 205 * 1024 * 1024", "below 205 MiB"),),
    ),
}


class StandIn:
    """Tells what a kubelet or kube-state-metrics would, under their names, of what there is here: whatever `tell` returns."""

    def __init__(self, tell):
        class Told(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = "".join(f"{name} {value}\n" for name, value in tell().items()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told)
        self.port = self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()


def container(fleet):
    """A container of which a process and its children are all; a kubelet counts a little otherwise."""
    pod = 'namespace="game-day",pod="game-day-0",container="exercise"'
    process = fleet.process.pid
    return {
        f"container_memory_working_set_bytes{{{pod}}}": sum(map(resident_bytes, [process, *descendants(process)])),
        f'kube_pod_container_resource_limits{{{pod},resource="memory",unit="byte"}}': CONTAINER_MAX_BYTES,
    }


def resident_bytes(process):
    try:
        return int(resident_mib(process) * 1024 * 1024)
    except OSError:
        # It has ended.
        return 0


def descendants(process):
    own = children(process)
    return own + [further for child in own for further in descendants(child)]


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


def printed(binary, *words):
    """What a command of the binary prints."""
    return subprocess.run([str(binary), *words], capture_output=True, text=True).stdout


def first_scene(day, binary, sandbox, faster):
    with OneProcess(binary, sandbox) as stage, StandIn(lambda: container(stage.fleet)) as kubelet, Watch(faster) as watch:
        fleet = stage.fleet
        watch.see(agents=[fleet.port], stand_ins=[kubelet.port])
        place = Place(watch, lambda: fleet.port, fleet.log, lambda *words: printed(binary, *words))
        restart = lambda: (fleet.start(), watch.see(agents=[fleet.port]))  # noqa: E731
        small = lambda: together(4, lambda: stage.ask("debug/analyze", {"code": "print(1)\n"}))  # noqa: E731
        # Counters are there before they move.
        small()
        stage.ask("progress/ada", token="no-token")
        time.sleep(5)

        # Explanations in depth are the longest answers, paths the shortest: enough of them for the mean of a hundred.
        deep = {"concept": "for", "depth": "deep"}
        day.play(
            place,
            ["AgentTokenEfficiencyLow"],
            cause=lambda: None,
            meanwhile=lambda: together(4, lambda: [stage.ask("concepts/explain", deep) for _ in range(5)]),
            afterwards=lambda: together(4, lambda: [stage.ask("concepts/path", {"target": "for", "known": []}) for _ in range(5)]),
        )
        day.play(
            place,
            ["AgentAuthFailures"],
            cause=lambda: None,
            meanwhile=lambda: stage.ask("progress/ada", token="no-token"),
        )
        many_lines = {"code": "total = [value * 2 for value in range(10) if value % 2]\n" * 4000}
        day.play(
            place,
            ["AgentSlow"],
            cause=lambda: None,
            meanwhile=lambda: together(8, lambda: stage.ask("debug/analyze", many_lines)),
            afterwards=small,
        )
        day.play(
            place,
            ["AgentDown", "AgentInstanceDown"],
            cause=fleet.kill,
            mend=restart,
        )
        failing = ["SandboxCannotStart", "AgentErrorRate", "FleetBurnsBudgetFast", "FleetBurnsBudgetSlow"]
        if day.wants(*failing):
            problem = stage.exercise()
            day.play(
                place,
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
                place,
                ["SandboxExhausted"],
                cause=lambda: None,
                meanwhile=lambda: together(48, lambda: stage.verify(problem, endless)),
            )
        # Programs at the size that is allowed, many at once.
        largest = {"code": "value = [1, 2, 3]\n" * 55_000}
        day.play(
            place,
            ["AgentMemoryHigh", "AgentContainerMemoryHigh"],
            cause=lambda: None,
            meanwhile=lambda: together(12, lambda: stage.ask("debug/analyze", largest)),
            mend=lambda: (fleet.kill(), restart()),
        )


# Of scene two, whose agent is Progress.
SECOND = {
    "AgentOutboxStuck": Entry(
        look=(Logged(("the outbox relay is held up, messages wait", '"what":', '"error":')),),
        verify=(Asked('agent_outbox_age_seconds{agent="progress"} == 0', "`agent_outbox_age_seconds` falls to 0"),),
    ),
    "AgentOutboxFilling": Entry(
        look=(Panel("Does anything wait to be published?"),),
        verify=(Asked('agent_outbox_messages{agent="progress"} == 0', "the line falls"),),
    ),
    "AgentConsumerLag": Entry(
        look=(Printed("topics lag", r"^progress \S*learning\.evidence: [1-9]"),),
        verify=(Asked('max(agent_consumer_lag_records{agent="progress"}) < 10000', "the lag falls"),),
    ),
    "AgentDeadLetters": Entry(
        look=(
            Printed("dead-letters list", r"\bschema\b.*\bprogress\b"),
            Asked('agent_dead_letters_total{agent="progress", error_type="schema"} > 0', "`schema`"),
        ),
        verify=(Asked('sum(rate(agent_dead_letters_total{agent="progress"}[15s])) == 0', "no new ones"),),
    ),
    "BackupTooOld": Entry(
        verify=(Asked("time() - kube_cronjob_status_last_successful_time < 3600", "the alert clears"),),
    ),
    "AgentNotReady": Entry(
        look=(
            Ready("progress", says="The agent's own name is its store"),
            Logged(("not ready:",)),
            Panel("What is missing?"),
            Asked(
                'absent(ALERTS{alertname="AgentDown", agent="progress", alertstate="firing"})',
                "They live and can be scraped",
            ),
        ),
        verify=(Asked('agent_is_ready{agent="progress"} == 1', "`agent_is_ready` of the agent is 1"),),
    ),
}


class CronJob:
    """The daily dump of a cluster: its age is made up, its dumps are not."""

    def __init__(self, cluster):
        self.cluster, self.folder, self.created = cluster, cluster.folder / "backups", time.time()
        self.folder.mkdir()

    def tell(self):
        name = 'namespace="game-day",cronjob="agent-bus-backup"'
        told = {f"kube_cronjob_created{{{name}}}": self.created}
        if dumps := [path.stat().st_mtime for path in self.folder.glob("agent-bus-*.dump")]:
            told[f"kube_cronjob_status_last_successful_time{{{name}}}"] = max(dumps)
        return told

    def grow_old(self):
        self.created = time.time() - A_DAY_AND_MORE_S

    def run(self):
        """What the chart's CronJob runs."""
        command = [Path(__file__).resolve().with_name("backup"), "postgres", "--to", self.folder]
        subprocess.run(command, check=True, env=os.environ | {"AGENT_BUS_DATABASE": self.cluster.database}, stdout=subprocess.DEVNULL)


def second_scene(day, binary, faster):
    if not day.wants(*SECOND):
        return
    settings = {"AGENT_BUS_OUTBOX_MAX": str(OUTBOX_MAX)}
    thresholds = {"> 50000": f"> {OUTBOX_MAX // 2}"}
    with Cluster(binary, ["progress"], "kafka", settings=settings) as cluster, Watch(faster, thresholds) as watch:
        watch.see(agents=list(cluster.public.values()))
        run = lambda *words: cluster.run(*words, check=False)  # noqa: E731
        place = Place(watch, lambda: cluster.public["progress"], cluster.folder / "progress.log", run)
        cron_job = CronJob(cluster)
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
            place,
            ["AgentOutboxStuck", "AgentOutboxFilling"],
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

        day.play(place, ["AgentConsumerLag", "AgentDeadLetters"], cause=fall_behind)
        with StandIn(cron_job.tell) as state:
            watch.see(stand_ins=[state.port])
            day.play(place, ["BackupTooOld"], cause=cron_job.grow_old, mend=cron_job.run)
        # Nobody asks meanwhile: without a ready pod nobody could.
        day.play(
            place,
            ["AgentNotReady"],
            cause=lambda: script("postgres", "kill", cluster.folder / "postgres"),
            mend=lambda: script("postgres", "start", cluster.folder / "postgres"),
        )


# Of scene three, where no agent is.
THIRD = {
    "BreakerOpen": Entry(
        look=(Panel("Do breakers turn calls away?"),),
        verify=(
            Asked(
                'rate(dapr_resiliency_count{policy="circuitbreaker", status="closed"}[15s]) > 0',
                "closes by itself",
            ),
        ),
    ),
    "SidecarDown": Entry(
        look=(Asked('up{job="agent-bus-sidecar"} == 0', '"Are all sidecars there?"'),),
        verify=(Asked('up{job="agent-bus-sidecar"} == 1', "it can be scraped"),),
    ),
}
FOLLOWED = FIRST | SECOND | THIRD


class Failing(http.server.BaseHTTPRequestHandler):
    """An app that answers 500, until it is mended."""

    status = 500

    def do_GET(self):
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def third_scene(day, faster):
    if not day.wants(*THIRD):
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
            place = Place(watch)
            asks()
            time.sleep(5)
            mend_app = lambda: setattr(Failing, "status", 200)  # noqa: E731
            day.play(place, ["BreakerOpen"], cause=lambda: None, meanwhile=asks, mend=mend_app, afterwards=asks)
            day.play(place, ["SidecarDown"], cause=sidecar.kill, mend=sidecar.start)
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
    if day.wants(*FIRST):
        first_scene(day, options.binary, sandbox, options.faster)
    second_scene(day, options.binary, options.faster)

    print()
    tried = {alert for alert, _, _ in day.rows}
    day.failed += [f"{alert} has no scene" for alert in sorted((set(options.only) or alerts) - tried)]
    for failed in day.failed:
        print(failed, file=sys.stderr)
    print(
        f"{len(tried)} of {len(alerts)} alerts tried, {day.followed} sentences of their entries followed, {len(day.failed)} failed;"
        f" times of rules divided by {options.faster}"
    )
    sys.exit(1 if day.failed else 0)


if __name__ == "__main__":
    main()
