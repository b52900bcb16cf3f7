"""A release of the chart on a cluster, for scripts: the same surface as scripts/cluster.py has for processes.

Agents are asked at their Services' addresses, which this machine must reach: a node of the cluster does, and so does whoever
has a route into it. Not here: what is asked of them, and how the cluster is made (scripts/kube). Needs kubectl, Helm and the
binary, which makes tokens.
"""

import http.client
import json
import subprocess
import time
from pathlib import Path

from fleet import call_until_answered

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "helm" / "agent-bus"
AGENTS = ["progress", "debug", "review", "concepts", "exercise"]
PORT = 8080


class Kubernetes:
    """kubectl in one namespace."""

    def __init__(self, namespace):
        self.namespace = namespace

    def __call__(self, *arguments, check=True, given=None):
        command = [str(ROOT / "scripts" / "kube"), "kubectl", "--namespace", self.namespace, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, input=given)
        if check and done.returncode != 0:
            raise SystemExit(f"kubectl {' '.join(command[4:])} failed: {done.stdout}{done.stderr}")
        return done.stdout

    def items(self, kind, **labels):
        """The objects of a kind with these labels, `_` for characters that Python has no room for."""
        wanted = ",".join(f"app.kubernetes.io/{name}={value}" for name, value in labels.items())
        return json.loads(self("get", kind, "--output", "json", *(["--selector", wanted] if wanted else [])))["items"]

    def wait(self, condition, what, within_s=300):
        self("wait", f"--for={condition}", *what.split(), f"--timeout={within_s}s")

    def run_job(self, name, cronjob, within_s=300):
        """A Job made of a CronJob, done: what it said."""
        self("create", "job", name, f"--from=cronjob/{cronjob}")
        give_up = time.monotonic() + within_s
        while True:
            status = json.loads(self("get", "job", name, "--output", "json"))["status"]
            said = self("logs", f"job/{name}", check=False)
            if status.get("succeeded"):
                return said
            if status.get("failed") or time.monotonic() > give_up:
                raise SystemExit(f"the Job {name} does not get done: {status} {said}")
            time.sleep(0.5)


class Release:
    """One release, and the keys of those who may ask it."""

    def __init__(self, kubernetes, helm, binary, keys, name="agent-bus", settings=(), values=(CHART / "values-dev.yaml",)):
        self.kubernetes, self.helm_program, self.binary = kubernetes, str(helm), str(binary)
        self.keys, self.name, self.settings, self.values_files = Path(keys), name, list(settings), values
        self.addresses = {}

    def token(self, subject, role):
        command = [self.binary, "token", "--sub", subject, "--role", role, "--data-dir", str(self.keys)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def helm(self, verb, *arguments, check=True):
        """A verb of Helm on this release: its exit status, and what it said; its warnings only where it failed."""
        namespace = ["--namespace", self.kubernetes.namespace]
        done = subprocess.run([self.helm_program, verb, *map(str, arguments), *namespace], capture_output=True, text=True)
        if check and done.returncode != 0:
            raise SystemExit(f"helm {verb} failed: {done.stdout}{done.stderr}")
        return done.returncode, done.stdout if done.returncode == 0 else done.stdout + done.stderr

    def values(self, *more):
        """The arguments that say how the release is set."""
        values = [word for file in self.values_files for word in ("--values", file)]
        for setting in [*self.settings, *more]:
            values += ["--set", setting]
        return values

    def install(self, *more):
        self.helm("install", self.name, CHART, *self.values(*more), "--wait", "--timeout", "10m")

    def upgrade(self, *more):
        """What is set here stays set."""
        self.settings += more
        self.helm("upgrade", self.name, CHART, *self.values(), "--wait", "--timeout", "10m")

    def revisions(self):
        """What became of each revision."""
        return [one["status"] for one in json.loads(self.helm("history", self.name, "--output", "json")[1])]

    def status(self):
        """What Helm knows of the newest revision, its hooks among it."""
        return json.loads(self.helm("status", self.name, "--output", "json")[1])

    def scale(self, replicas, *agents):
        names = [f"deployment/{self.name}-{agent}" for agent in agents or AGENTS]
        self.kubernetes("scale", f"--replicas={replicas}", *names)
        if replicas:
            for name in names:
                self.kubernetes("rollout", "status", name, "--timeout=240s")
        else:
            listed = ",".join(agents or AGENTS)
            self.kubernetes(
                *("wait", "--for=delete", "pod", "--timeout=120s"),
                *("--selector", f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component in ({listed})"),
            )

    def pods(self, component=None):
        labels = {"instance": self.name} | ({"component": component} if component else {})
        return self.kubernetes.items("pods", **labels)

    def address(self, agent):
        """The Service's own; it stays while pods come and go."""
        if agent not in self.addresses:
            service = json.loads(self.kubernetes("get", "service", f"{self.name}-{agent}", "--output", "json"))
            self.addresses[agent] = service["spec"]["clusterIP"]
        return self.addresses[agent]

    def connect(self, path, timeout_s=10):
        agent = path.removeprefix("/api/v1/").split("/")[0]
        return http.client.HTTPConnection(self.address(agent), PORT, timeout=timeout_s)

    def call(self, method, path, token, body=None, within_s=60):
        """One request that is tried until there is an answer."""
        return call_until_answered(self.connect, method, path, token, body, within_s)

    def metrics(self, agent):
        """What one of the agent's pods tells."""
        connection = self.connect(agent)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def state(self):
        """What somebody looks at when something is wrong."""
        pods = self.kubernetes("get", "pods,jobs", "--output", "wide", check=False)
        events = self.kubernetes("get", "events", "--sort-by=.lastTimestamp", check=False).splitlines()[-25:]
        logs = []
        for pod in self.pods():
            name = pod["metadata"]["name"]
            ready = all(one.get("ready") for one in pod["status"].get("containerStatuses", []))
            if not ready and pod["status"].get("phase") != "Succeeded":
                for container in pod["spec"]["containers"]:
                    said = self.kubernetes("logs", name, "--container", container["name"], "--tail=12", check=False)
                    logs.append(f"--- {name} {container['name']}\n{said}")
        return "\n".join([pods, *events, *logs])
