"""Events as a run leaves them behind, invented."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from services.ops.replay.said import Everything, Said

START = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
SPACE = UUID("00000000-0000-0000-0000-000000000001")


def an_id(name: str) -> str:
    """An id that a test can name."""
    return str(uuid5(SPACE, name))


def a_said(
    topic: str, *, minutes: int = 0, key: str = "k", name: str | None = None, **data: Any
) -> Said:
    """An event said some minutes after the start, with this payload."""
    event_id = an_id(name or f"{topic} {minutes} {sorted(data.items(), key=str)}")
    return Said(
        topic=topic,
        partition=0,
        offset=0,
        key=key,
        id=event_id,
        source="/services/somebody",
        time=START + timedelta(minutes=minutes),
        subject="south-yorkshire-police/1",
        correlation_id=an_id("report"),
        causation_id=data.pop("causation_id", None),
        dataschema=None,
        data=data,
    )


def everything(*events: Said) -> Everything:
    """The events as a run's, each topic's offsets in the order given."""
    ends: dict[str, int] = defaultdict(int)
    placed = []
    for event in events:
        placed.append(_at(event, ends[event.topic]))
        ends[event.topic] += 1
    return Everything.of(placed)


def a_report_line(reference: str = "1", revision: int = 1, **more: Any) -> Said:
    """A line of the police; the same content has the same id."""
    data = {"source": "police", "reference": reference, "revision": revision, **more}
    data.setdefault("status", "reported")
    return a_said("partner.incident-report.v1", key=f"police/{reference}", name=str(data), **data)


def a_grant(lead: str, *, group: str = "g", minutes: int = 0, **more: Any) -> Said:
    """A lead granted to an agency."""
    told: dict[str, Any] = {
        "lead_id": an_id(lead),
        "contact_group": an_id(group),
        "victim_id": an_id(more.pop("victim", group)),
        "agency": "idva",
        "episode_id": an_id(f"episode of {group}"),
        "version": minutes + 1,
        **more,
    }
    return a_said("contact.lead-granted.v1", minutes=minutes, **told)


def an_end(lead: str, what: str = "lead-lapsed", *, group: str = "g", minutes: int = 0) -> Said:
    """A lead that ended."""
    told: dict[str, Any] = {
        "lead_id": an_id(lead),
        "contact_group": an_id(group),
        "version": minutes + 1,
    }
    topic = "contact.closed.v1" if what == "closed" else f"contact.{what}.v1"
    return a_said(topic, minutes=minutes, **told)


def an_alert(what: str, alert: str = "a", version: int = 1, **more: Any) -> Said:
    """News of an alert."""
    told: dict[str, Any] = {
        "alert_id": an_id(alert),
        "incident_id": an_id("incident"),
        "version": version,
        **more,
    }
    return a_said(f"schools.alert-{what}.v1", minutes=version, **told)


def _at(event: Said, offset: int) -> Said:
    return replace(event, offset=offset)
