"""The checker is seen to find what is wrong: a good dump, broken in one place, has a finding."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.checker import findings
from tests.journeys.conftest import Town
from tests.journeys.playing import Played

Event = dict[str, Any]
Change = Callable[[Event], Event | None]
pytestmark = pytest.mark.timeout(600)


def with_data(**changes: Any) -> Change:
    """The event with other fields."""
    return lambda event: {**event, "data": {**event["data"], **changes}}


def with_envelope(**changes: Any) -> Change:
    """The event with another envelope."""
    return lambda event: {**event, **changes}


def dropped(event: Event) -> None:
    """The event never said."""


def higher_version(event: Event) -> Event | None:
    """A count that skips."""
    return with_data(version=event["data"]["version"] + 7)(event)


def suspect_is_victim(event: Event) -> Event | None:
    """The two parties made one."""
    return with_data(suspect_id=event["data"]["victim_id"])(event)


def a_plain_name(event: Event) -> Event | None:
    """A name in a sentence that everybody hears."""
    reasons = [{"code": "told", "sentence": "Told to Quillfeather at the door."}]
    return with_data(reasons=reasons)(event)


SCREENED, GRANTED = "mash.incident-screened.v1", "contact.lead-granted.v1"
IDENTIFIED, REPORTED = "identity.incident-identified.v1", "police.incident-reported.v1"
PLANNED, SENT = "schools.alert-planned.v1", "schools.alert-sent.v1"
LATE = "2031-01-01T00:00:00Z"
BREAKS: list[tuple[str, Change, str]] = [
    (REPORTED, dropped, r"a first report was answered by \[\]"),
    (REPORTED, with_data(risk={"level": "HIGH", "components": []}), "components {}"),
    (REPORTED, with_data(flags=["online", "stalking", "sexual"]), "flags"),
    (REPORTED, with_data(received_at=LATE), "received_at"),
    (REPORTED, with_data(children=[]), "children said"),
    (IDENTIFIED, dropped, "nobody was identified in it"),
    (IDENTIFIED, suspect_is_victim, "victim and suspect are one person"),
    (IDENTIFIED, with_data(contact_group="0"), "is not its least member"),
    (IDENTIFIED, with_data(custody="bailed"), "police say"),
    (IDENTIFIED, a_plain_name, "a name of 12 letters"),
    (IDENTIFIED, with_data(sealed={"mash": "in plain words"}), "is not sealed"),
    (SCREENED, dropped, "mash counts|never screened"),
    (SCREENED, with_data(rag="BLUE"), "rag BLUE"),
    (SCREENED, with_data(due_at=LATE), "due 2031"),
    (SCREENED, with_data(pathways=["marac", "ypva", "victim_support"]), "taken|under 16"),
    (PLANNED, with_data(due_by=LATE), "due 2031"),
    (PLANNED, with_data(child_id="0"), "the child is not named"),
    (SENT, dropped, r"first mails, sent \[\]"),
    (SENT, with_data(late=True), "late True"),
    (GRANTED, dropped, "ends a lead that is not active"),
    (GRANTED, with_data(lead_id="0"), "not named by group and fence"),
    (GRANTED, with_data(first_attempt_due_at="2020-01-01T00:00:00Z"), "first attempt due 2020"),
    (GRANTED, with_data(expires_at=None), "no expires_at"),
    (GRANTED, with_envelope(key="0"), "keyed 0"),
    (GRANTED, with_envelope(correlationid="0"), "correlation 0"),
    (GRANTED, with_envelope(causationid="0"), "answers nothing"),
    (GRANTED, higher_version, "contact counts"),
    (GRANTED, with_envelope(offset=4000), "does not stand where it should"),
]


@pytest.fixture
def copy(in_term: tuple[Town, Played], tmp_path: Path) -> Path:
    """A copy of a good dump, to break."""
    return Path(shutil.copytree(in_term[1].folder, tmp_path / "dump"))


def judged(in_term: tuple[Town, Played], folder: Path, **report: Any) -> str:
    """What the checker says of a broken dump; one invented person more in the input."""
    town, played = in_term
    stranger = {"victim": {"family_name": "Quillfeather"}, "source": "?", "reference": "?"}
    line = {**played.lines[-1], "topic": "partner.contact-outcome.v1", "data": stranger}
    lines = [*played.lines, line]
    return "\n".join(findings(lines, folder, {**played.report, **report}, truth=town.truth))


def rewrite(path: Path, change: Change) -> None:
    """Change the first event of a topic."""
    first, *rest = path.read_text("utf-8").splitlines()
    changed = change(json.loads(first))
    lines = [json.dumps(changed)] if changed else []
    path.write_text("\n".join([*lines, *rest]) + "\n", "utf-8")


@pytest.mark.parametrize(("topic", "change", "words"), BREAKS)
def test_a_broken_event_is_found(
    in_term: tuple[Town, Played], copy: Path, topic: str, change: Change, words: str
) -> None:
    rewrite(copy / "topics" / f"{topic}.jsonl", change)
    assert re.search(words, judged(in_term, copy))


def test_a_second_lead_at_once_is_found(in_term: tuple[Town, Played], copy: Path) -> None:
    path = copy / "topics" / f"{GRANTED}.jsonl"
    first = json.loads(path.read_text("utf-8").splitlines()[0])
    second = with_data(lead_id="second", fence=first["data"]["fence"] + 50)(first)
    path.write_text(path.read_text("utf-8") + json.dumps(second) + "\n", "utf-8")
    assert "two leads of one victim at once" in judged(in_term, copy)


def test_a_mail_that_says_too_much_is_found(in_term: tuple[Town, Played], copy: Path) -> None:
    victims = {
        (line["data"]["source"], line["data"]["reference"]): line["data"]["victim"]
        for line in in_term[0].lines
        if line["topic"] == "partner.incident-report.v1" and "victim" in line["data"]
    }
    spoilt = [victim["address"]["lines"][0] for victim in victims.values()]
    for path in (copy / "mail").glob("*.eml"):
        path.write_bytes(path.read_bytes() + "\n".join(spoilt).encode())
    said = judged(in_term, copy)
    assert "a school's mail holds a text" in said
    assert "a notice holds a text" in said


def test_a_mail_to_somebody_else_is_found(in_term: tuple[Town, Played], copy: Path) -> None:
    for path in (copy / "mail").glob("*.eml"):
        path.write_bytes(path.read_bytes().replace(b"To: ", b"To: x", 1))
    assert "mail" in judged(in_term, copy)


def test_two_people_taken_for_one_are_found(in_term: tuple[Town, Played], copy: Path) -> None:
    path = copy / "people.jsonl"
    people = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    spoilt = [{**one, "person_id": people[0]["person_id"]} for one in people]
    path.write_text("".join(json.dumps(one) + "\n" for one in spoilt), "utf-8")
    assert "is several people" in judged(in_term, copy)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ({"parked": 3}, "parked: 3"),
        ({"reports": {"received": 0}}, "reports:"),
        ({"reviews_open": 99}, "reviews_open: 99"),
        ({"schools": {"sent": 0}}, "schools:"),
    ],
)
def test_a_wrong_figure_is_found(
    in_term: tuple[Town, Played], report: dict[str, Any], words: str
) -> None:
    assert words in judged(in_term, in_term[1].folder, **report)
