"""One agency leads, everyone else is covered, and every wish has an end."""

import pytest

from contracts.contact import (
    ContactClosed,
    ContactWithheld,
    LeadGranted,
    LeadHandedOver,
    LeadLapsed,
    LeadRevoked,
    RequestCovered,
    RequestFlagged,
)
from contracts.vocabulary import episode_id_of, incident_id_of, lead_id_of
from services.kit.sending import EndThread, Send
from services.victim_contact.domain.reasons import CLOSED, WITHHELD, Withholding
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    DAY,
    HIGH,
    HOUR,
    MEDIUM,
    NOON,
    NOTHING_SAFE,
    POLICE,
    STANDARD,
    Town,
    a_group,
    a_listing,
    a_regrade,
    a_request,
    a_screening,
    a_withdrawal,
    kinds,
    only,
)


def test_one_agency_is_asked_and_the_others_that_wanted_it_are_covered() -> None:
    town = Town()
    said = town.hears(a_screening())
    [granted] = only(said, LeadGranted)
    [covered] = only(said, RequestCovered)
    assert (granted.agency, granted.fence) == ("outreach", 1)
    assert granted.lead_id == lead_id_of(ANN, 1)
    assert granted.episode_id == episode_id_of(ANN, 1)
    assert granted.first_attempt_due_at == granted.expires_at == NOON + 48 * HOUR
    assert granted.incident_ids == (incident_id_of(POLICE, "R1"),)
    assert (covered.agency, covered.lead_agency) == ("victim_support", "outreach")
    assert covered.until == granted.expires_at


def test_a_redelivered_screening_changes_nothing() -> None:
    town = Town()
    town.hears(a_screening())
    assert town.hears(a_screening()) == []


def test_another_agencys_wish_is_covered_and_told_by_mail_without_personal_data() -> None:
    town = Town()
    town.hears(a_screening())
    said = town.hears(a_request("housing"))
    [covered] = only(said, RequestCovered)
    [mail] = only(said, Send)
    assert (covered.agency, covered.lead_agency) == ("housing", "outreach")
    assert mail.message.to == "housing@rotherham.invalid"
    assert mail.message.headers == {
        "X-Onward-Reference": str(covered.request_id),
        "X-Onward-Step": "notice",
    }
    assert f"Your reference: housing/W1\nReference: {covered.request_id}" in mail.message.text


def test_a_wish_that_mash_made_is_told_by_the_lead_and_not_by_the_polices_reference() -> None:
    town = Town()
    town.hears(a_screening(contact_wanted_by=("outreach", "victim_support")))
    mails = only(town.said, Send)
    assert {mail.message.to.split("@")[0] for mail in mails} >= {"outreach", "victim_support"}
    assert all("Your reference" not in mail.message.text for mail in mails)


def test_the_police_are_asked_to_amend_by_their_own_reference() -> None:
    town = Town()
    [mail] = only(town.hears(a_screening(part=NOTHING_SAFE)), Send)
    assert mail.message.to == "police@rotherham.invalid"
    assert f"Your reference: {POLICE}/R1\n" in mail.message.text


def test_a_statutory_or_immediate_threat_wish_is_flagged_to_the_lead_not_blocked() -> None:
    town = Town()
    town.hears(a_screening())
    [flagged] = only(town.hears(a_request("adult_social_care", statutory=True)), RequestFlagged)
    assert flagged.lead_agency == "outreach"
    [flagged] = only(
        town.hears(a_request("outreach", 2, urgency="immediate_threat")), RequestFlagged
    )
    assert flagged.agency == flagged.lead_agency == "outreach"


def test_a_new_incident_of_the_same_agency_joins_the_episode() -> None:
    town = Town()
    town.hears(a_screening(1, risk=STANDARD))
    said = town.hears(a_screening(2, risk=STANDARD, at=NOON + HOUR))
    assert kinds(said) == ["RequestCovered"]
    assert said[0].agency == said[0].lead_agency == "victim_support"


def test_a_lease_without_an_attempt_lapses_and_the_next_that_wanted_it_is_granted() -> None:
    town = Town()
    town.hears(a_screening())
    said = town.waits(NOON + 48 * HOUR)
    [lapsed], [granted] = only(said, LeadLapsed), only(said, LeadGranted)
    assert (lapsed.agency, lapsed.to_agency, lapsed.fence) == ("outreach", "victim_support", 1)
    assert (granted.agency, granted.fence) == ("victim_support", 2)
    assert granted.episode_id == episode_id_of(ANN, 1)
    [covered] = only(said, RequestCovered)
    assert covered.agency == "outreach"


def test_a_lease_one_minute_early_is_left_alone() -> None:
    town = Town()
    town.hears(a_screening())
    assert only(town.waits(NOON + 48 * HOUR - HOUR / 60), LeadLapsed) == []


def test_risk_raised_to_high_hands_the_lead_to_the_idva_service() -> None:
    town = Town()
    town.hears(a_screening(risk=STANDARD))
    said = town.hears(a_regrade(risk=HIGH, at=NOON + HOUR))
    [handed], [granted] = only(said, LeadHandedOver), only(said, LeadGranted)
    assert (handed.agency, handed.to_agency, handed.reason) == (
        "victim_support",
        "idva",
        "raised_to_high",
    )
    assert (granted.agency, granted.fence) == ("idva", 2)
    stop = next(mail.message.to for mail in only(said, Send))
    assert stop == "victim_support@rotherham.invalid"


def test_what_a_lead_was_not_told_in_time_is_not_told_after_it_ended() -> None:
    town = Town()
    asked = only(town.hears(a_screening(risk=STANDARD)), Send)
    said = town.hears(a_regrade(risk=HIGH, at=NOON + HOUR))
    [lead] = only(said, LeadHandedOver)
    assert {mail.thread for mail in asked} == {f"lead/{lead.lead_id}"}
    [thread] = only(said, EndThread)
    assert thread == EndThread(f"lead/{lead.lead_id}")
    stop = next(mail for mail in only(said, Send) if "stop contacting" in mail.message.text)
    assert stop.thread is None
    [next_lead] = only(said, LeadGranted)
    assert f"lead/{next_lead.lead_id}" in {mail.thread for mail in only(said, Send)}


def test_a_closed_lead_is_told_nothing_that_waits() -> None:
    town = Town()
    town.hears(a_screening())
    said = town.closes("declined", at=NOON + DAY)
    [closed] = only(said, ContactClosed)
    assert only(said, EndThread) == [EndThread(f"lead/{closed.lead_id}")]


def test_a_supervisor_is_told_where_an_agency_could_not_be() -> None:
    town = Town()
    said = town.hears(a_screening(risk=HIGH))
    [granted] = only(said, LeadGranted)
    [untold] = {mail.answer for mail in only(said, Send)}
    assert (untold.to_role, untold.code) == ("contact_supervisor", "notice_not_accepted")
    assert (untold.area, untold.about) == ("rotherham", (granted.lead_id,))


def test_a_marac_listing_hands_another_agencys_lead_to_the_idva_service() -> None:
    town = Town()
    town.hears(a_screening(risk=MEDIUM))
    [handed] = only(town.hears(a_listing(at=NOON + HOUR)), LeadHandedOver)
    assert handed.reason == "marac_listed"
    assert town.lead().agency == "idva"


def test_the_last_reason_gone_revokes_the_lead_and_tells_those_covered() -> None:
    town = Town()
    town.hears(a_screening())
    said = town.hears(a_withdrawal(at=NOON + HOUR))
    [revoked] = only(said, LeadRevoked)
    assert revoked.to_agency is None
    assert [mail.message.to for mail in only(said, Send)] == [
        "outreach@rotherham.invalid",
        "victim_support@rotherham.invalid",
    ]
    assert town.group().lead is None


def test_without_a_safe_way_contact_is_withheld_and_granted_when_one_comes() -> None:
    town = Town()
    said = town.hears(a_screening(part=NOTHING_SAFE))
    [withheld] = only(said, ContactWithheld)
    assert withheld.code == "no_safe_way"
    assert withheld.incident_ids == (incident_id_of(POLICE, "R1"),)
    assert [mail.message.to for mail in only(said, Send)] == ["police@rotherham.invalid"]
    said = town.hears(a_screening(version=2, revision=2, at=NOON + HOUR))
    assert [lead.agency for lead in only(said, LeadGranted)] == ["outreach"]


def test_an_attempt_extends_the_lease_past_the_next_one() -> None:
    town = Town()
    town.hears(a_screening())
    said = town.tells("no_answer", at=NOON + HOUR)
    assert kinds(said)[0] == "AttemptRecorded"
    assert town.lead().expires_at > NOON + 48 * HOUR
    assert only(town.waits(NOON + 48 * HOUR), LeadLapsed) == []


def test_three_calls_and_a_text_without_an_answer_close_the_episode() -> None:
    town = Town()
    town.hears(a_screening())
    town.hears(a_request("housing"))
    for day in range(1, 4):
        assert only(town.tells("no_answer", at=NOON + day * DAY), ContactClosed) == []
    said = town.tells("sent", channel="text", at=NOON + 4 * DAY)
    [closed] = only(said, ContactClosed)
    assert (closed.reason, closed.attempts) == ("not_engaged", 4)
    assert len(closed.incident_ids) == len(closed.request_ids) == 1
    told = {mail.message.to.partition("@")[0] for mail in only(said, Send)}
    assert told == {"housing", "victim_support", "police"}


@pytest.mark.parametrize("reason", CLOSED)
def test_those_covered_are_told_that_the_contact_is_over_and_not_why(reason: str) -> None:
    town = Town()
    town.hears(a_screening())
    town.hears(a_request("housing"))
    said = only(town.closes(reason, at=NOON + DAY), Send)
    [told] = [mail.message for mail in said if mail.message.to.startswith("housing@")]
    assert "Your wish ends with it." in told.text
    assert CLOSED[reason] not in told.text


def test_those_covered_are_not_told_why_a_lead_was_revoked() -> None:
    town = Town()
    town.hears(a_screening())
    town.hears(a_request("housing"))
    said = only(town.tells("asked_no_contact", at=NOON + HOUR), Send)
    told = [mail.message for mail in said if mail.message.to.startswith("housing@")]
    [ended] = [mail for mail in told if "that covered your wish" in mail.text]
    assert WITHHELD[Withholding.ASKED_NO_CONTACT] not in ended.text


def test_a_contact_that_is_closed_ends_every_wish_and_a_new_incident_opens_another_episode() -> (
    None
):
    town = Town()
    town.hears(a_screening())
    town.tells("reached", at=NOON + HOUR)
    [closed] = only(town.closes(at=NOON + DAY), ContactClosed)
    assert closed.reason == "engaged_and_closed"
    assert town.hears(a_regrade(at=NOON + DAY)) == []
    [granted] = only(town.hears(a_screening(2, at=NOON + 2 * DAY)), LeadGranted)
    assert granted.episode_id == episode_id_of(ANN, 2)


def test_two_who_may_be_one_have_one_lead() -> None:
    town = Town()
    town.hears(a_screening(1))
    both = a_group(ANN, BEA, version=2)
    said = town.hears(a_screening(2, victim=BEA, group=both, at=NOON + HOUR))
    assert only(said, LeadGranted) == []
    assert {covered.agency for covered in only(said, RequestCovered)} == {
        "outreach",
        "victim_support",
    }
