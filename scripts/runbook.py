"""What entries of docs/OPERATIONS.md say to look at and to verify, as questions to a fleet that runs.

Each question holds or does not, and names the words of the entry that it stands for: an entry that says something else needs another
question. Not here: what breaks and which questions an alert has (scripts/game_day.py); advice that only a person can follow.
"""

import http.client
import json
import re
from dataclasses import dataclass
from pathlib import Path

from dashboards import bare, panels, shown

RUNBOOK = Path(__file__).resolve().parent.parent / "docs" / "OPERATIONS.md"


def entries():
    """The text of each alert's entry, on one line, by the alert's name."""
    text = RUNBOOK.read_text().partition("\n## When an alert fires\n")[2].partition("\n## ")[0]
    sections = (section.partition("\n") for section in text.split("\n### ")[1:])
    return {title.strip(): re.sub(r"\s+", " ", body) for title, _, body in sections}


class Place:
    """Where something breaks, as somebody with the runbook in hand sees it."""

    def __init__(self, watch, port=lambda: None, log=None, run=None):
        """`port` is a process's public one now, `log` its file, `run` runs a command of the binary there."""
        self.watch, self.port, self.log, self.run, self.read_from = watch, port, log, run, 0

    def mark(self):
        """What is in the log by now is of something else."""
        self.read_from = self.log.stat().st_size if self.log and self.log.exists() else 0

    def logged(self):
        with self.log.open("rb") as log:
            log.seek(self.read_from)
            return log.read().decode(errors="replace").splitlines()

    def checks(self):
        """What /ready says of each check."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=5)
        try:
            connection.request("GET", "/ready")
            return json.loads(connection.getresponse().read())["checks"]
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()


@dataclass(frozen=True)
class Ready:
    """/ready says so of the check."""

    check: str
    state: str = "failing"
    says: str = ""

    @property
    def words(self):
        return self.says or f"`{self.check}`"

    def holds(self, place):
        return place.checks().get(self.check) == self.state


@dataclass(frozen=True)
class Logged:
    """A line of the log has all of this."""

    parts: tuple
    says: str = ""

    @property
    def words(self):
        return self.says or f"`{self.parts[0]}`"

    def holds(self, place):
        return any(all(part in line for part in self.parts) for line in place.logged())


@dataclass(frozen=True)
class Asked:
    """The query has an answer."""

    query: str
    says: str

    @property
    def words(self):
        return self.says

    def holds(self, place):
        return bool(place.watch.ask(self.query))


@dataclass(frozen=True)
class Panel:
    """The panel shows something."""

    title: str

    @property
    def words(self):
        return f'"{self.title}"'

    def holds(self, place):
        queries = [bare(target["expr"]) for _, panel in panels() if panel["title"] == self.title for target in panel["targets"]]
        return any(shown(place.watch.ask(query) or []) for query in queries)


@dataclass(frozen=True)
class Printed:
    """The command of the binary prints something like it."""

    command: str
    pattern: str

    @property
    def words(self):
        return f"agent-bus {self.command}"

    def holds(self, place):
        return re.search(self.pattern, place.run(*self.command.split()), re.M) is not None


@dataclass(frozen=True)
class Entry:
    """What of an alert's entry can be asked: while it fires, and once it is over."""

    look: tuple = ()
    verify: tuple = ()


def unsaid(followed):
    """Questions whose words their entry does not have."""
    said = entries()
    for alert, entry in followed.items():
        for question in (*entry.look, *entry.verify):
            if question.words not in said.get(alert, ""):
                yield alert, question
