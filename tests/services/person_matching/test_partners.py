"""Requests, rosters and enrolments: whom they mean, and what is refused."""

from datetime import date, timedelta

import pytest

from contracts.identity import (
    AdvocateConflictsIdentified,
    ContactRequestIdentified,
    IdentityInputRefused,
    PupilEnrolmentIdentified,
)
from contracts.partner import Address, ConflictedPerson, SafeContact, Victim
from contracts.sealed import ContactPart, UnsafePart, opened
from contracts.vocabulary import (
    MatchOutcome,
    RequestStatus,
    enrolment_id_of,
    person_id_of,
    request_id_of,
)
from services.kit.areas import Area
from services.person_matching.working_set import Persons, Reference
from tests.services.person_matching.builders import (
    NOON,
    POLICE,
    World,
    a_child,
    a_request,
    a_roster,
    a_suspect,
    a_victim,
    an_enrolment,
    of,
    phones,
)


def test_a_request_about_a_known_victim_means_her() -> None:
    world = World()
    world.report("R1")
    [said] = world.hear(a_request(victim=a_victim()))
    assert isinstance(said, ContactRequestIdentified)
    assert said.victim_id == person_id_of(POLICE, "R1", "victim")
    assert said.request_id == request_id_of("victim_support", "V1")
    assert (said.agency, said.version, said.match.outcome) == (
        "victim_support",
        1,
        MatchOutcome.SAME,
    )


@pytest.mark.parametrize(
    ("named", "applies", "codes"),
    [
        ("there", "there", []),
        ("leeds", "here", ["area_unknown"]),
        (None, "here", ["area_missing"]),
    ],
)
def test_a_request_of_an_unknown_area_is_of_its_senders_first_and_marked(
    named: str | None, applies: str, codes: list[str]
) -> None:
    areas = {code: Area(code, "1", "v", {}) for code in ("here", "there")}
    world = World(Persons(reference=Reference(areas=areas)))
    [said] = world.hear(a_request(victim=a_victim(), area=named))
    assert (said.area, [mark.code for mark in said.marks]) == (applies, codes)


def test_a_request_seals_safe_points_alone_and_what_is_unsafe() -> None:
    world = World()
    world.report("R1", suspect=a_suspect())
    safe = SafeContact(
        numbers=("07700 900111", "01709 555111", "07700 900666"),
        unsafe_numbers=("07700 900666",),
        sms_ok=True,
    )
    [said] = world.hear(a_request(victim=a_victim(safe_contact=safe)))
    part = opened(said.sealed.contact, ContactPart)
    assert {point.value: point.channels for point in part.points} == {
        "07700 900111": ("call", "text"),
        "01709 555111": ("call",),
    }
    assert part.said_safe
    unsafe = opened(said.sealed.contact_unsafe, UnsafePart)
    assert "07700 900222" in {point.value for point in unsafe.points}


def test_without_safe_contact_nothing_is_said_safe() -> None:
    [said] = World().hear(a_request(victim=a_victim()))
    part = opened(said.sealed.contact, ContactPart)
    assert (part.said_safe, part.points) == (False, ())


def test_the_highest_revision_of_a_request_holds() -> None:
    world = World()
    world.hear(a_request(victim=a_victim()))
    [said] = world.hear(a_request(revision=2, status="withdrawn"))
    assert (said.status, said.version, said.revision) == (RequestStatus.WITHDRAWN, 2, 2)
    assert world.hear(a_request(victim=a_victim())) == []
    assert world.hear(a_request(revision=2, status="withdrawn")) == []


def test_the_same_revision_with_other_content_is_refused() -> None:
    world = World()
    world.hear(a_request(victim=a_victim()))
    [refused] = world.hear(a_request(victim=a_victim(given_names="Lea")))
    assert isinstance(refused, IdentityInputRefused)
    assert refused.problems[0].path == "/revision"


def test_a_request_about_nobody_is_refused_and_a_number_alone_is_enough() -> None:
    world = World()
    [refused] = world.hear(a_request(victim=Victim(given_names="Unknown")))
    assert refused.problems[0].path == "/victim"
    [refused] = world.hear(a_request())
    assert refused.problems[0].path == "/victim"
    [said] = world.hear(a_request(victim=Victim(phones=phones("07700 900777"))))
    assert said.match.outcome is MatchOutcome.NEW


def test_an_address_alone_is_enough() -> None:
    where = Address(lines=("1 High Street",), postcode="S60 1AA")
    [said] = World().hear(a_request(victim=Victim(address=where)))
    assert said.victim_id == person_id_of("victim_support", "V1", "victim")


def test_an_advocates_conflicts_are_the_persons_known_and_those_possibly_the_same() -> None:
    world = World()
    world.report("R1", suspect=a_suspect())
    known = ConflictedPerson.model_validate(a_suspect().model_dump())
    born = date(1991, 3, 14)
    maybe = ConflictedPerson(given_names="Leanne", family_name="Hartshorn", date_of_birth=born)
    said = of(AdvocateConflictsIdentified, world.hear(a_roster(known, maybe)))[0]
    assert person_id_of(POLICE, "R1", "suspect") in said.person_ids
    assert person_id_of("idva", "A1", "conflict/2") in said.person_ids
    assert person_id_of(POLICE, "R1", "victim") in said.person_ids
    assert said.version == 1


def test_a_conflict_keeps_its_place_when_the_list_changes() -> None:
    world = World()
    ann = ConflictedPerson(given_names="Ann", family_name="Platts", date_of_birth=date(1980, 1, 5))
    bob = ConflictedPerson(given_names="Bob", family_name="Wragg", date_of_birth=date(1982, 4, 9))
    world.hear(a_roster(ann, bob))
    said = of(
        AdvocateConflictsIdentified,
        world.hear(a_roster(bob, at=NOON + timedelta(hours=1))),
    )[0]
    assert said.person_ids == (person_id_of("idva", "A1", "conflict/2"),)


def test_an_older_roster_changes_nothing() -> None:
    world = World()
    ann = ConflictedPerson(given_names="Ann", family_name="Platts", date_of_birth=date(1980, 1, 5))
    world.hear(a_roster(ann))
    assert world.hear(a_roster(at=NOON - timedelta(hours=1))) == []


def test_a_pupil_is_the_child_of_the_report() -> None:
    world = World()
    world.report("R1", children=(a_child(),))
    [said] = world.hear(an_enrolment(a_child(ref=None)))
    assert isinstance(said, PupilEnrolmentIdentified)
    assert said.person_id == person_id_of(POLICE, "R1", "child/c1")
    assert said.enrolment_id == enrolment_id_of("rotherham-council", "E1")
    assert (said.school_urn, said.version) == ("106842", 1)


def test_never_event_06_a_twin_is_another_pupil() -> None:
    world = World()
    world.report("R1", children=(a_child(), a_child(ref="c2", given_names="Archie")))
    [said] = world.hear(an_enrolment(a_child(ref=None, given_names="Archie")))
    assert said.person_id == person_id_of(POLICE, "R1", "child/c2")


def test_an_enrolment_of_an_earlier_day_changes_nothing() -> None:
    world = World()
    world.hear(an_enrolment(a_child()))
    assert world.hear(an_enrolment(a_child(given_names="Alf"), as_of=date(2026, 10, 1))) == []
