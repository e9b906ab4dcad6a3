"""What the pipeline is measured on: incidents of two persons and one child each, told at length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from services.ops.generate.lines import Line
from services.ops.generate.town import weekend_of

REPORTS = "partner.incident-report.v1"
NARRATIVE = 600
"""Characters."""
WORDS = "Officers attended and spoke to both apart; neighbours had heard shouting for an hour. "
WITH_CHILDREN = 2.6
"""A town has this many incidents for each one with a child."""
KNOWN_FIRST = ("partner.advocate-roster.v1", "partner.marac-meeting.v1")


@dataclass(frozen=True)
class Load:
    """What services must know first, and the incidents."""

    first: Sequence[Line]
    reports: Sequence[dict[str, Any]]


def a_load(seed: int, incidents: int) -> Load:
    """So many incidents of one town; a fifth are in a household that was reported before."""
    now = datetime.now(UTC)
    asked = round(incidents * WITH_CHILDREN)
    lines = weekend_of(seed, asked, now - timedelta(hours=60), now).lines
    reports = list(islice(_told(lines), incidents))
    if len(reports) < incidents:
        raise ValueError(f"the town has only {len(reports)} incidents with a child")
    return Load([line for line in lines if line.topic in KNOWN_FIRST], reports)


def _told(lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
    seen = set()
    for line in lines:
        report = line.data
        children = [one for one in report.get("children", ()) if not one.get("unborn")]
        if line.topic != REPORTS or report["reference"] in seen or not children:
            continue
        seen.add(report["reference"])
        others = {name: value for name, value in report.items() if name != "other_party"}
        yield others | {"children": children[:1], "circumstances": _at_length(report)}


def _at_length(report: dict[str, Any]) -> str:
    told = f"{report['circumstances']} " + "".join(islice(cycle(WORDS), NARRATIVE))
    return told[:NARRATIVE]
