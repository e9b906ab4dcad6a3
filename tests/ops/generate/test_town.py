"""A synthetic town is the same for the same seed, and its messages are what partners would send."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contracts.vocabulary import lead_id_of, person_id_of
from services.ops.contract_tools.examples import faults
from services.ops.contract_tools.spoken import spoken
from services.ops.generate.bad import MARKED, REFUSED
from services.ops.generate.command import app
from services.ops.generate.lines import Line
from services.ops.generate.players import respond
from services.ops.generate.town import generate_town, weekend_of

FRIDAY = datetime(2026, 11, 27, 18, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lines() -> Lines:
    return list(generate_town(5, 200, FRIDAY, MONDAY))


def reports(lines: Lines) -> Lines:
    return [line["data"] for line in lines if line["topic"] == "partner.incident-report.v1"]


def test_the_same_seed_gives_the_same_town_and_another_gives_another(lines: Lines) -> None:
    assert list(generate_town(5, 200, FRIDAY, MONDAY)) == lines
    assert list(generate_town(6, 200, FRIDAY, MONDAY)) != lines


def test_every_message_is_one_that_its_topic_takes(lines: Lines) -> None:
    for line in lines:
        assert faults(spoken()[line["topic"]], line["data"]) == []


def test_messages_come_in_order_and_within_the_weekend(lines: Lines) -> None:
    times = [datetime.fromisoformat(line["at"]) for line in lines]
    assert times == sorted(times)
    assert times[0] >= FRIDAY
    assert times[-1] <= MONDAY


def test_the_police_are_called_as_often_as_asked(lines: Lines) -> None:
    references = {report["reference"] for report in reports(lines)}
    assert 190 <= len(references) <= 200


def test_the_town_has_everything_a_weekend_brings(lines: Lines) -> None:
    found = reports(lines)
    seen = Counter(json.dumps(report, sort_keys=True) for report in found)
    children = [child for report in found for child in report.get("children", ())]
    phones = [phone for report in found for phone in report.get("suspect", {}).get("phones", ())]
    victims = {
        phone["number"] for report in found for phone in report.get("victim", {}).get("phones", ())
    }
    births = Counter(
        (report["reference"], child.get("date_of_birth"))
        for report in found
        if report["revision"] == 1
        for child in report.get("children", ())
        if child.get("date_of_birth")
    )
    assert max(seen.values()) > 1, "duplicates"
    assert {report["revision"] for report in found} >= {1, 2}, "amendments"
    assert {report["status"] for report in found} == {"reported", "cancelled"}
    assert any("other_party" in report for report in found), "counter-allegations"
    assert {phone["number"] for phone in phones} & victims, "shared phones"
    assert max(births.values()) > 1, "twins"
    assert {"home_educated", "unknown", "registered"} <= {c.get("education") for c in children}
    assert any("employer_urn" in report.get("suspect", {}) for report in found)
    assert {line["topic"] for line in lines} >= {
        "partner.contact-request.v1",
        "partner.advocate-roster.v1",
        "partner.marac-meeting.v1",
        "partner.pupil-enrolment.v1",
        "partner.contact-outcome.v1",
        "partner.screening-decision.v1",
        "partner.school-acknowledgement.v1",
    }


def test_the_truth_names_every_person_record(lines: Lines) -> None:
    truth = {(t.source, t.reference, t.role) for t in weekend_of(5, 200, FRIDAY, MONDAY).truth}
    for report in reports(lines):
        if report["status"] == "cancelled":
            continue
        place = (report["source"], report["reference"])
        assert (*place, "victim") in truth
        if "anonymous" not in report["suspect"]:
            assert (*place, "suspect") in truth
        if report["revision"] == 1:
            for number, child in enumerate(report["children"], 1):
                assert (*place, f"child/{child.get('ref', number)}") in truth


def test_bad_messages_come_of_every_kind() -> None:
    kinds = len(REFUSED) + len(MARKED)
    plain = len(list(generate_town(5, 3, FRIDAY, MONDAY)))
    spoiled = list(generate_town(5, 3, FRIDAY, MONDAY, bad=kinds))
    assert len(spoiled) == plain + kinds


def test_the_command_writes_the_file_and_the_truth_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "town.jsonl"
    result = CliRunner().invoke(app, ["--seed", "5", "--incidents", "20", "--out", str(out)])
    assert result.exit_code == 0
    figures = json.loads(result.output.splitlines()[-1])
    assert figures["lines"] == len(out.read_text("utf-8").splitlines())
    truth = (tmp_path / "town.jsonl.truth.jsonl").read_text("utf-8").splitlines()
    assert set(json.loads(truth[0])) == {"source", "reference", "role", "person"}


def test_an_end_before_the_start_is_refused(tmp_path: Path) -> None:
    options = ["--out", str(tmp_path / "x"), "--start", "2026-12-01T00:00"]
    assert CliRunner().invoke(app, options).exit_code == 2


def test_players_answer_an_event_always_the_same_way() -> None:
    group = person_id_of("south-yorkshire-police", "1", "victim")
    answers: list[list[Line]] = []
    for fence in range(1, 40):
        lead = {
            "lead_id": str(lead_id_of(group, fence)),
            "fence": 1,
            "agency": "idva",
            "first_attempt_due_at": "2026-11-28T20:00:00Z",
        }
        event = {"type": "contact.lead-granted.v1", "time": FRIDAY.isoformat(), "data": lead}
        answers.append(respond(event))
        assert respond(event) == answers[-1]
    outcomes = {line.data["outcome"] for answer in answers for line in answer[:1]}
    assert {"reached", "no_answer"} <= outcomes
    assert respond({"type": "contact.closed.v1", "time": FRIDAY.isoformat(), "data": {}}) == []
