"""Incidents come in, and it is told who is who."""

from datetime import date
from typing import Any

import pytest

from contracts.identity import (
    IncidentIdentified,
    IncidentWithdrawn,
    ReviewOpened,
    UnsafeContactFound,
)
from contracts.police import ChildFacts
from contracts.sealed import UnsafePart, opened
from contracts.vocabulary import AgeBand, IdentityChoice, MatchOutcome, incident_id_of, person_id_of
from tests.services.person_matching.builders import (
    POLICE,
    World,
    a_cancellation,
    a_child,
    a_report,
    a_request,
    a_suspect,
    a_victim,
    home,
    identified,
    nobody,
    of,
    phones,
)


def test_a_new_victim_is_a_person_named_after_her_first_record() -> None:
    said = identified(World().report("R1", suspect=a_suspect(), children=(a_child(),)))
    assert said.victim_id == person_id_of(POLICE, "R1", "victim")
    assert said.suspect_id == person_id_of(POLICE, "R1", "suspect")
    assert said.children[0].person_id == person_id_of(POLICE, "R1", "child/c1")
    assert said.match.outcome is MatchOutcome.NEW
    assert said.contact_group == said.victim_id
    assert said.group_members == (said.victim_id,)
    assert said.group_version == 1
    assert said.version == 1
    assert said.sealed.identity is None
    assert (said.sealed.mash, said.sealed.contact) == ("m.a.s.h.", "c.o.n.t.")


def test_a_repeat_victim_is_the_same_person() -> None:
    world = World()
    first = identified(world.report("R1"))
    again = identified(world.report("R2"))
    assert again.victim_id == first.victim_id
    assert again.match.outcome is MatchOutcome.SAME
    assert again.group_version == first.group_version


def test_whoever_may_be_known_is_new_with_a_question_and_shares_the_group() -> None:
    world = World()
    first = identified(world.report("R1"))
    said = world.report(
        "R2",
        victim=a_victim(phones=phones("07700 900999"), address=home(3, "Moorgate Road", "S60 2AA")),
    )
    second = identified(said)
    assert second.match.outcome is MatchOutcome.REVIEW
    assert second.victim_id == person_id_of(POLICE, "R2", "victim") != first.victim_id
    assert second.possibly_same_as == (first.victim_id,)
    assert second.contact_group == min(first.victim_id, second.victim_id)
    assert set(second.group_members) == {first.victim_id, second.victim_id}
    assert second.group_version == 2
    [opened_review] = of(ReviewOpened, said)
    assert opened_review.groups[0].group_version == 2
    assert opened_review.reasons


def test_an_incident_is_said_again_whole_when_its_group_changed() -> None:
    world = World()
    world.report("R1")
    said = world.report(
        "R2",
        victim=a_victim(phones=phones("07700 900999"), address=home(3, "Moorgate Road", "S60 2AA")),
    )
    again = of(IncidentIdentified, said)[1]
    assert again.incident_id == incident_id_of(POLICE, "R1")
    assert again.version == 2
    assert again.group_version == 2
    assert again.trail.subject == f"{POLICE}/R1"


def test_news_that_is_not_newer_says_nothing() -> None:
    world = World()
    world.report("R1")
    assert world.report("R1") == []


def test_a_suspect_whom_nobody_could_name_is_no_person_and_the_unborn_neither() -> None:
    unborn = a_child(ref="c2", unborn=True, given_names=None, date_of_birth=None)
    said = identified(World().report("R1", suspect=nobody(), children=(unborn,)))
    assert said.suspect_id is None
    assert said.children[0].person_id is None


def test_a_cancelled_incident_is_withdrawn_once_and_may_come_back() -> None:
    world = World()
    first = identified(world.report("R1"))
    [withdrawn] = world.hear(a_cancellation("R1"))
    assert isinstance(withdrawn, IncidentWithdrawn)
    assert (withdrawn.victim_id, withdrawn.version) == (first.victim_id, 2)
    assert world.hear(a_cancellation("R1")) == []
    revived = identified(world.amend("R1", 3))
    assert (revived.victim_id, revived.version) == (first.victim_id, 3)


def test_a_cancellation_that_overtakes_its_report_leaves_nothing_to_say() -> None:
    world = World()
    assert world.hear(a_cancellation("R1")) == []
    assert world.report("R1") == []


def test_never_event_08_victim_and_suspect_of_one_report_never_meet() -> None:
    alike = a_suspect(**a_victim().model_dump(include={"given_names", "family_name", "phones"}))
    said = World().report("R1", suspect=alike.model_copy(update={"date_of_birth": None}))
    found = identified(said)
    assert found.suspect_id != found.victim_id
    assert of(ReviewOpened, said) == []


def test_a_counter_allegation_means_the_same_two_records_whichever_side_comes_first() -> None:
    victim, suspect = a_victim(), a_suspect()
    second = a_report("R1", victim=suspect, suspect=victim, second=True)
    first = a_report("R1", victim=victim, suspect=suspect)
    for order in ((first, second), (second, first)):
        world = World()
        one, other = (identified(world.hear(event)) for event in order)
        assert one.victim_id == other.suspect_id
        assert one.suspect_id == other.victim_id
        assert one.contact_group != other.contact_group


def test_never_event_01_numbers_of_her_suspect_are_unsafe_whatever_record_gives_them() -> None:
    world = World()
    world.report("R1", suspect=a_suspect())
    elsewhere = a_victim(
        given_names="Gosia",
        family_name="Nowak",
        date_of_birth=date(1979, 1, 30),
        phones=phones("07700 900333"),
        address=home(7, "Herringthorpe Road", "S65 3AA"),
    )
    said = world.report(
        "R2", victim=elsewhere, suspect=a_suspect(phones=phones("07700 900444", "07700 900222"))
    )
    [warned] = of(UnsafeContactFound, said)
    assert warned.victim_id == person_id_of(POLICE, "R1", "victim")
    part = opened(warned.sealed.contact_unsafe, UnsafePart)
    assert {"07700 900222", "07700 900444"} <= {point.value for point in part.points}
    own = opened(identified(said).sealed.contact_unsafe, UnsafePart)
    assert "07700 900333" not in {point.value for point in own.points}


def test_her_own_mobile_is_safe_at_a_shared_home_but_not_its_landline() -> None:
    victim = a_victim(phones=phones("07700 900111", "01709 555111"))
    said = World().report("R1", victim=victim, suspect=a_suspect(address=home(), phones=()))
    values = {p.value for p in opened(identified(said).sealed.contact_unsafe, UnsafePart).points}
    assert "01709 555111" in values
    assert "07700 900111" not in values
    assert any("Clifton" in (value or "") for value in values)


def test_an_age_the_report_lacks_is_that_of_the_date_most_often_given() -> None:
    world = World()
    world.report("R1", victim=a_victim(nhs_number="9434765919"))
    nameless = a_victim(nhs_number="9434765919", date_of_birth=None)
    said = identified(world.report("R2", victim=nameless))
    assert said.match.outcome is MatchOutcome.SAME
    assert said.victim_age_band is AgeBand.EIGHTEEN_TO_FIFTY_NINE


def test_a_victim_under_18_is_one_of_the_children_and_the_same_person() -> None:
    event = a_report("R1", victim=a_victim(date_of_birth=date(2010, 2, 3)))
    event = event.model_copy(update={"children": (ChildFacts(child_ref="victim"),)}).heard_in(
        event.envelope
    )
    said = identified(World().hear(event))
    assert said.children[0].person_id == said.victim_id


def test_a_later_report_that_names_an_employer_is_said_of_the_earlier_one_too() -> None:
    world = World()
    world.report("R1", suspect=a_suspect())
    said = world.report("R2", suspect=a_suspect(employer_urn="106842"))
    again = of(IncidentIdentified, said)[1]
    assert [each.urn for each in again.party_employers] == ["106842"]


def test_a_revision_that_no_longer_fits_is_a_question_never_a_move() -> None:
    world = World()
    first = identified(world.report("R1"))
    world.report("R2")
    other = a_victim(given_names="Danuta", date_of_birth=date(1961, 8, 8))
    said = world.amend("R2", 2, victim=other)
    assert identified(said).victim_id == first.victim_id
    [review] = of(ReviewOpened, said)
    assert review.other_person_id == person_id_of(POLICE, "R2", "victim")
    parted = world.decide(review, IdentityChoice.DIFFERENT)
    moved = identified(parted)
    assert moved.victim_id == person_id_of(POLICE, "R2", "victim")
    assert moved.version == 3


def test_a_partner_of_whom_only_the_name_is_said_may_be_the_next_one_of_that_name() -> None:
    world = World()
    first = identified(world.report("R1", suspect=a_suspect(address=home(), phones=())))
    bare = a_suspect(date_of_birth=None, phones=(), address=None)
    said = world.report("R2", suspect=bare)
    assert identified(said).suspect_id != first.suspect_id
    [review] = of(ReviewOpened, said)
    assert "A birth date is missing and nothing personal agrees." in str(review)


def test_a_partner_who_lives_where_he_lived_needs_no_birth_date() -> None:
    world = World()
    first = identified(world.report("R1", suspect=a_suspect(address=home(), phones=())))
    at_home = a_suspect(date_of_birth=None, phones=(), address=home())
    assert identified(world.report("R2", suspect=at_home)).suspect_id == first.suspect_id


ELSEWHERE = home(3, "Moorgate Road", "S60 2AA")
MOVED_VICTIM = a_victim(phones=phones("07700 900999"), address=ELSEWHERE)
MOVED_SUSPECT = a_suspect(phones=phones("07700 900888"), address=ELSEWHERE)


def test_two_who_stood_together_vouch_for_each_other_when_both_have_moved() -> None:
    world = World()
    first = identified(world.report("R1", suspect=a_suspect()))
    again = identified(world.report("R2", victim=MOVED_VICTIM, suspect=MOVED_SUSPECT))
    assert (again.victim_id, again.suspect_id) == (first.victim_id, first.suspect_id)


def test_whoever_never_stood_with_the_other_is_vouched_for_by_nobody() -> None:
    world = World()
    hers = identified(world.report("R1"))
    his = identified(
        world.report(
            "R2",
            victim=a_victim(
                given_names="Danuta", address=ELSEWHERE, date_of_birth=date(1961, 8, 8), phones=()
            ),
            suspect=a_suspect(),
        )
    )
    both = identified(world.report("R3", victim=MOVED_VICTIM, suspect=MOVED_SUSPECT))
    assert both.victim_id != hers.victim_id
    assert both.suspect_id != his.suspect_id


def test_a_namesake_beside_a_stranger_is_still_a_question() -> None:
    world = World()
    first = identified(world.report("R1", suspect=a_suspect()))
    born_elsewhen = MOVED_SUSPECT.model_copy(update={"date_of_birth": date(1988, 7, 3)})
    again = identified(world.report("R2", victim=MOVED_VICTIM, suspect=born_elsewhen))
    assert again.victim_id != first.victim_id
    assert again.suspect_id != first.suspect_id


def an_unaged_report(reference: str) -> Any:
    """A report about Leanne, known by her NHS number, that says her school but not her age."""
    victim = a_victim(nhs_number="9434765919", date_of_birth=None)
    herself = ChildFacts(child_ref="victim", present=True, school_urn="107040")
    event = a_report(reference, victim=victim, victim_if_child=herself)
    sealed = event.sealed.model_copy(update={"schools": {"victim": "s.c.h.o.o.l."}})
    return event.model_copy(update={"sealed": sealed}).heard_in(event.envelope)


def test_a_victim_known_to_be_under_18_from_another_record_is_one_of_the_children() -> None:
    world = World()
    world.report("R1", victim=a_victim(nhs_number="9434765919", date_of_birth=date(2011, 2, 3)))
    said = identified(world.hear(an_unaged_report("R2")))
    [herself] = said.children
    assert (herself.child_ref, herself.person_id) == ("victim", said.victim_id)
    assert herself.age_band is said.victim_age_band is AgeBand.THIRTEEN_TO_FIFTEEN
    assert (herself.present, herself.school_urn) == (True, "107040")
    assert said.sealed.schools == {"victim": "s.c.h.o.o.l."}


@pytest.mark.parametrize("born", [None, date(1991, 3, 14)])
def test_a_victim_not_known_to_be_under_18_is_no_child_and_no_school_has_a_part(
    born: date | None,
) -> None:
    world = World()
    world.report("R1", victim=a_victim(nhs_number="9434765919", date_of_birth=born))
    said = identified(world.hear(an_unaged_report("R2")))
    assert (said.children, said.sealed.schools) == ((), {})


def test_a_birth_date_learned_after_the_report_makes_the_victim_one_of_its_children() -> None:
    world = World()
    world.hear(an_unaged_report("R1"))
    known = a_victim(nhs_number="9434765919", date_of_birth=date(2011, 2, 3))
    said = world.hear(a_request(victim=known))
    [again] = of(IncidentIdentified, said)
    assert [child.child_ref for child in again.children] == ["victim"]
    assert again.sealed.schools == {"victim": "s.c.h.o.o.l."}
