"""A running `agent-bus up` for scripts: on a free loopback port, with a data folder of its own, ended with the script.

Not here: what is asked of it. Needs nothing but Python's own library.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

READY_WITHIN_S = 60


class Fleet:
    """One data folder and the process on it, which may be killed and started again."""

    def __init__(self, binary, settings=()):
        self.binary = str(binary)
        self.settings = [str(setting) for setting in settings]
        self._folder = tempfile.TemporaryDirectory(prefix="agent-bus-")
        self.data_dir = Path(self._folder.name)
        self.log = self.data_dir / "up.log"
        self.process = None
        self.port = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._folder.cleanup()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Starts the process and returns when it is ready."""
        # Settings of the person who runs the script are not for this fleet.
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("AGENT_BUS_")}
        output = self.data_dir / "up.out"
        with open(output, "w") as out, open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [self.binary, "up", "--port", "0", "--data-dir", str(self.data_dir / "data"), *self.settings],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                env=surroundings,
            )
        self._wait("prints its address", lambda: self._read_port(output))
        self._wait("is ready", self._is_ready)
        return self

    def kill(self):
        """SIGKILL, in the middle of whatever it does."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def token(self, subject, role):
        command = [self.binary, "token", "--sub", subject, "--role", role, "--data-dir", str(self.data_dir / "data")]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def connect(self, _path=None, timeout_s=10):
        """A connection; all agents are at one address."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)

    def call(self, method, path, token, body=None):
        """One request on a connection of its own: the status, and the body read as JSON where it is that."""
        connection = self.connect()
        try:
            return call(connection, method, path, token, body)
        finally:
            connection.close()

    def resident_mib(self):
        """What the process holds in memory now, in MiB."""
        return resident_mib(self.process.pid)

    def _read_port(self, output):
        found = re.search(r"http://[^:/\s]+:(\d+)", output.read_text())
        if found:
            self.port = int(found[1])
        return bool(found)

    def _is_ready(self):
        try:
            connection = self.connect(timeout_s=2)
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def _wait(self, condition, holds):
        give_up = time.monotonic() + READY_WITHIN_S
        while not holds():
            if self.process.poll() is not None or time.monotonic() > give_up:
                log = self.log.read_text()[-4000:]
                raise SystemExit(f"agent-bus up does not come to the point where it {condition}:\n{log}")
            time.sleep(0.01)


def call(connection, method, path, token, body=None):
    headers = {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(body)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    data = response.read()
    try:
        return response.status, json.loads(data)
    except ValueError:
        return response.status, None


def call_until_answered(connect, method, path, token, body=None, within_s=60):
    """One request, each time on a connection of its own, tried again while nobody answers or the answer is to try later."""
    give_up = time.monotonic() + within_s
    while True:
        connection = connect(path)
        try:
            answer = call(connection, method, path, token, body)
            if answer[0] != 503 or time.monotonic() > give_up:
                return answer
        except (OSError, http.client.HTTPException):
            if time.monotonic() > give_up:
                raise
        finally:
            connection.close()
        time.sleep(0.05)


def put_class(running, class_id, token, students):
    """Makes a class of the teacher's whose token it is, in whatever runs: a fleet or a cluster."""
    roster = {"name": class_id, "students": students}
    status, answer = running.call("PUT", f"/api/v1/progress/classes/{class_id}", token, roster)
    if status not in (200, 201):
        raise SystemExit(f"no class {class_id}: {status} {answer}")


def resident_mib(process_id):
    """What a process holds in memory now, in MiB, as the kernel counts it."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(process_id)


def default_binary(profile="debug"):
    cache = os.environ.get("AGENT_BUS_CACHE") or Path.home() / ".cache" / "agent-bus"
    target = os.environ.get("CARGO_TARGET_DIR") or Path(cache) / "target"
    return Path(target) / profile / "agent-bus"
