"""GOV.UK Notify behind the gateway's port: reference, limits, failures, callbacks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from contracts.schools import AlertDue, AlertMailEnded
from services.kit.gateways import NobodyKnows, NotEver, NotNow
from services.kit.sending import Mail, Send
from services.kit.settings import Settings
from services.kit.testing import Databases
from services.school_alerts.domain.policy import Policy, WayOut
from services.school_alerts.gateway import NotifyGateway
from tests.services.school_alerts.at_school import School, at_school
from tests.services.school_alerts.builders import (
    FRIDAY_NIGHT,
    INTAKE,
    MONDAY_7,
    a_child,
    alert,
    an_incident,
    heard,
    incident,
    some_alerts,
)
from tests.services.school_alerts.notify_emulator import A_MINUTE, API_KEY, TEMPLATE, Notify
from tests.services.school_alerts.playing import HANDLERS

REFERENCE = f"alert/{alert(INTAKE)}/1/first/key_adult"
TOKEN = "notify-calls-back"


@pytest.fixture
def notify() -> Notify:
    """Notify, on Monday at seven."""
    return Notify(clock=lambda: MONDAY_7.timestamp())


def a_gateway(notify: Notify, key: str = API_KEY, template: str = TEMPLATE) -> NotifyGateway:
    """The gateway to it."""
    settings = Settings(
        notify_url="https://notify.test", notify_key=SecretStr(key), notify_template=template
    )
    return NotifyGateway(settings, notify.transport())


def a_mail(to: str = "key_adult@school.test") -> Mail:
    """A mail."""
    return Mail(to=to, subject="An alert", text="Reference: 1", headers={"X-Onward-Step": "first"})


async def send(gateway: NotifyGateway, to: str = "key_adult@school.test") -> None:
    """Hand the mail over."""
    await gateway.deliver(a_mail(to), REFERENCE, MONDAY_7)


async def test_a_mail_is_taken_with_our_reference(notify: Notify) -> None:
    await send(a_gateway(notify))
    [sent] = notify.taken
    assert (sent["reference"], sent["email_address"]) == (REFERENCE, "key_adult@school.test")
    assert sent["personalisation"] == {"subject": "An alert", "body": "Reference: 1"}


@pytest.mark.parametrize("failure", ["lost", "500", "503"])
async def test_an_uncertain_answer_is_asked_for_by_reference_before_it_is_sent_again(
    notify: Notify, failure: str
) -> None:
    gateway = a_gateway(notify)
    notify.failures = [failure]
    with pytest.raises(NobodyKnows):
        await send(gateway)
    await send(gateway)
    assert notify.asked == 1
    assert len(notify.taken) == 1


async def test_what_cannot_be_asked_waits(notify: Notify) -> None:
    gateway = a_gateway(notify)
    notify.failures = ["lost", "down"]
    with pytest.raises(NobodyKnows):
        await send(gateway)
    with pytest.raises(NotNow):
        await send(gateway)
    await send(gateway)
    assert len(notify.taken) == 1


async def test_no_connection_is_tried_again(notify: Notify) -> None:
    gateway = a_gateway(notify)
    notify.failures = ["down"]
    with pytest.raises(NotNow):
        await send(gateway)
    await send(gateway)
    assert (len(notify.taken), notify.asked) == (1, 0)


async def test_over_its_rate_limit_it_waits(notify: Notify) -> None:
    gateway = a_gateway(notify)
    notify.minutes[int(MONDAY_7.timestamp() // 60)] = A_MINUTE
    with pytest.raises(NotNow):
        await send(gateway)
    assert NotifyGateway.pace * 60 <= A_MINUTE


async def test_an_address_that_is_none_is_refused_for_ever(notify: Notify) -> None:
    with pytest.raises(NotEver):
        await send(a_gateway(notify), to="nobody")


async def test_a_wrong_template_is_refused_and_a_wrong_key_waits(notify: Notify) -> None:
    with pytest.raises(NotEver):
        await send(a_gateway(notify, template="none"))
    with pytest.raises(NotNow):
        await send(a_gateway(notify, key=API_KEY[:-1] + "1"))
    assert notify.taken == []


def test_an_area_may_write_to_its_schools_through_notify() -> None:
    alerts = some_alerts(policy=Policy(gateway=WayOut.NOTIFY))
    HANDLERS[type(an_incident())](an_incident(a_child()), alerts, FRIDAY_NIGHT)
    due = AlertDue(alert_id=alert(INTAKE), incident_id=incident(), content_version=1)
    said = HANDLERS[AlertDue](heard(due, "R1", MONDAY_7), alerts, MONDAY_7)
    assert [answer.gateway for answer in said if isinstance(answer, Send)] == ["notify"]


@pytest.fixture
async def school(databases: Databases, tmp_path: Path) -> AsyncIterator[School]:
    """An alert that was sent, at a door where Notify may call back."""
    url = await databases.new("school_alerts")
    async with at_school(url, tmp_path, notify_callback_token=SecretStr(TOKEN)) as found:
        yield found


async def call_back(
    school: School, status: str, reference: str = REFERENCE, token: str = TOKEN
) -> int:
    """Notify tells what became of a mail."""
    content = {"id": "1", "reference": reference, "to": "x", "status": status}
    headers = {"Authorization": f"Bearer {token}"}
    answer = await school.browser.post("/v1/notify-callbacks", json=content, headers=headers)
    return answer.status_code


async def failures(school: School) -> list[AlertMailEnded]:
    """What the door said of mails that were not delivered."""
    ended = await school.room.said(AlertMailEnded)
    return [each for each in ended if each.outcome == "refused"]


@pytest.mark.parametrize("status", ["permanent-failure", "temporary-failure", "technical-failure"])
async def test_a_mail_that_was_not_delivered_goes_to_the_next_role(
    school: School, status: str
) -> None:
    assert await call_back(school, status) == 204
    [failed] = await failures(school)
    assert (failed.step, failed.carries[0].alert_id) == ("first", alert(INTAKE))
    at = MONDAY_7 + timedelta(minutes=3)
    school.clock.step_to(at)
    await school.room.hears(failed.heard_in(an_incident(at=at).envelope))
    await school.dispatcher.round("mail")
    told = [mail.headers["To"] for mail in school.sink.mails()]
    assert told[0] == f"key_adult.{INTAKE}@schools.invalid"
    assert set(told[1:]) == {f"deputy.{INTAKE}@schools.invalid", "authority_lead@sheffield.invalid"}


@pytest.mark.parametrize("status", ["delivered", "sending", "nonsense"])
async def test_other_news_changes_nothing(school: School, status: str) -> None:
    assert await call_back(school, status) == 204
    assert await failures(school) == []


@pytest.mark.parametrize(
    "reference", ["code/1/key_adult/2", "alert/x/1/first/key_adult", "alert", ""]
)
async def test_a_mail_that_is_not_an_alerts_changes_nothing(school: School, reference: str) -> None:
    assert await call_back(school, "permanent-failure", reference) == 204
    assert await failures(school) == []


async def test_only_notify_may_call_back(school: School) -> None:
    assert await call_back(school, "permanent-failure", token="guess") == 401
    answer = await school.browser.post("/v1/notify-callbacks", content=b"{}")
    assert answer.status_code == 401


async def test_a_callback_that_cannot_be_read_is_refused(school: School) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await school.browser.post("/v1/notify-callbacks", content=b"{", headers=headers)
    assert answer.status_code == 422
