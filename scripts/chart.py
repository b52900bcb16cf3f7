"""The chart as Helm renders it, and what the code says of agents and settings: the ground on which judge_chart.py and
judge_compose.py stand.

Not here: any judgement.
"""

import functools
import re
import subprocess
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "helm" / "agent-bus"


def template(helm, release, *arguments, values=None):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(values or "{}")
        file.flush()
        command = [helm, "template", release, CHART, "--namespace", "n", "--kube-version", "1.34.3", *arguments, "--values", file.name]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def objects(helm, release, *arguments):
    status, text, error = template(helm, release, *arguments)
    if status != 0:
        raise SystemExit(f"release {release}: {error}")
    return [document for document in yaml.safe_load_all(text) if document]


def agents_of_the_code():
    return {path.name for path in (ROOT / "services").iterdir() if path.is_dir()}


@functools.cache
def agents_of_the_chart(helm):
    return {
        document["metadata"]["labels"]["app.kubernetes.io/component"]
        for document in objects(helm, "agent-bus")
        if document["kind"] == "Deployment"
    }


def settings_read():
    """Every environment variable that the binary reads."""
    sources = (ROOT / "crates" / "agent-bus" / "src").rglob("*.rs")
    return {name for file in sources for name in re.findall(r'env = "([A-Z_]+)"', file.read_text())}
