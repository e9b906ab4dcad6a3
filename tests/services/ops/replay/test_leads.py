"""Nobody ever led beside another: never-event 2, seen from outside."""

from typing import Any

from services.ops.replay.leads import double_leads, leads_of
from tests.services.ops.replay.builders import a_grant, a_said, an_end, an_id, everything


def test_never_event_02_two_agencies_lead_at_once() -> None:
    said = everything(a_grant("first"), a_grant("second", minutes=4), an_end("first", minutes=5))
    assert len(double_leads(said)) == 1


def test_a_lead_that_ends_as_the_next_begins_is_not_beside_it() -> None:
    said = everything(a_grant("first"), an_end("first", minutes=5), a_grant("second", minutes=5))
    assert double_leads(said) == []
    assert [lead.end is None for lead in leads_of(said)] == [False, True]


def test_a_lead_that_ends_in_the_moment_of_its_grant_is_not_beside_the_next() -> None:
    first = (a_grant("first"), an_end("first"))
    second = (a_grant("second"), an_end("second", minutes=5))
    assert double_leads(everything(*first, *second)) == []
    assert double_leads(everything(*second, *first)) == []


def test_leads_of_two_persons_are_no_double_until_the_two_are_one_group() -> None:
    leads = (a_grant("first", group="g"), a_grant("second", group="h", minutes=1))
    assert double_leads(everything(*leads)) == []
    members = [an_id("g"), an_id("h")]
    group = {"contact_group": an_id("g"), "group_members": members, "group_version": 2}
    one: dict[str, Any] = {"kept_id": an_id("g"), "merged_ids": [an_id("h")], "groups": [group]}
    merged = a_said("identity.persons-merged.v1", minutes=3, **one)
    assert len(double_leads(everything(*leads, merged))) == 1
    revoked = an_end("second", "lead-revoked", group="g", minutes=3)
    assert double_leads(everything(*leads, merged, revoked)) == []


def test_leads_of_two_persons_who_became_one_are_a_double_though_one_ends_soon_after() -> None:
    merged = a_said(
        "identity.persons-merged.v1", minutes=3, kept_id=an_id("g"), merged_ids=[an_id("h")]
    )
    first = a_grant("first", group="g")
    granted_then = (a_grant("second", group="h", minutes=3), an_end("second", minutes=3))
    assert len(double_leads(everything(first, merged, *granted_then))) == 1
    granted_before = a_grant("second", group="h", minutes=1)
    late = an_end("second", minutes=4)
    assert len(double_leads(everything(first, granted_before, merged, late))) == 1
    at_once = an_end("second", minutes=3)
    assert double_leads(everything(first, granted_before, merged, at_once)) == []


def test_a_lead_granted_in_a_group_that_parts_is_not_beside_the_next_of_that_name() -> None:
    """Ann and Bea were one group by Ann's name; the lead was for Bea, and goes on with her."""
    ann, bea = an_id("ann"), an_id("bea")
    together = {"contact_group": ann, "group_members": [ann, bea], "group_version": 2}
    apart = [
        {"contact_group": each, "group_members": [each], "group_version": 3} for each in (ann, bea)
    ]
    opened = a_said("identity.review-opened.v1", minutes=1, groups=[together])
    parted = a_said("identity.review-decided.v1", minutes=5, groups=apart)
    for_bea = a_grant("first", group="ann", victim="bea", minutes=2)
    for_ann = a_grant("second", group="ann", victim="ann", minutes=5)
    assert double_leads(everything(opened, for_bea, parted, for_ann)) == []
    too_early = a_grant("second", group="ann", victim="ann", minutes=4)
    assert len(double_leads(everything(opened, for_bea, parted, too_early))) == 1
