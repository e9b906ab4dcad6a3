"""Contact groups in a real database: nothing twice, nothing lost between batches."""

import asyncpg
import pytest

from contracts.contact import (
    AttemptRecorded,
    ContactClosed,
    ContactInputRefused,
    DetailsChanged,
    LeadGranted,
    LeadHandedOver,
    LeadRevoked,
    LeaseDue,
    RequestCovered,
)
from contracts.vocabulary import lead_id_of
from services.victim_contact.domain.leads import Lead
from services.victim_contact.store import LEADS
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    CAT,
    DAY,
    HIGH,
    HOUR,
    NOON,
    Town,
    a_decision,
    a_group,
    a_listing,
    a_merge,
    a_regrade,
    a_request,
    a_screening,
    a_withdrawal,
    an_outcome,
    an_unsafe,
    an_unsafe_finding,
)
from tests.services.victim_contact.conftest import Contact

STORY = [
    a_screening(1),
    a_request("housing", 1, at=NOON + HOUR),
    a_screening(2, victim=BEA, at=NOON + 2 * HOUR),
    a_screening(3, victim=BEA, group=a_group(ANN, BEA, version=2), at=NOON + 3 * HOUR),
    an_unsafe_finding(an_unsafe("07700900099", NOON), at=NOON + 4 * HOUR),
    a_listing(1, at=NOON + 5 * HOUR),
    a_regrade(1, risk=HIGH, at=NOON + 6 * HOUR),
    a_merge(BEA, ANN, groups=[a_group(BEA, version=3)], at=NOON + 7 * HOUR),
    a_screening(4, victim=CAT, at=NOON + 8 * HOUR),
    a_withdrawal(4, victim=CAT, at=NOON + 9 * HOUR),
]


def a_lead(group: object, fence: int, agency: str) -> Lead:
    """As much of a lead as an outcome names."""
    town = Town()
    town.hears(a_screening())
    lead = town.lead()
    lead_id = lead_id_of(group, fence)  # type: ignore[arg-type]
    return Lead(
        **{
            **{name: getattr(lead, name) for name in Lead.__slots__},
            "lead_id": lead_id,
            "fence": fence,
            "agency": agency,
        }
    )


def in_memory() -> Town:
    """The same story on a working set that was built empty."""
    town = Town()
    for event in STORY:
        town.hears(event)
    return town


def without_points(said: object) -> dict[str, object]:
    """An announcement without what a key's fingerprints are in."""
    return said.model_dump(exclude={"contact_points"})  # type: ignore[attr-defined, no-any-return]


async def test_one_batch_many_batches_and_memory_alone_say_the_same(contact: Contact) -> None:
    for event in STORY:
        assert await contact.hears(event) == 1
    town = in_memory()
    for kind in (LeadGranted, LeadHandedOver, LeadRevoked, RequestCovered):
        said = [without_points(each) for each in town.said if isinstance(each, kind)]
        assert [without_points(each) for each in await contact.said(kind)] == said
    assert await contact.parked() == 0


async def test_a_whole_story_in_one_batch_ends_alike(contact: Contact) -> None:
    assert await contact.hears(*STORY) == len(STORY)
    assert [g.lead_id for g in await contact.said(LeadGranted)] == [
        each.lead_id for each in in_memory().said if isinstance(each, LeadGranted)
    ]
    assert await contact.parked() == 0


async def test_every_message_delivered_twice_changes_no_outcome(contact: Contact) -> None:
    await contact.hears(*STORY)
    before = await contact.announced()
    assert await contact.hears(*STORY) == 0
    assert await contact.announced() == before


async def test_an_outcome_is_told_by_topic_and_by_the_lease_that_it_extends(
    contact: Contact,
) -> None:
    await contact.hears(a_screening())
    [granted] = await contact.said(LeadGranted)
    lead = a_lead(granted.contact_group, 1, "outreach")
    await contact.hears(an_outcome(lead, "reached", at=NOON + HOUR))
    assert len(await contact.said(LeaseDue)) == 2
    await contact.hears(an_outcome(a_lead(BEA, 1, "idva"), "reached", at=NOON + HOUR))
    [refused] = await contact.said(ContactInputRefused)
    assert [problem.path for problem in refused.problems] == ["/lead_id"]
    await contact.hears(an_outcome(lead, "declined", at=NOON + DAY))
    [closed] = await contact.said(ContactClosed)
    assert closed.reason == "declined"


async def test_two_active_leads_of_a_group_are_impossible_in_the_database(
    contact: Contact,
) -> None:
    await contact.hears(a_screening())
    names = [column.name for column in LEADS.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    taken = ", ".join("gen_random_uuid()" if name == "lead_id" else f'"{name}"' for name in names)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await contact.runtime.database.fetch(
            f"INSERT INTO leads ({columns}) SELECT {taken} FROM leads"
        )


async def test_an_outcome_told_after_two_groups_parted_forgets_nothing_of_either(
    contact: Contact,
) -> None:
    joined, apart = a_group(ANN, BEA, version=2), (a_group(ANN, version=3), a_group(BEA, version=3))
    await contact.hears(a_screening(1))
    await contact.hears(a_screening(2, victim=BEA, group=joined, at=NOON + HOUR))
    await contact.hears(a_decision(*apart, at=NOON + 2 * HOUR))
    [before, hers] = await contact.said(LeadGranted)
    [changed, *_] = await contact.said(DetailsChanged)
    named = str(changed.added[0].id)
    told = an_outcome(before, "no_answer", contact_point=named, at=NOON + 3 * HOUR)
    await contact.hears(told)
    [kept] = await contact.runtime.database.fetch(
        "SELECT jsonb_array_length(matters), fence FROM contact_groups WHERE contact_group = $1",
        BEA,
    )
    assert tuple(kept) == (1, hers.fence)
    recorded = [each for each in await contact.said(AttemptRecorded) if each.contact_group == BEA]
    assert [each.version > hers.version for each in recorded] == [True]
