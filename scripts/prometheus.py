"""A Prometheus of a script's own, on a loopback port, with the rules of k8s/monitoring.

Not here: what is scraped, and who is told (scripts/game_day.py). Needs PyYAML, and Prometheus (scripts/need prometheus).
"""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

from cluster import Ports
from dashboards import MONITORING

# How often targets are scraped and rules are evaluated.
SCRAPE_S = 1
READY_WITHIN_S = 60


def groups():
    """The groups of rules as they are, evaluated as often as targets are scraped."""
    for path in sorted(MONITORING.glob("*.rules.yaml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield group | {"interval": f"{SCRAPE_S}s"}


class Prometheus:
    """A real one, which asks the targets of these scrape configurations."""

    def __init__(self, scrapes, folder, program, rules=None, alertmanagers=()):
        self.folder, self.program, self.port = folder, program, Ports().take()
        self.address = f"http://127.0.0.1:{self.port}"
        self.rules = rules or {"groups": list(groups())}
        self.config = {
            "global": {name: f"{SCRAPE_S}s" for name in ("scrape_interval", "scrape_timeout", "evaluation_interval")},
            "rule_files": [str(folder / "rules.yaml")],
            "scrape_configs": scrapes,
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": list(alertmanagers)}]}]},
        }

    def __enter__(self):
        (self.folder / "rules.yaml").write_text(yaml.safe_dump(self.rules))
        (self.folder / "prometheus.yaml").write_text(yaml.safe_dump(self.config))
        command = [
            self.program,
            f"--config.file={self.folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        with open(self.folder / "prometheus.log", "w") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        give_up = time.monotonic() + READY_WITHIN_S
        while self.ask("vector(1)") is None:
            if self.process.poll() is not None or time.monotonic() > give_up:
                said = (self.folder / "prometheus.log").read_text()[-3000:]
                self.__exit__()
                raise SystemExit(f"Prometheus does not start:\n{said}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, query):
        """The result of an instant query; nothing where there is no answer."""
        question = urllib.parse.urlencode({"query": query})
        try:
            with urllib.request.urlopen(f"{self.address}/api/v1/query?{question}", timeout=5) as response:
                return json.load(response)["data"]["result"]
        except (OSError, urllib.error.HTTPError):
            return None
