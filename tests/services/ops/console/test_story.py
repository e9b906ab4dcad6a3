"""A trace tells a report's story in chapters, with reasons, clocks and what is parked."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from rich.console import Console

from contracts.envelope import Envelope, Event, Problem, Reason
from contracts.identity import (
    IdentifiedChild,
    IdentityInputRefused,
    IncidentIdentified,
    Match,
    ReviewOpened,
)
from contracts.mash import MashInputRefused, NotReferred
from contracts.partner import IdentityDecision, ScreeningDecision
from contracts.schools import AlertPlanned
from contracts.vocabulary import AgeBand, MatchOutcome, Pathway, PersonId, ReviewId
from services.kit.database import Database
from services.ops.console.chapters import chapters_of
from services.ops.console.gathering import Clock, Held, Story, notes_about
from services.ops.console.tree import story_as_json, tree_of
from services.ops.handlers import keep_note
from services.ops.store import save
from services.ops.working_set import Note, Notebook
from tests.services.ops.builders import (
    FRIDAY,
    INCIDENT,
    VICTIM,
    a_child,
    a_report,
    a_screening,
    an_alert,
    heard,
)

NOT_ADULT = NotReferred(
    pathway=Pathway.ADULT_SOCIAL_CARE,
    reason=Reason(code="no_care_needs", sentence="Nobody said that she needs care."),
)


def the_notes() -> list[Note]:
    notebook = Notebook()
    screening = a_screening().model_copy(update={"not_referred": (NOT_ADULT,)})
    for event in (a_report(a_child()), heard(screening, at=FRIDAY + timedelta(minutes=1))):
        keep_note(event, notebook, FRIDAY)
    return list(notebook.notes)


def a_story() -> Story:
    coming = Clock("mash_screening", "mash.screening-due.v1", FRIDAY + timedelta(hours=24))
    held = Held("school_alerts", "identity.incident-identified.v1", "k", "unreadable", FRIDAY)
    return Story("1", the_notes(), [coming], [held])


def test_a_story_has_a_chapter_for_each_question_that_something_answers() -> None:
    titles = [chapter.title for chapter in chapters_of(a_story())]
    assert titles == ["What the police said", "Screening", "Clocks still to come", "Parked"]


def test_what_was_not_done_stands_with_its_reason() -> None:
    screening = chapters_of(a_story())[1]
    [passage] = screening.passages
    assert passage.why == ("Not adult social care: Nobody said that she needs care.",)


def test_why_no_school_is_told_of_a_child_stands_in_the_story_once() -> None:
    bands = {"1": AgeBand.UNBORN, "2": AgeBand.EIGHTEEN_TO_FIFTY_NINE, "3": AgeBand.UNKNOWN}
    grown = {"1": AgeBand.UNBORN, "2": AgeBand.SIXTY_AND_OVER, "3": AgeBand.SIXTY_AND_OVER}
    notebook = Notebook()
    for minutes, said in enumerate((bands, bands, grown), 1):
        event = heard(identified(said, version=minutes), at=FRIDAY + timedelta(minutes=minutes))
        keep_note(event, notebook, FRIDAY)
    keep_note(an_alert(AlertPlanned), notebook, FRIDAY)
    [schools] = [
        chapter
        for chapter in chapters_of(Story("1", list(notebook.notes)))
        if chapter.title == "Schools"
    ]
    assert [(each.at - FRIDAY, each.what) for each in schools.passages][1:] == [
        (timedelta(minutes=1), "Child 1: no school is told (not born yet)"),
        (timedelta(minutes=1), "Child 2: no school is told (18 or over)"),
        (timedelta(minutes=3), "Child 3: no school is told (18 or over)"),
    ]


def identified(bands: Mapping[str, AgeBand], version: int) -> IncidentIdentified:
    """Who is who, with children of these ages."""
    return IncidentIdentified(
        **a_screening(version).model_dump(
            include=set(IncidentIdentified.model_fields) - {"children"}
        ),
        children=tuple(
            IdentifiedChild(child_ref=ref, age_band=band) for ref, band in bands.items()
        ),
        match=Match(outcome=MatchOutcome.NEW),
    )


def test_the_tree_fits_a_terminal_and_names_the_report() -> None:
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(tree_of(a_story()))
    text = console.export_text()
    assert text.startswith("south-yorkshire-police/1")
    assert "AMBER (suggested)" in text and "unreadable" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_script_gets_every_event_whole() -> None:
    told = story_as_json(a_story())
    assert [event["type"] for event in told["events"]] == [
        "police.incident-reported.v1",
        "mash.incident-screened.v1",
    ]
    assert told["clocks"][0]["service"] == "mash_screening"


@pytest.mark.parametrize("asked", ["1", "south-yorkshire-police/1", str(INCIDENT)])
async def test_a_story_is_found_by_reference_by_source_and_reference_and_by_id(
    database: Callable[[str], Awaitable[Database]], asked: str
) -> None:
    ops = await database("ops")
    notebook = Notebook()
    for note in the_notes():
        notebook.notes.put(note)
    async with ops.transaction(FRIDAY) as transaction:
        await save(transaction, notebook)
    trails, found = await notes_about(ops, asked)
    assert trails == [INCIDENT]
    assert found == the_notes_again(notebook)
    assert await notes_about(ops, "another") == ([], [])


async def test_decisions_that_were_refused_stand_in_the_story_of_what_they_were_about(
    database: Callable[[str], Awaitable[Database]],
) -> None:
    ops = await database("ops")
    notebook = Notebook()
    for note in the_notes():
        notebook.notes.put(note)
    review = uuid5(INCIDENT, "review")
    keep_note(heard(a_review(review)), notebook, FRIDAY)
    missing = (Problem(path="/rationale", code="missing", message="must be given"),)
    opposed = (Problem(path="/decision", code="victim_and_suspect", message="cannot be same"),)
    for refusal in (
        MashInputRefused(topic=ScreeningDecision.TOPIC, reference=str(INCIDENT), problems=missing),
        IdentityInputRefused(topic=IdentityDecision.TOPIC, reference=str(review), problems=opposed),
    ):
        keep_note(alone(refusal, refusal.reference), notebook, FRIDAY)
    async with ops.transaction(FRIDAY) as transaction:
        await save(transaction, notebook)
    _, found = await notes_about(ops, "1")
    told = {
        chapter.title: [passage.what for passage in chapter.passages]
        for chapter in chapters_of(Story("1", found))
    }
    assert "Refused (screening decision): /rationale: must be given" in told["Screening"]
    assert "Refused (identity decision): /decision: cannot be same" in told["Who is who"]


def a_review(review_id: UUID) -> ReviewOpened:
    """A human is asked about the victim."""
    return ReviewOpened(
        person_id=VICTIM,
        review_id=ReviewId(review_id),
        other_person_id=PersonId(uuid5(INCIDENT, "other")),
        area="rotherham",
        due_at=FRIDAY,
        version=1,
    )


def alone(event: Event, about: str) -> Event:
    """An event of a trail of its own: what it answers named no report."""
    own = uuid5(INCIDENT, f"alone {about}")
    return event.heard_in(
        Envelope(
            id=own,
            type=event.TOPIC,
            source="/services/somebody",
            time=FRIDAY,
            subject=about,
            key=about,
            correlation_id=own,
        )
    )


def the_notes_again(notebook: Notebook) -> list[Note]:
    return sorted(notebook.notes, key=lambda note: note.time)
