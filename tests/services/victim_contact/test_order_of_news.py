"""News of persons comes by several topics: in whatever order, the same leads stand in the end."""

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

import pytest

from contracts.contact import ContactAlarm, LeadGranted, LeadRevoked
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    CAT,
    HIGH,
    HOUR,
    NOON,
    OTHERS,
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
    only,
    two_who_may_be_one,
)

HERS = a_part(a_number("07700900001"))
LATER = NOON + 4 * HOUR


def one_lead(risk: Any = HIGH, outcome: str = "") -> Town:
    """Ann and Bea may be one; the lead was granted for Ann."""
    town = two_who_may_be_one(risk=risk)
    if outcome:
        town.tells(outcome, at=NOON + 2 * HOUR)
    return town


def merged(kept: Any) -> list[Any]:
    """Everything that is said when a human finds that they are one."""
    one = a_group(kept, version=2)
    first, second = ({"version": 2, "victim": kept, "group": one, "at": at} for at in _received())
    return [
        a_screening(1, risk=HIGH, part=HERS, **first),
        a_screening(2, part=OTHERS, **second),
        a_request("health", victim=kept, group=one, at=LATER),
        a_decision(one, same=True, at=LATER),
        a_merge(kept, *({ANN, BEA} - {kept}), groups=[one], at=LATER),
    ]


def parted() -> list[Any]:
    """Everything that is said when a human finds that they are two."""
    apart, screenings = _apart(BEA)
    return [
        *screenings,
        a_request("health", victim=BEA, group=apart[1], at=LATER),
        a_decision(*apart, at=LATER),
    ]


def undone() -> list[Any]:
    """Everything that is said when Bea, who had become Ann, is somebody new."""
    apart, screenings = _apart(CAT)
    return [
        *screenings,
        a_separation(ANN, CAT, groups=apart, at=LATER),
    ]


def _apart(other: Any) -> tuple[tuple[Any, Any], list[Any]]:
    """The groups of Ann and of somebody who is not she, and the incident of each."""
    apart = a_group(ANN, version=3), a_group(other, version=3)
    first, second = _received()
    return apart, [
        a_screening(1, version=3, group=apart[0], at=first, part=HERS, risk=HIGH),
        a_screening(2, version=3, victim=other, group=apart[1], at=second, part=OTHERS),
    ]


def _received() -> tuple[Any, Any]:
    return NOON, NOON + HOUR


def hear_all(town: Town, news: Iterable[Any]) -> list[Any]:
    """What is said of the news; at no time has one person two leads."""
    said = []
    for event in news:
        said += town.hears(event, at=LATER)
        standing = [lead for lead in town.groups.leads if lead.ended_at is None]
        homes = [town.group(lead.victim_id).contact_group for lead in standing]
        assert len(homes) == len(set(homes))
        assert {lead.lead_id for lead in standing} == {
            group.lead.lead_id for group in town.groups.rows if group.lead
        }
    return said


def leads_of(town: Town) -> list[tuple[Any, ...]]:
    """Whom each standing lead contacts."""
    standing = (group for group in town.groups.rows if group.lead)
    return sorted((group.members, group.lead.agency) for group in standing if group.lead)


@pytest.mark.parametrize("outcome", ["", "no_answer", "reached"])
@pytest.mark.parametrize("kept", [ANN, BEA])
def test_when_two_become_one_the_lead_goes_on_whatever_is_heard_first(
    kept: Any, outcome: str
) -> None:
    for news in permutations(merged(kept)):
        town = one_lead(outcome=outcome)
        lead = town.lead()
        said = hear_all(town, news)
        assert only(said, LeadGranted) + only(said, LeadRevoked) + only(said, ContactAlarm) == []
        assert (town.lead().lead_id, town.lead().fence) == (lead.lead_id, lead.fence)
        assert town.group(BEA).members == (kept,)


def test_her_wish_under_an_id_unknown_so_far_makes_no_second_lead() -> None:
    """She turns out to be somebody who was known as a suspect alone."""
    one = a_group(CAT, version=2)
    now: dict[str, Any] = {"victim": CAT, "group": one, "merged_ids": (ANN,), "version": 2}
    news = [
        a_request("housing", urgency="immediate_threat", at=LATER, **now),
        a_screening(1, risk=HIGH, part=HERS, at=NOON, **now),
        a_merge(CAT, ANN, groups=[one], at=LATER),
    ]
    for heard in permutations(news):
        town = Town()
        town.hears(a_screening(1, risk=HIGH, part=HERS))
        town.hears(a_request("housing", urgency="immediate_threat"))
        lead = town.lead()
        said = hear_all(town, heard)
        assert only(said, LeadGranted) + only(said, LeadRevoked) == []
        assert (town.lead(CAT).lead_id, town.lead(CAT).fence) == (lead.lead_id, lead.fence)


def test_when_two_led_become_one_the_engaged_keeps_her_whatever_is_heard_first() -> None:
    """Outreach, asked by request alone, has reached her; Victim Support leads for the other."""
    one = a_group(ANN, version=2)
    now: dict[str, Any] = {"victim": ANN, "group": one, "merged_ids": (BEA,), "version": 2}
    news = [
        a_request("outreach", part=OTHERS, at=NOON, **now),
        a_screening(1, risk=STANDARD, part=HERS, at=NOON, **now),
        a_merge(ANN, BEA, groups=[one], at=LATER),
    ]
    for heard in permutations(news):
        town = Town()
        town.hears(a_screening(1, risk=STANDARD, part=HERS))
        town.hears(a_request("outreach", victim=BEA, part=OTHERS))
        engaged = town.lead(BEA)
        town.tells("reached", lead=engaged, at=NOON + HOUR)
        said = hear_all(town, heard)
        [revoked] = only(said, LeadRevoked)
        assert (revoked.agency, revoked.reason) == ("victim_support", "groups_joined")
        assert town.lead(ANN).lead_id == engaged.lead_id


def test_when_two_part_each_has_a_lead_whatever_is_heard_first() -> None:
    ends = set()
    for news in permutations(parted()):
        town = one_lead()
        lead = town.lead()
        said = hear_all(town, news)
        assert town.lead(ANN).lead_id == lead.lead_id
        assert [alarm.code for alarm in only(said, ContactAlarm)] == ["contact_due_now"]
        ends.add(tuple(leads_of(town)))
    assert ends == {(((ANN,), "idva"), ((BEA,), "outreach"))}


def test_when_a_merge_is_undone_each_has_a_lead_whatever_is_heard_first() -> None:
    ends = set()
    for news in permutations(undone()):
        town = one_lead()
        lead = town.lead()
        hear_all(town, merged(ANN))
        hear_all(town, news)
        assert town.lead(ANN).lead_id == lead.lead_id
        ends.add(tuple(leads_of(town)))
    assert ends == {(((ANN,), "idva"), ((CAT,), "outreach"))}


def test_a_merge_and_its_undoing_may_be_heard_in_any_order() -> None:
    ends = set()
    for news in permutations([*undone(), *merged(ANN)[1:2], *merged(ANN)[3:]]):
        town = one_lead()
        hear_all(town, news)
        ends.add(tuple(leads_of(town)))
    assert ends == {(((ANN,), "idva"), ((CAT,), "outreach"))}


def test_two_who_part_while_one_joins_another_end_alike() -> None:
    ends = set()
    joined, alone = a_group(ANN, CAT, version=4), a_group(BEA, version=4)
    third = a_screening(3, victim=CAT, group=a_group(CAT, version=3), part=HERS, at=LATER)
    views: Sequence[Any] = [
        a_screening(1, version=2, group=joined, part=HERS, risk=HIGH),
        a_request("health", victim=BEA, group=alone, at=LATER),
        a_decision(joined, alone, at=LATER),
        third,
    ]
    for news in permutations(views):
        town = one_lead()
        hear_all(town, news)
        ends.add(tuple(leads_of(town)))
    assert ends == {(((ANN, CAT), "idva"), ((BEA,), "outreach"))}


def test_somebody_whom_the_news_leaves_out_is_no_clash_though_she_is_the_suspect_now() -> None:
    town = one_lead()
    lead = town.lead()
    alone = a_group(ANN, version=2)
    exchanged = a_screening(1, version=2, group=alone, risk=HIGH, suspect_id=BEA)
    hear_all(town, [exchanged])
    assert town.lead().lead_id == lead.lead_id
    assert town.group().has_clash is False
