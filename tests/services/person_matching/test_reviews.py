"""Questions for a human: opened, due, escalated, decided, and undone."""

from datetime import timedelta
from typing import Any

from contracts.identity import (
    ContactRequestIdentified,
    IdentityAlarm,
    IdentityInputRefused,
    IncidentIdentified,
    PersonsMerged,
    PersonsSeparated,
    ReviewDecided,
    ReviewDue,
    ReviewOpened,
)
from contracts.vocabulary import (
    IdentityChoice,
    RiskLevel,
    incident_id_of,
    person_id_of,
    review_id_of,
)
from services.person_matching.handlers import escalate_review
from tests.services.person_matching.builders import (
    POLICE,
    World,
    a_decision,
    a_request,
    a_suspect,
    a_victim,
    heard,
    home,
    identified,
    of,
    phones,
    timers,
)

SAME, DIFFERENT = IdentityChoice.SAME, IdentityChoice.DIFFERENT


def moved(**told: Any) -> Any:
    """Leanne again, with another home and number: only name and birth date agree."""
    usual = {"phones": phones("07700 900999"), "address": home(3, "Moorgate Road", "S60 2AA")}
    return a_victim(**{**usual, **told})


def asked(world: World, **told: Any) -> ReviewOpened:
    """A review between the first and the second report's victim."""
    world.report("R1")
    return of(ReviewOpened, world.report("R2", victim=moved(), **told))[0]


def test_a_review_is_named_after_both_persons_and_says_its_reasons_and_its_due_time() -> None:
    world = World()
    review = asked(world)
    one, other = (person_id_of(POLICE, reference, "victim") for reference in ("R1", "R2"))
    assert review.review_id == review_id_of(one, other)
    assert review.reasons
    assert review.due_at > world.now + timedelta(hours=9)


def test_where_the_risk_is_high_a_human_decides_within_the_hour() -> None:
    world = World()
    review = asked(world, level=RiskLevel.HIGH)
    assert review.due_at == world.now + timedelta(hours=1)


def test_a_graver_report_brings_an_open_review_forward_and_tells_the_desk_again() -> None:
    world = World()
    asked(world)
    said = world.report("R3", victim=moved(), level=RiskLevel.HIGH)
    [alarm], [timer] = of(IdentityAlarm, said), timers(said)
    assert alarm.due_at == timer.at == world.now + timedelta(hours=1)
    assert len(escalate_review(heard(timer.event), world.persons, timer.at)) == 1


def test_the_desk_is_told_of_a_review_at_once_and_a_clock_is_set() -> None:
    world = World()
    world.report("R1")
    said = world.report("R2", victim=moved())
    [alarm], [timer] = of(IdentityAlarm, said), timers(said)
    assert (alarm.code, alarm.to_role) == ("identity_review", "mash")
    assert timer.at == alarm.due_at


def test_an_overdue_review_is_escalated_once_and_never_decided() -> None:
    world = World()
    review = asked(world)
    due = heard(ReviewDue(person_id=review.person_id, review_id=review.review_id))
    assert escalate_review(due, world.persons, review.due_at - timedelta(seconds=1)) == []
    [alarm] = escalate_review(due, world.persons, review.due_at)
    assert (alarm.code, alarm.to_role) == ("review_overdue", "mash_supervisor")
    assert escalate_review(due, world.persons, review.due_at) == []


def test_same_merges_the_two_and_says_everything_again_under_who_is_kept() -> None:
    world = World()
    review = asked(world)
    said = world.decide(review, SAME)
    [merged], [decided] = of(PersonsMerged, said), of(ReviewDecided, said)
    kept, gone = (person_id_of(POLICE, reference, "victim") for reference in ("R1", "R2"))
    assert (merged.kept_id, merged.merged_ids, decided.decision) == (kept, (gone,), SAME)
    again = {event.incident_id: event for event in of(IncidentIdentified, said)}
    second = again[incident_id_of(POLICE, "R2")]
    assert (second.victim_id, second.version, second.group_members) == (kept, 2, (kept,))
    assert second.possibly_same_as == ()


def test_a_group_version_only_ever_rises_for_each_of_its_persons() -> None:
    world = World()
    world.report("R1")
    first = world.report("R2", victim=moved())
    review = of(ReviewOpened, first)[0]
    versions = [review.groups[0].group_version]
    for choice in (SAME, DIFFERENT, SAME):
        said = world.decide(review, choice)
        versions.append(max(g.group_version for g in of(ReviewDecided, said)[0].groups))
    assert versions == sorted(set(versions))


def test_different_parts_the_contact_group_and_keeps_both_persons() -> None:
    world = World()
    said = world.decide(asked(world), DIFFERENT)
    groups = of(ReviewDecided, said)[0].groups
    assert sorted(len(group.group_members) for group in groups) == [1, 1]
    assert not of(PersonsMerged, said)
    assert not of(PersonsSeparated, said)
    assert all(event.possibly_same_as == () for event in of(IncidentIdentified, said))


def test_what_a_human_said_is_different_is_not_asked_again() -> None:
    world = World()
    world.decide(asked(world), DIFFERENT)
    said = world.amend("R2", 2, victim=moved(known_as=("Lee",)))
    assert of(ReviewOpened, said) == []


def test_a_merge_undone_gives_who_leaves_a_new_id_and_says_so() -> None:
    world = World()
    review = asked(world)
    world.decide(review, SAME)
    said = world.decide(review, DIFFERENT)
    [parted] = of(PersonsSeparated, said)
    known = {person_id_of(POLICE, reference, "victim") for reference in ("R1", "R2")}
    assert parted.person_id in known
    assert not set(parted.separated_ids) & known
    second = next(
        e for e in of(IncidentIdentified, said) if e.incident_id == incident_id_of(POLICE, "R2")
    )
    assert second.victim_id == parted.separated_ids[0]


def test_a_decision_said_twice_changes_nothing() -> None:
    world = World()
    review = asked(world)
    world.decide(review, SAME)
    assert world.decide(review, SAME) == []


def test_a_decision_about_no_review_is_refused_with_the_field() -> None:
    for text in ("nonsense", str(incident_id_of(POLICE, "R9"))):
        [refused] = World().hear(a_decision(text, SAME))
        assert isinstance(refused, IdentityInputRefused)
        assert refused.problems[0].path == "/review_id"


def test_never_event_08_a_human_cannot_make_victim_and_suspect_one() -> None:
    world = World()
    review = asked(world)
    accused = a_suspect(
        **moved().model_dump(exclude_defaults=True), relationship_to_victim="sister"
    )
    met = identified(world.report("R3", victim=a_victim(), suspect=accused))
    assert {met.victim_id, met.suspect_id} == {review.person_id, review.other_person_id}
    [refused] = world.decide(review, SAME)
    assert refused.problems[0].code == "victim_and_suspect"


def test_requests_of_a_merged_person_are_said_again_too() -> None:
    world = World()
    world.report("R1")
    said = world.hear(a_request(victim=moved(), at=world.now))
    review = of(ReviewOpened, said)[0]
    again = of(ContactRequestIdentified, world.decide(review, SAME))
    assert again[0].victim_id == person_id_of(POLICE, "R1", "victim")
    assert again[0].version == 2


def test_persons_still_in_question_count_as_one_for_the_next_report() -> None:
    world = World()
    asked(world)
    third = identified(world.report("R3", victim=moved()))
    assert third.victim_id == person_id_of(POLICE, "R2", "victim")
    assert len(third.group_members) == 2


def test_a_machines_join_that_was_wrong_is_undone_by_a_human() -> None:
    world = World()
    first = identified(world.report("R1"))
    assert identified(world.report("R2")).victim_id == first.victim_id
    own = person_id_of(POLICE, "R2", "victim")
    said = world.hear(a_decision(str(review_id_of(first.victim_id, own)), DIFFERENT, world.now))
    [parted] = of(PersonsSeparated, said)
    assert parted.separated_ids == (own,)
    [second] = of(IncidentIdentified, said)
    assert (second.incident_id, second.victim_id) == (incident_id_of(POLICE, "R2"), own)
    third = identified(world.report("R3"))
    assert third.match.outcome == "review"
