"""A second pair of eyes: with a service stopped, ops pages before the clock it keeps runs out."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from services.kit.catalogue import read_catalogue
from services.ops.replay.hosting import Host, Reference, hosted
from services.ops.replay.lines import Line
from services.ops.replay.log import everything_said, feed
from services.ops.replay.said import Said
from services.ops.replay.schedule import Schedule
from services.ops.replay.steering import Steering

TOPIC = "partner.incident-report.v1"
FRIDAY = datetime(2026, 11, 27, 21, 0, tzinfo=UTC)
BELL = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
REPORT = {
    "source": "south-yorkshire-police",
    "reference": "WATCH-1",
    "revision": 1,
    "status": "reported",
    "area": "rotherham",
    "victim": {"given_names": "Anna", "family_name": "Invented", "date_of_birth": "1990-01-01"},
    "risk": {"tool": "NONE", "officer_grade": "HIGH"},
    "children": [
        {
            "ref": "C1",
            "given_names": "Bo",
            "family_name": "Invented",
            "date_of_birth": "2026-05-01",
            "education": "registered",
            "school_urn": "106835",
        }
    ],
}


@asynccontextmanager
async def played_without(directory: Path, *stopped: str) -> AsyncIterator[Host]:
    """The weekend of one report, some services having stopped."""
    line = Line(FRIDAY, TOPIC, orjson.dumps(REPORT), "south-yorkshire-police", 1)
    schedule = Schedule([line], timedelta(minutes=1), BELL + timedelta(minutes=30))
    async with hosted(directory, Reference(Path("deploy/areas"))) as host:
        async with feed(host.addresses.bootstrap) as lines:
            flow = [each for each in host.flow if each.service.name not in stopped]
            await Steering(flow, host.watching, lines).play(schedule)
        yield host


async def pages(host: Host) -> list[Said]:
    """What ops paged."""
    said = await everything_said(host.addresses.bootstrap, read_catalogue())
    return said.on("ops.alarm-raised.v1")


def codes(events: Sequence[Said]) -> set[Any]:
    return {event.data["code"] for event in events}


async def test_with_everything_running_nobody_is_paged(tmp_path: Path) -> None:
    async with played_without(tmp_path) as host:
        assert await pages(host) == []


async def test_with_screening_stopped_the_red_clock_is_paged_hours_before_it_runs_out(
    tmp_path: Path,
) -> None:
    async with played_without(tmp_path, "mash_screening") as host:
        found = await pages(host)
        recipients = {mail.headers["To"] for mail in host.mails.mails()}
    assert codes(found) == {"not_screened"}
    assert found[0].time < FRIDAY + timedelta(hours=4)
    assert "duty_engineer@rotherham.invalid" in recipients


async def test_with_schools_stopped_the_bell_is_paged_days_before_it_rings(
    tmp_path: Path,
) -> None:
    async with played_without(tmp_path, "school_alerts") as host:
        found = await pages(host)
    assert codes(found) == {"child_without_alert"}
    assert found[0].time < BELL - timedelta(days=2)
