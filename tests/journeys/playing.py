"""A journey: lines played by `onward replay` in a process of its own, and what it left behind."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.ops.generate.players import respond
from tests.architecture.house import ROOT
from tests.journeys.checking.dump import Dump, Said, read_dump

LONDON = ZoneInfo("Europe/London")
Lines = list[dict[str, Any]]
ONWARD = ("-m", "services.ops.cli")
TWICE = ("-m", "tests.journeys.twice")
"""The same command with every record of the broker produced twice."""


@dataclass(frozen=True)
class Weekend:
    """A weekend of the calendar, by London's clocks."""

    name: str
    start: str
    end: str

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From and to."""
        first, last = (datetime.fromisoformat(text) for text in (self.start, self.end))
        return first.replace(tzinfo=LONDON), last.replace(tzinfo=LONDON)


WEEKENDS = (
    Weekend("term", "2026-11-27T18:00", "2026-11-30T09:00"),
    Weekend("half_term_and_clocks_back", "2026-10-23T14:00", "2026-10-26T09:00"),
    Weekend("christmas", "2026-12-18T12:00", "2026-12-21T09:00"),
    Weekend("easter_and_clocks_forward", "2027-03-25T15:00", "2027-03-30T09:00"),
)


@dataclass(frozen=True)
class Played:
    """What a journey left behind."""

    lines: Lines
    folder: Path
    report: dict[str, Any]
    code: int
    said: str
    """Standard output and error."""

    @property
    def broken(self) -> list[str]:
        """The promises that replay itself found broken."""
        lines = [line for line in self.said.splitlines() if line.startswith("Broken: ")]
        return [line.removeprefix("Broken: ") for line in lines]

    @property
    def dump(self) -> Dump:
        """The dump as read."""
        return read_dump(self.folder)


def play(lines: Lines, folder: Path, *, command: Sequence[str] = ONWARD) -> Played:
    """Play lines; the dump and the report go into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file, report = folder / "lines.jsonl", folder / "report.json"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    options = ["replay", str(file), "--report", str(report), "--dump", str(folder / "dump")]
    done = subprocess.run(
        [sys.executable, *command, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    figures = json.loads(report.read_text("utf-8")) if report.exists() else {}
    return Played(lines, folder / "dump", figures, done.returncode, done.stdout + done.stderr)


def answered(played: Played) -> Lines:
    """The lines with what the town answers to everything that was said."""
    last = datetime.fromisoformat(played.lines[-1]["at"])
    answers = [answer for event in played.dump.all() for answer in respond(_as_dumped(event))]
    mine = [answer.as_json() for answer in answers if answer.at <= last]
    return sorted([*played.lines, *mine], key=lambda line: datetime.fromisoformat(line["at"]))


def outcomes(dump: Dump) -> Counter[str]:
    """Everything decided and sent, without what may differ: ids of messages and ciphertext."""
    once = {event.id: event for event in dump.all() if event.speaker != "partner"}
    said = [json.dumps(_decided(event), sort_keys=True) for event in once.values()]
    sent = [
        f"{letter.to} {letter.step} {letter.references} {letter.whole}" for letter in dump.letters
    ]
    who = [json.dumps(one, sort_keys=True) for one in dump.people]
    return Counter([*said, *sent, *who])


def differences(one: Dump, other: Dump, most: int = 20) -> list[str]:
    """The outcomes that only one of two journeys had."""
    first, second = outcomes(one), outcomes(other)
    gone, come = first - second, second - first
    found = [f"only the first: {what[:600]}" for what in gone.elements()]
    return (found + [f"only the second: {what[:600]}" for what in come.elements()])[:most]


def _decided(event: Said) -> dict[str, Any]:
    data = {name: value for name, value in event.data.items() if name != "sealed"}
    return {
        "type": event.type,
        "key": event.key,
        "time": event.time.isoformat(),
        "subject": event.subject,
        "correlation": event.correlation_id,
        "data": data,
    }


def _as_dumped(event: Said) -> dict[str, Any]:
    return {"type": event.type, "time": event.time.isoformat(), "data": event.data}


def leaks(said: str, lines: Iterable[dict[str, Any]]) -> set[str]:
    """Names and numbers of the input that a process printed or logged."""
    found: set[str] = set()
    for line in lines:
        data = line["data"] if isinstance(line["data"], dict) else {}
        for role in ("victim", "suspect", "other_party", "child"):
            person = data.get(role) or {}
            phones = [phone.get("number") for phone in person.get("phones", ())]
            words = [person.get("family_name"), *phones]
            found |= {
                word for word in words if isinstance(word, str) and len(word) > 4 and word in said
            }
    return found
