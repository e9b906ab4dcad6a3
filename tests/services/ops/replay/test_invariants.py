"""What must hold at the end of a run: each promise is seen to be broken when it is."""

from datetime import timedelta
from typing import Any

from services.ops.platform.mail import KeptMail
from services.ops.replay.invariants import Run, broken_promises
from services.ops.replay.said import Everything, Said
from tests.services.ops.replay.builders import (
    START,
    a_grant,
    a_said,
    an_alert,
    an_id,
    everything,
)

BELL = (START + timedelta(hours=14)).isoformat()


def a_run(said: Everything, *mails: KeptMail, **counts: dict[str, int]) -> Run:
    until = START + timedelta(days=14)
    parked, undelivered = counts.get("parked", {}), counts.get("undelivered", {})
    return Run(said, mails, until, parked, undelivered)


def promises(*events: Said) -> list[str]:
    return [broken.promise for broken in broken_promises(a_run(everything(*events)))]


def a_mail(message_id: str = "<1@onward>") -> KeptMail:
    lines = (
        "To: head.106835@schools.invalid",
        f"Message-ID: {message_id}",
        f"X-Onward-Reference: {an_id('alert')}",
        "X-Onward-Step: first",
        "",
        "text",
    )
    return KeptMail.of("\r\n".join(lines).encode())


def test_a_quiet_run_breaks_nothing() -> None:
    assert broken_promises(a_run(everything())) == []


def test_what_is_parked_or_undelivered_is_a_broken_promise() -> None:
    run = a_run(everything(), parked={"ops": 1, "mash_screening": 0}, undelivered={"ops": 2})
    assert [broken.detail for broken in broken_promises(run)] == ["ops: 1", "ops: 2"]


def test_an_event_that_stands_twice_on_a_topic_was_said_twice() -> None:
    event = a_said("mash.screening-withdrawn.v1", incident_id=an_id("i"), version=1)
    assert promises(event, event) == ["said twice"]


def test_two_leads_at_once_break_the_first_promise() -> None:
    assert promises(a_grant("one"), a_grant("other", minutes=1)) == ["two leads at once"]


def test_an_incident_without_a_screening_was_lost_unless_it_was_cancelled() -> None:
    told: dict[str, Any] = {"incident_id": an_id("i")}
    reported = a_said("police.incident-reported.v1", version=1, **told)
    assert promises(reported) == ["not screened"]
    screened = a_said("mash.incident-screened.v1", version=1, rag="BLUE", **told)
    assert promises(reported, screened) == []
    cancelled = a_said("police.incident-cancelled.v1", version=2, **told)
    assert promises(reported, cancelled) == []


def test_a_wish_to_contact_has_an_answer() -> None:
    wish = a_said(
        "identity.contact-request-identified.v1",
        request_id=an_id("r"),
        status="open",
        version=1,
    )
    assert promises(wish) == ["a wish without an answer"]
    assert promises(wish, a_grant("lead", request_ids=[an_id("r")])) == []


def test_never_event_04_a_school_told_late_without_an_alarm() -> None:
    late = an_alert("sent", late=True)
    assert promises(late) == ["late without an alarm"]
    alarm = a_said("schools.alarm-raised.v1", about=[an_id("a")], code="late")
    assert promises(late, alarm) == []


def test_an_alert_that_is_never_sent_is_late_in_silence() -> None:
    assert promises(an_alert("planned", due_by=BELL)) == ["late without an alarm"]
    assert promises(an_alert("planned", due_by=BELL), an_alert("sent", version=2)) == []


def test_never_event_10_a_second_send() -> None:
    once, again = a_mail(), a_mail()
    assert broken_promises(a_run(everything(), once, a_mail("<2@onward>"))) == []
    assert [b.promise for b in broken_promises(a_run(everything(), once, again))] == [
        "mailed twice"
    ]
