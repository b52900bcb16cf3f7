"""The dashboards of k8s/monitoring, panel by panel, and their queries as Grafana asks them.

Not here: what must be so of them (scripts/check-dashboards).
"""

import json
import re
from pathlib import Path

MONITORING = Path(__file__).resolve().parent.parent / "k8s" / "monitoring"
# What Grafana puts in, as it would for six hours on a screen.
VARIABLES = {"$__rate_interval": "2m", "$__interval": "1m", "$__range": "6h", "$agent": ".*"}
# What shows 0 where there is nothing. It is for people who look: behind it a query of a metric that nobody tells looks well.
FALLBACK = re.compile(r"\s+or\s+on\s*\(\s*\)\s*vector\(0\)")


def panels():
    """Each panel with its dashboard's file; rows are none."""
    for path in sorted((MONITORING / "dashboards").glob("*.json")):
        try:
            board = json.loads(path.read_text())
        except ValueError as error:
            raise SystemExit(f"{path.name} is no JSON: {error}") from error
        nested = (inner for panel in board["panels"] for inner in [panel, *panel.get("panels", [])])
        for panel in nested:
            if panel["type"] != "row":
                yield path.name, panel


def filled_in(query):
    """The query as Grafana asks it."""
    for variable, value in VARIABLES.items():
        query = query.replace(variable, value)
    return query


def bare(query):
    """The query as Grafana asks it, but without fallbacks: empty where nobody tells."""
    return FALLBACK.sub("", filled_in(query))


def shown(series):
    """How many series of an answer Grafana shows: what is no number it does not."""
    return sum(one["value"][1] != "NaN" for one in series)
