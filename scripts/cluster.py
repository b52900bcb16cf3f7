"""Agents in processes of their own for scripts, each with its sidecar, on real Kafka brokers, Postgres and Redis: all on
loopback ports, with their data in one folder, ended with the script. Whatever dies is started again.

Not here: what is asked of them. Needs nothing but Python's own library and the other scripts.
"""

import http.client
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from fleet import call_until_answered

ROOT = Path(__file__).resolve().parent.parent
# Without any getting fewer.
RESTS_WITHIN_S = 120
READY_WITHIN_S = 120
SERVICES = ["progress", "debug", "review", "concepts", "exercise"]
TOKEN_BETWEEN_AGENTS = "between-agents"
# Below those that the kernel gives to clients: see scripts/beside.sh.
PORTS = range(12_000, 32_000)
# Of the clusters of this process.
NUMBERS = itertools.count(1)


def script(name, *arguments, check=True):
    command = [str(ROOT / "scripts" / name), *map(str, arguments)]
    # A server that is started stays behind: only what the script itself prints is read.
    return subprocess.run(command, check=check, stdout=subprocess.PIPE, text=True, start_new_session=True).stdout.strip()


class Ports:
    """Ports that nobody else has: each is asked for once."""

    def __init__(self):
        self.left = random.SystemRandom().sample(PORTS, len(PORTS))

    def take(self):
        import socket

        while True:
            port = self.left.pop()
            try:
                with socket.create_server(("127.0.0.1", port)):
                    return port
            except OSError:
                continue


class Process:
    """A process that may be killed and is started again by whoever looks after it."""

    def __init__(self, name, command, environment, log):
        self.name = name
        self.command = [str(part) for part in command]
        self.environment = environment
        self.log = log
        self.process = None
        self.starts = 0

    def start(self):
        self.starts += 1
        with open(self.log, "a") as log:
            # A session of its own, as a service has: Linux shares the processor among sessions, and in a common one five
            # agents would have as much of it as each single backend of Postgres.
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    def lives(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """Whether there was something to kill."""
        if not self.lives():
            return False
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return True

    def stop(self):
        if self.lives():
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()


class Cluster:
    """The servers, and for each agent its process and its sidecar."""

    def __init__(self, binary, agents, bus="dapr", brokers=1, settings=None, fail_points=""):
        self.binary = str(binary)
        self.agents = agents
        self.bus = bus
        self.brokers = brokers
        self.settings = settings or {}
        self.fail_points = fail_points
        # The path of Postgres's socket must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="agent-bus-cluster.", dir="/tmp"))
        self.folder.chmod(0o755)
        self.ports = Ports()
        # A release of its own: sidecars find each other by app id on the whole host, those of another cluster too.
        self.prefix = f"c{os.getpid()}-{next(NUMBERS)}-"
        self.public, self.internal, self.processes, self.resting = {}, {}, {}, {}
        self.watching = threading.Event()
        # Held by who looks after the processes, and by who takes them away.
        self.looking = threading.Lock()

    def __enter__(self):
        try:
            return self._open()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.watching.set()
        for process in [*self.processes.values(), *self.resting.values()]:
            process.stop()
        for server in ("kafka", "postgres", "redis"):
            if (self.folder / server).exists():
                script(server, "stop", self.folder / server, "immediate", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _open(self):
        self.database = script("postgres", "start", self.folder / "postgres")
        self.redis = script("redis", "start", self.folder / "redis")
        self.kafka = script("kafka", "start", self.folder / "kafka", self.brokers)
        replicas = min(self.brokers, 3)
        self.run("topics", "apply", "--replicas", replicas, "--min-insync", max(1, replicas - 1))
        self.run("migrate", "--database", self.database)
        self.data_dir = self.folder / "keys"
        self.token("nobody", "student")
        for agent in self.agents:
            self._add(agent)
        for process in self.processes.values():
            process.start()
        threading.Thread(target=self._watch, daemon=True).start()
        self.wait_until_ready()
        return self

    def _environment(self, **more):
        # Settings of the person who runs the script are not for these processes.
        surroundings = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AGENT_BUS_", "DAPR_", "APP_", "FAILPOINTS"))
        }
        ours = {"AGENT_BUS_KAFKA_BROKERS": getattr(self, "kafka", ""), "AGENT_BUS_RELEASE_PREFIX": self.prefix}
        return surroundings | ours | more

    def _add(self, agent):
        public, internal, http_port, grpc, between = (self.ports.take() for _ in range(5))
        self.public[agent] = public
        secrets = {"APP_API_TOKEN": TOKEN_BETWEEN_AGENTS, "DAPR_API_TOKEN": "to-the-sidecar"}
        environment = self._environment(
            AGENT_BUS_DATABASE=self.database,
            AGENT_BUS_REDIS=self.redis,
            AGENT_BUS_JWKS=str(self.data_dir / "jwks.json"),
            AGENT_BUS_BUS=self.bus,
            AGENT_BUS_INTERNAL_PORT=str(internal),
            AGENT_BUS_PORT=str(public),
            AGENT_BUS_STUDENT_REQUESTS_PER_MINUTE="1000000000",
            AGENT_BUS_OTHER_REQUESTS_PER_MINUTE="1000000000",
            AGENT_BUS_PEERS=",".join(f"{name}=http://127.0.0.1:{port}" for name, port in self.internal.items()),
            DAPR_HTTP_PORT=str(http_port),
            DAPR_GRPC_PORT=str(grpc),
            FAILPOINTS=self.fail_points,
            **secrets,
        )
        environment |= self.settings
        self.internal[agent] = internal
        self.processes[agent] = Process(
            agent, [self.binary, "serve", agent], environment, self.folder / f"{agent}.log"
        )
        if self.bus == "dapr":
            ports = (internal, http_port, grpc, between)
            self.processes[f"{agent}'s daprd"] = self._sidecar(agent, ports, self._environment(**secrets))

    def _sidecar(self, agent, ports, environment):
        internal, http_port, grpc, between = ports
        shipped = ROOT / "k8s" / "base" / "dapr"
        resources = self.folder / "resources"
        resources.mkdir(exist_ok=True)
        addresses = {"kafka:9092": self.kafka, "redis:6379": self.redis.removeprefix("redis://")}
        for name in ("kafka-pubsub", "statestore", "resiliency"):
            text = (shipped / f"{name}.yaml").read_text()
            # The targets of policies are app ids.
            for app in SERVICES:
                text = text.replace(f"\n      {app}: ", f"\n      {self.prefix}{app}: ")
            for from_, to in addresses.items():
                text = text.replace(from_, to)
            (resources / f"{name}.yaml").write_text(text)
        command = [
            os.environ.get("AGENT_BUS_TEST_DAPRD") or script("need", "daprd"),
            *("--app-id", self.prefix + agent, "--app-port", internal),
            *("--dapr-http-port", http_port, "--dapr-grpc-port", grpc, "--dapr-internal-grpc-port", between),
            *("--dapr-listen-addresses", "127.0.0.1", "--dapr-internal-grpc-listen-address", "127.0.0.1"),
            *("--enable-metrics=false", "--max-body-size", "16Mi", "--dapr-graceful-shutdown-seconds", "1"),
            *("--resources-path", resources, "--config", shipped / "configuration.yaml"),
        ]
        # Other sidecars find it by multicast DNS, which tells them this address.
        environment = environment | {"DAPR_HOST_IP": "127.0.0.1"}
        return Process(f"{agent}'s daprd", command, environment, self.folder / f"{agent}-daprd.log")

    def _watch(self):
        """What a cluster does: a process that ended is started again."""
        while not self.watching.wait(0.05):
            with self.looking:
                for process in self.processes.values():
                    if not process.lives() and not self.watching.is_set():
                        process.start()

    def run(self, *arguments, check=True):
        """A command of the binary: what it printed."""
        command = [self.binary, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, env=self._environment())
        if check and done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
        return done.stdout

    def token(self, subject, role):
        return self.run("token", "--sub", subject, "--role", role, "--data-dir", self.data_dir).strip()

    def connect(self, path, timeout_s=10):
        agent = path.removeprefix("/api/v1/").split("/")[0]
        return http.client.HTTPConnection("127.0.0.1", self.public[agent], timeout=timeout_s)

    def call(self, method, path, token, body=None, within_s=60):
        """One request that is tried until there is an answer."""
        return call_until_answered(self.connect, method, path, token, body, within_s)

    def is_ready(self, agent):
        connection = http.client.HTTPConnection("127.0.0.1", self.public[agent], timeout=3)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def metric(self, agent, name, away=float("inf")):
        """The sum of a metric over its labels, as the agent tells it now; `away` where it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.public[agent], timeout=3)
        try:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        except OSError:
            return away
        finally:
            connection.close()
        found = [float(line.split()[-1]) for line in lines if line.startswith(name + "{")]
        return sum(found) if found else away

    def poison(self, lines):
        """Records of `learning.evidence` that nobody can use, `KEY\\tVALUE` each, by a program that is none of ours."""
        command = ["java", "-Xmx128m", "-cp", f"{script('need', 'kafka')}/*", "org.apache.kafka.tools.ConsoleProducer"]
        command += ["--bootstrap-server", self.kafka, "--topic", f"{self.prefix}learning.evidence"]
        command += ["--property", "parse.key=true"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, input="".join(f"{line}\n" for line in lines), text=True, check=True, **quiet)

    def disarm(self):
        """No fail point stops a process any longer."""
        for agent in self.agents:
            self.processes[agent].environment["FAILPOINTS"] = ""
            self.processes[agent].kill()
        self.wait_until_ready()

    def publish_all(self):
        """Waits until no agent has anything left to publish: until then the topics do not hold all."""
        self._until_none_is_left(self.unpublished)

    def come_to_rest(self):
        """Waits until no agent has anything left to publish or to consume. Not under load: something always waits there."""
        self._until_none_is_left(lambda: self.unpublished() + self.unconsumed())

    def unpublished(self):
        """How many events wait in an outbox, by agent."""
        return Counter({agent: self.metric(agent, "agent_outbox_messages") for agent in self.agents})

    def unconsumed(self):
        """How many records wait for an agent, by the offsets on the brokers, which sidecars commit too."""
        waiting = Counter()
        for line in self.run("topics", "lag", check=False).splitlines():
            agent, _, records = line.split()
            if agent in self.agents:
                waiting[agent] += int(records)
        return waiting

    def _until_none_is_left(self, what):
        none_since, fewest, give_up = None, float("inf"), time.monotonic() + RESTS_WITHIN_S
        while time.monotonic() < give_up:
            left = what()
            none_since = None if left.total() else none_since or time.monotonic()
            if left.total() < fewest:
                fewest, give_up = left.total(), time.monotonic() + RESTS_WITHIN_S
            # Outboxes are measured every five seconds.
            if none_since and time.monotonic() - none_since > 11:
                return
            time.sleep(0.5)
        logs = "\n".join(self.log_of(agent) for agent in self.agents)
        raise SystemExit(f"not all is published and consumed: {dict(left)}\n{logs}")

    def wait_until_ready(self):
        give_up = time.monotonic() + READY_WITHIN_S
        for agent in self.agents:
            while not self.is_ready(agent):
                if time.monotonic() > give_up:
                    raise SystemExit(f"{agent} does not get ready:\n{self.log_of(agent)}")
                time.sleep(0.05)

    def log_of(self, agent):
        logs = (self.folder / f"{agent}.log", self.folder / f"{agent}-daprd.log")
        return "\n".join(log.read_text()[-3000:] for log in logs if log.exists())

    def stop_agents(self):
        """What scaling to 0 does: all end, in their own time, and nobody starts them again."""
        with self.looking:
            self.resting, self.processes = self.processes, {}
        for process in self.resting.values():
            process.stop()

    def start_agents(self):
        for process in self.resting.values():
            process.start()
        self.processes, self.resting = self.resting, {}
        self.wait_until_ready()

    def kill_server(self, server, node=1):
        """SIGKILL, and the same again on what it holds."""
        if server == "kafka":
            script("kafka", "kill", self.folder / "kafka", node)
            script("kafka", "start", self.folder / "kafka")
        else:
            script(server, "kill", self.folder / server)
            script(server, "start", self.folder / server)


def note(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
