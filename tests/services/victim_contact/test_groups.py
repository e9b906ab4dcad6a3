"""Groups that join and part, and persons who become one (domain.md 6.10)."""

from typing import Any

from contracts.contact import (
    ContactAlarm,
    ContactClosed,
    ContactWithheld,
    LeadGranted,
    LeadHandedOver,
    LeadLapsed,
    LeadRevoked,
    RequestCovered,
)
from contracts.vocabulary import lead_id_of
from services.kit.sending import Send
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    CAT,
    DAY,
    HIGH,
    HOUR,
    NOON,
    STANDARD,
    Town,
    a_decision,
    a_group,
    a_merge,
    a_number,
    a_part,
    a_request,
    a_screening,
    a_separation,
    a_withdrawal,
    an_unsafe,
    an_unsafe_finding,
    kinds,
    only,
)

OTHER = a_part(a_number("07700900002"))
TOGETHER = a_group(ANN, BEA, version=2)
APART = (a_group(ANN, version=3), a_group(BEA, version=3))


def two_leads(**others: Any) -> Town:
    """Two victims, each with a lead of her own."""
    town = Town()
    town.hears(a_screening(1))
    town.hears(a_screening(2, **{"victim": BEA, "part": OTHER, "at": NOON + HOUR, **others}))
    return town


def test_when_groups_join_one_lead_is_kept_and_the_other_revoked() -> None:
    town = two_leads()
    kept, other = town.lead(ANN), town.lead(BEA)
    said = town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    [revoked] = only(said, LeadRevoked)
    assert (revoked.lead_id, revoked.reason, revoked.to_agency) == (
        other.lead_id,
        "groups_joined",
        "outreach",
    )
    assert (town.lead(BEA).lead_id, town.lead(BEA).fence) == (kept.lead_id, kept.fence)
    assert only(said, LeadGranted) == []


def test_the_engaged_is_kept_then_the_order_then_the_oldest() -> None:
    oldest = two_leads()
    first = oldest.lead(ANN)
    oldest.hears(a_decision(TOGETHER, same=True, at=NOON + DAY))
    assert oldest.lead(ANN).lead_id == first.lead_id
    ordered = two_leads(risk=HIGH)
    idva = ordered.lead(BEA)
    ordered.hears(a_decision(TOGETHER, same=True, at=NOON + DAY))
    assert ordered.lead(ANN).lead_id == idva.lead_id
    engaged = two_leads(risk=HIGH)
    outreach = engaged.lead(ANN)
    engaged.tells("reached", ANN, at=NOON + 2 * HOUR)
    said = engaged.hears(a_decision(TOGETHER, same=True, at=NOON + DAY))
    assert engaged.lead(ANN).lead_id == outreach.lead_id
    assert only(said, LeadHandedOver) == []


def test_the_kept_lead_keeps_its_id_though_the_group_has_a_new_one_and_its_own_count() -> None:
    town = Town()
    town.hears(a_screening(1, victim=BEA, risk=HIGH))
    lead = town.lead(BEA)
    assert lead.lead_id == lead_id_of(BEA, 1)
    town.hears(a_screening(2, victim=ANN, group=a_group(ANN, BEA, version=2), at=NOON + HOUR))
    town.waits(NOON + 10 * HOUR)
    said = town.tells("no_answer", BEA, at=NOON + 11 * HOUR)
    assert said[0].contact_group == ANN
    assert said[0].lead_id == lead.lead_id
    versions = [each.version for each in town.said if getattr(each, "contact_group", None) == ANN]
    assert versions == list(range(1, len(versions) + 1))
    town.waits(town.lead(BEA).expires_at)
    assert town.lead(ANN).lead_id == lead_id_of(ANN, 2)


def test_an_older_version_of_a_group_changes_nothing() -> None:
    town = two_leads()
    town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    assert town.hears(a_decision(a_group(BEA, version=1), at=NOON + 3 * HOUR)) == []
    town.hears(a_decision(*APART, at=NOON + 4 * HOUR))
    assert town.hears(a_decision(TOGETHER, same=True, at=NOON + 5 * HOUR)) == []
    assert town.group(ANN).members == (ANN,)


def test_when_they_separate_whoever_had_no_contact_is_due_now_and_an_alarm_says_so() -> None:
    town = two_leads()
    town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    hers = next(point for point in town.lead(ANN).points if point.person_id == ANN)
    town.tells("no_answer", contact_point=str(hers.id), at=NOON + 3 * HOUR)
    said = town.hears(a_decision(*APART, at=NOON + 4 * HOUR))
    [granted], [alarm] = only(said, LeadGranted), only(said, ContactAlarm)
    assert (granted.victim_id, granted.fence) == (BEA, 2)
    assert (alarm.code, alarm.due_at) == ("contact_due_now", granted.first_attempt_due_at)
    assert town.lead(ANN).lead_id == lead_id_of(ANN, 1)


def test_the_lead_stays_with_whom_it_tried() -> None:
    town = two_leads()
    town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    others = next(point for point in town.lead(ANN).points if point.person_id == BEA)
    town.tells("no_answer", contact_point=str(others.id), at=NOON + 3 * HOUR)
    said = town.hears(a_decision(*APART, at=NOON + 4 * HOUR))
    assert town.lead(BEA).lead_id == lead_id_of(ANN, 1)
    assert [granted.victim_id for granted in only(said, LeadGranted)] == [ANN]


def parted_after_a_try() -> Town:
    """The lead was granted for Ann, tried Bea alone, and the two turned out to be two."""
    town = two_leads()
    town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    others = next(point for point in town.lead(ANN).points if point.person_id == BEA)
    town.tells("no_answer", contact_point=str(others.id), at=NOON + 3 * HOUR)
    town.hears(a_decision(*APART, at=NOON + 4 * HOUR))
    return town


def test_a_lead_that_stays_with_whom_it_tried_can_still_be_closed() -> None:
    town = parted_after_a_try()
    lead = town.lead(BEA)
    [closed] = only(town.closes("not_engaged", lead=lead, at=NOON + 5 * HOUR), ContactClosed)
    assert (closed.lead_id, closed.contact_group) == (lead.lead_id, BEA)
    assert town.group(BEA).lead is None


def test_a_lead_that_stays_with_whom_it_tried_still_lapses() -> None:
    town = parted_after_a_try()
    lead = town.lead(BEA)
    lapsed = only(town.waits(lead.expires_at), LeadLapsed)
    assert lead.lead_id in {each.lead_id for each in lapsed}


def test_an_outcome_told_again_spoils_no_point_of_somebody_who_parted() -> None:
    town = two_leads()
    town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    lead = town.lead(ANN)
    hers = next(point for point in lead.points if point.person_id == ANN)
    town.tells("no_answer", contact_point=str(hers.id), at=NOON + 3 * HOUR)
    town.hears(a_decision(*APART, at=NOON + 4 * HOUR))
    told = {"lead": town.lead(ANN), "told_of": NOON + 5 * HOUR}
    town.tells("answered_by_other", at=NOON + 5 * HOUR, **told)
    assert town.tells("answered_by_other", at=NOON + 6 * HOUR, **told) == []
    assert town.group(BEA).marks == ()


def test_a_lead_without_a_usable_point_tells_nothing_of_somebody_who_parted() -> None:
    town = two_leads()
    town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    hers = next(point for point in town.lead(ANN).points if point.person_id == ANN)
    town.tells("reached", contact_point=str(hers.id), at=NOON + 3 * HOUR)
    town.hears(a_decision(*APART, at=NOON + 4 * HOUR))
    town.tells("answered_by_other", at=NOON + 5 * HOUR)
    assert town.lead(ANN).usable == ()
    town.tells("reached", at=NOON + 6 * HOUR)
    assert {person for each in town.group(ANN).attempts for person in each.persons} == {ANN}
    assert town.group(BEA).attempts == ()


def test_persons_who_are_one_have_one_history_and_their_old_ids_are_understood() -> None:
    town = two_leads()
    town.tells("asked_no_contact", BEA, at=NOON + 2 * HOUR)
    said = town.hears(a_merge(ANN, BEA, groups=[a_group(ANN, version=2)], at=NOON + 3 * HOUR))
    assert "LeadRevoked" in kinds(said)
    assert town.group(BEA).members == (ANN,)
    late = a_request("housing", victim=BEA, at=NOON + 4 * HOUR)
    assert kinds(town.hears(late)) == ["ContactWithheld"]


def test_a_merge_undone_moves_the_incident_to_a_new_person_who_is_due_now() -> None:
    town = two_leads()
    town.hears(a_merge(ANN, BEA, groups=[a_group(ANN, version=2)], at=NOON + 2 * HOUR))
    town.tells("reached", ANN, contact_point=_point(town), at=NOON + 3 * HOUR)
    town.tells("reached", ANN, at=NOON + 4 * HOUR, channel="in_person")
    town.closes(person_id=ANN, at=NOON + DAY)
    apart = [a_group(ANN, version=3), a_group(CAT, version=3)]
    town.hears(a_separation(ANN, CAT, groups=apart, at=NOON + 2 * DAY))
    said = town.hears(
        a_screening(2, victim=CAT, version=2, part=OTHER, group=apart[1], at=NOON + HOUR),
        at=NOON + 2 * DAY,
    )
    [granted], [alarm] = only(said, LeadGranted), only(said, ContactAlarm)
    assert granted.victim_id == CAT
    assert alarm.code == "contact_due_now"


def _point(town: Town) -> str:
    return str(next(p for p in town.lead(ANN).points if p.fingerprint == "k1:07700900001").id)


def test_an_incident_that_moved_to_another_person_leaves_the_first_ones_episode() -> None:
    town = Town()
    town.hears(a_screening(1))
    said = town.hears(a_screening(1, victim=BEA, version=2, at=NOON + HOUR))
    assert [event.reason for event in only(said, LeadRevoked)] == ["nothing_left"]
    assert [event.victim_id for event in only(said, LeadGranted)] == [BEA]
    assert town.hears(a_screening(1, version=1)) == []


def test_wishes_of_a_joined_group_are_covered_by_the_kept_lead() -> None:
    town = Town()
    town.hears(a_screening(1))
    town.hears(a_screening(2, victim=BEA, part=OTHER, risk=STANDARD, contact_wanted_by=()))
    town.hears(a_request("housing", victim=BEA, at=NOON + HOUR))
    said = town.hears(a_decision(TOGETHER, same=True, at=NOON + 2 * HOUR))
    assert [(event.agency, event.lead_agency) for event in only(said, RequestCovered)] == [
        ("housing", "outreach")
    ]


def test_a_merge_of_persons_nobody_contacts_keeps_no_group() -> None:
    town = Town()
    assert town.hears(a_merge(ANN, BEA)) == []
    assert town.groups.known(ANN) is None
    town.hears(a_screening(1, victim=BEA))
    assert town.group(ANN).members == (ANN,)


def test_the_order_of_cancellation_and_screening_does_not_matter() -> None:
    town = Town()
    assert town.hears(a_withdrawal(1, version=2)) == []
    assert town.hears(a_screening(1)) == []
    assert len(only(town.hears(a_screening(1, version=3, at=NOON + DAY)), LeadGranted)) == 1


def test_who_keeps_no_safe_way_when_they_separate_is_withheld_anew_and_an_alarm_says_so() -> None:
    """The lead was granted again for her incident, to contact her at the other's number."""
    town = Town()
    town.hears(a_screening(1, risk=HIGH, group=TOGETHER))
    town.hears(a_request("outreach", victim=BEA, group=TOGETHER, part=OTHER, at=NOON + HOUR))
    taken = an_unsafe_finding(an_unsafe("07700900001", NOON + HOUR), at=NOON + 2 * HOUR)
    [withheld] = only(town.hears(taken, at=NOON + 2 * HOUR), ContactWithheld)
    town.waits(NOON + 2 * DAY)
    assert town.lead().fence > 1
    said = town.hears(a_decision(*APART, at=NOON + 2 * DAY))
    assert [each.reason for each in only(said, LeadRevoked)] == ["no_safe_way"]
    [again] = only(said, ContactWithheld)
    assert (again.code, again.incident_ids) == ("no_safe_way", withheld.incident_ids)
    assert "police@rotherham.invalid" in {mail.message.to for mail in only(said, Send)}
    assert {each.code for each in only(said, ContactAlarm)} == {"contact_due_now"}
    later = only(town.waits(NOON + 4 * DAY), ContactAlarm)
    assert "contact_withheld" in {each.code for each in later}
