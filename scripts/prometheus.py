"""A Prometheus of a script's own, on a loopback port, with the rules of k8s/monitoring.

Not here: what is scraped. Needs PyYAML, and Prometheus (scripts/need prometheus).
"""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

from cluster import Ports

MONITORING = Path(__file__).resolve().parent.parent / "k8s" / "monitoring"
READY_WITHIN_S = 60


class Prometheus:
    """A real one, with the rules as they are, that looks at whatever is to be scraped each second."""

    def __init__(self, scrapes, folder, program):
        self.scrapes, self.folder, self.program, self.port = scrapes, folder, program, Ports().take()
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        groups = [
            group | {"interval": "1s"}
            for path in sorted(MONITORING.glob("*.rules.yaml"))
            for group in yaml.safe_load(path.read_text())["groups"]
        ]
        (self.folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(self.folder / "rules.yaml")],
            "scrape_configs": self.scrapes,
        }
        (self.folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
        command = [
            self.program,
            f"--config.file={self.folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        give_up = time.monotonic() + READY_WITHIN_S
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > give_up:
                said = (self.folder / "log").read_text()[-3000:]
                self.__exit__()
                raise SystemExit(f"Prometheus does not start:\n{said}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.address}/-/ready", timeout=2) as response:
                return response.status == 200
        except (OSError, urllib.error.HTTPError):
            return False

    def ask(self, query):
        """An instant query: each job's value."""
        question = urllib.parse.urlencode({"query": query})
        with urllib.request.urlopen(f"{self.address}/api/v1/query?{question}", timeout=10) as response:
            found = json.load(response)["data"]["result"]
        return {one["metric"].get("job", ""): float(one["value"][1]) for one in found}
