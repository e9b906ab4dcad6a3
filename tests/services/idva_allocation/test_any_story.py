"""Whatever happens in whatever order: no work lost, nobody over capacity, one advocate a group."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.idva import MaracListed, ReferralClosed
from contracts.vocabulary import AgeBand, GroupId
from services.idva_allocation.domain.case import Stage
from services.idva_allocation.handlers.allocating import best, moment_of
from services.idva_allocation.working_set import Referrals
from tests.services.idva_allocation.builders import (
    DAY,
    a_closed_episode,
    a_meeting,
    a_roster,
    a_screening,
    a_withdrawn_screening,
    hear,
    some_conflicts,
    some_referrals,
)
from tests.services.mash_screening.builders import HIGH, MEDIUM, MONDAY_9, person, said_of

PERSONS = ("ann", "bea", "cy")
AGES = (AgeBand.EIGHTEEN_TO_FIFTY_NINE, AgeBand.SIXTEEN_TO_SEVENTEEN, AgeBand.THIRTEEN_TO_FIFTEEN)
JOINED = GroupId(min(person(name) for name in PERSONS))
AREAS = ("rotherham", "sheffield")
ADVOCATES = {"A1": "idva", "A2": "idva", "Y1": "ypva"}
IN_CONFLICT = ((), ("ann",), ("sam",), ("ann", "sam"))


@st.composite
def screenings(draw: Any) -> tuple[str, dict[str, Any]]:
    """A screening of one of few incidents, of one of few victims, alone or in one group."""
    name = draw(st.sampled_from(PERSONS))
    facts = {
        "number": draw(st.integers(1, 5)),
        "risk": draw(st.sampled_from([HIGH, HIGH, MEDIUM])),
        "victim_id": person(name),
        "victim_age_band": draw(st.sampled_from(AGES)),
        "suspect_id": person(draw(st.sampled_from(["sam", "tim"]))),
        "area": draw(st.sampled_from(AREAS)),
    }
    if draw(st.booleans()):
        facts["contact_group"] = JOINED
    return "screening", facts


EVENTS = st.one_of(
    screenings(),
    st.tuples(st.just("withdrawn"), st.integers(1, 5)),
    st.tuples(st.just("closed"), st.tuples(st.sampled_from(PERSONS), st.integers(1, 5))),
    st.tuples(
        st.just("roster"),
        st.tuples(st.sampled_from(sorted(ADVOCATES)), st.integers(0, 2), st.sampled_from(AREAS)),
    ),
    st.tuples(st.just("conflict"), st.sampled_from(IN_CONFLICT)),
    st.tuples(st.just("meeting"), st.tuples(st.sampled_from(AREAS), st.integers(0, 2))),
)


def event_of(kind: str, facts: Any, version: int, at: datetime) -> Any:
    """The event of a drawn step; versions rise with the steps."""
    match kind:
        case "screening":
            return a_screening(**facts, version=version, received_at=at, first_received_at=MONDAY_9)
        case "withdrawn":
            return a_withdrawn_screening(facts, version, at)
        case "closed":
            name, number = facts
            return a_closed_episode(number, victim=name, version=version, at=at)
        case "roster":
            advocate, capacity, area = facts
            stated = {"team": ADVOCATES[advocate], "area": area, "active": capacity > 0}
            return a_roster(advocate, at=at, capacity=capacity, **stated)
        case "conflict":
            return some_conflicts("A1", *facts, version=version)
    area, capacity = facts
    return a_meeting(f"M-{area}", area=area, capacity=capacity, at=at)


def awaiting_news(rows: Referrals) -> set[Any]:
    """Groups with a member who is in another group by now: they will be said again."""
    groups: dict[Any, set[Any]] = {}
    live = [case for case in rows.cases if case.live]
    for case in live:
        for member in case.group_members:
            groups.setdefault(member, set()).add(case.contact_group)
    apart = {member for member, found in groups.items() if len(found) > 1}
    return {case.contact_group for case in live if not apart.isdisjoint(case.group_members)}


def check(rows: Referrals, now: datetime) -> None:
    """What holds after every event."""
    allocated = [a for a in rows.allocations if a.stage is Stage.ALLOCATED]
    carried = Counter(a.advocate_id for a in allocated)
    assert {a.advocate_id: a.caseload for a in rows.advocates if a.caseload} == dict(carried)
    groups = Counter(a.contact_group for a in rows.allocations if a.open)
    assert all(count == 1 for count in groups.values())
    asking = {case.contact_group for case in rows.cases if case.wants_advocate}
    assert asking - awaiting_news(rows) <= set(groups)
    for allocation in rows.allocations:
        advocate = rows.advocates.get(allocation.advocate_id or "")
        assert not allocation.works or (advocate and advocate.area == allocation.area)
        if allocation.waits:
            assert best(allocation, rows, moment_of(allocation, rows, now)) is None
    for meeting in rows.meetings:
        on_it = [one for one in rows.listings if one.meeting_id == meeting.meeting_id]
        assert meeting.listed == len(on_it)
        assert all(listing.incident_ids for listing in on_it)
    area_of = {case.incident_id: case.area for case in rows.cases}
    for listing in rows.listings:
        assert {area_of[incident_id] for incident_id in listing.incident_ids} == {listing.area}
    listed = {i for listing in rows.listings for i in listing.incident_ids}
    referred = {case.incident_id for case in rows.cases if case.live and case.referral}
    waiting = {case.incident_id for case in rows.cases if case.awaits_meeting}
    assert listed <= referred
    assert referred <= listed | waiting


def versions(said: list[Any]) -> dict[Any, list[int]]:
    """The versions that were announced of each incident."""
    found: dict[Any, list[int]] = {}
    for event in said:
        if hasattr(event, "version"):
            found.setdefault(event.incident_id, []).append(event.version)
    return found


@given(steps=st.lists(EVENTS, min_size=1, max_size=25))
@settings(max_examples=200, deadline=None)
def test_nothing_is_lost_or_doubled_whatever_happens(steps: list[tuple[str, Any]]) -> None:
    rows, said = some_referrals(), list[Any]()
    for place, (kind, facts) in enumerate(steps, 1):
        event = event_of(kind, facts, place, MONDAY_9 + place * timedelta(minutes=1))
        said += hear(event, rows)
        check(rows, event.envelope.time)
        assert hear(event, rows) == []
    for counted in versions(said).values():
        assert counted == list(range(1, len(counted) + 1))
    over = [one for one in said_of(ReferralClosed, said) if one.reason != "another_victim"]
    assert len(over) <= len(rows.allocations)
    for listing in said_of(MaracListed, said):
        assert listing.held_at > MONDAY_9 + DAY
