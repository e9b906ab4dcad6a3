"""The page over HTTP: proved by a code, few guesses, every view recorded, nothing kept."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from contracts.police import PartyEmployer
from contracts.schools import AlertAcknowledged, EscalationDue, PupilDisowned
from services.kit.sealing import seal_parts
from services.kit.testing import Databases
from tests.services.school_alerts.at_school import KEYS, PAGE, School, at_school
from tests.services.school_alerts.builders import (
    INTAKE,
    MONDAY_7,
    a_child,
    a_part,
    a_withdrawal,
    alert,
    an_incident,
    heard,
    incident,
)

DAY = timedelta(days=1)


@pytest.fixture
async def school(databases: Databases, tmp_path: Path) -> AsyncIterator[School]:
    """Somebody at Intake with a browser, on Monday at seven."""
    async with at_school(await databases.new("school_alerts"), tmp_path) as found:
        yield found


async def test_opening_the_link_shows_nothing_sends_nothing_acknowledges_nothing(
    school: School,
) -> None:
    for _ in range(3):
        page = await school.browser.get(PAGE)
        assert page.status_code == 200
        assert "Alba" not in page.text
    assert await school.codes() == []
    assert await school.views() == []
    assert await school.room.said(AlertAcknowledged) == []


async def test_the_code_opens_the_alert_and_each_view_is_recorded(school: School) -> None:
    page = await school.prove()
    assert "Alba Testwood" in page.text
    assert "6 November 2026" in page.text
    assert "She hid under the table." in page.text
    await school.browser.get(PAGE)
    who = f"key_adult of {INTAKE}"
    assert await school.views() == [(f"alert/{alert(INTAKE)}", who)] * 2
    assert await school.room.said(AlertAcknowledged) == []


async def test_reading_is_not_acknowledging_the_button_is(school: School) -> None:
    await school.prove()
    school.clock.step_to(MONDAY_7 + timedelta(minutes=12))
    page = await school.browser.post(f"{PAGE}/acknowledge")
    assert "This alert was acknowledged on 9 November 2026 at 07:12" in page.text
    await school.browser.post(f"{PAGE}/acknowledge")
    [said] = await school.room.said(AlertAcknowledged)
    assert said.alert_id == alert(INTAKE)


async def test_not_our_pupil_is_asked_twice_and_said_once(school: School) -> None:
    await school.prove()
    asked = await school.browser.get(f"{PAGE}/not-our-pupil")
    assert "Is the child not your pupil?" in asked.text
    assert await school.room.said(PupilDisowned) == []
    done = await school.browser.post(f"{PAGE}/not-our-pupil")
    assert "education team will find" in done.text
    [said] = await school.room.said(PupilDisowned)
    assert said.alert_id == alert(INTAKE)


async def test_of_a_cancelled_alert_nobody_says_not_our_pupil(school: School) -> None:
    await school.prove()
    await school.room.hears(a_withdrawal(at=MONDAY_7))
    assert await is_refused(school, PAGE)


async def test_only_the_school_says_not_our_pupil(school: School) -> None:
    for step in range(1, 4):
        await climb(school, step)
    page = f"/alerts/{alert(INTAKE)}/authority_lead"
    assert "Alba Testwood" in (await school.prove(page)).text
    assert await is_refused(school, page)


async def climb(school: School, step: int) -> None:
    """Nobody answered: the next role is told."""
    school.clock.step_to(MONDAY_7 + timedelta(hours=1, minutes=45) + step * timedelta(minutes=30))
    due = EscalationDue(alert_id=alert(INTAKE), incident_id=incident(), step=step)
    await school.room.hears(heard(due, "R1", school.clock.now()))
    await school.post()


async def is_refused(school: School, page: str) -> bool:
    """Whether saying that it is no pupil is refused, and nothing is said."""
    answers = [
        await school.browser.get(f"{page}/not-our-pupil"),
        await school.browser.post(f"{page}/not-our-pupil"),
    ]
    refused = {answer.status_code for answer in answers} == {403}
    return refused and await school.room.said(PupilDisowned) == []


async def test_nobody_is_told_that_they_acknowledged_what_another_did(school: School) -> None:
    await climb(school, 1)
    await school.prove()
    await school.browser.post(f"{PAGE}/acknowledge")
    page = await school.prove(f"/alerts/{alert(INTAKE)}/deputy")
    assert "This alert was acknowledged on 9 November 2026 at 09:15" in page.text
    assert "I have read this alert" not in page.text
    assert "You have" not in page.text


@pytest.mark.parametrize("path", ["acknowledge", "not-our-pupil"])
async def test_an_answer_after_the_visit_is_not_taken_and_the_page_says_so(
    school: School, path: str
) -> None:
    await school.prove()
    school.clock.step_to(MONDAY_7 + timedelta(minutes=31))
    page = await school.browser.post(f"{PAGE}/{path}")
    assert page.status_code == 403
    assert "Your answer was not recorded" in page.text
    assert "Send me a code" in page.text
    assert "Alba" not in page.text
    assert "not recorded" not in (await school.browser.get(PAGE)).text
    assert await school.room.said(AlertAcknowledged) == []
    assert await school.room.said(PupilDisowned) == []


@pytest.mark.parametrize("path", ["acknowledge", "not-our-pupil"])
async def test_without_the_code_no_answer_is_taken(school: School, path: str) -> None:
    page = await school.browser.post(f"{PAGE}/{path}")
    assert "Send me a code" in page.text
    assert await school.room.said(AlertAcknowledged) == []
    assert await school.room.said(PupilDisowned) == []


async def test_a_code_tried_a_hundred_times_opens_nothing(school: School) -> None:
    await school.browser.post(f"{PAGE}/code")
    [code] = await school.codes()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    said = [await guess(school, wrong) for _ in range(100)]
    assert {answer.status_code for answer in said} == {422}
    assert "The code is not correct" in said[0].text
    assert "tried too often" in said[-1].text
    assert (await guess(school, code)).status_code == 422
    page = await school.prove()
    assert "Alba" in page.text


async def test_entering_no_code_is_not_a_guess(school: School) -> None:
    await school.browser.post(f"{PAGE}/code")
    [code] = await school.codes()
    for entered in ("", "  ") * 3:
        page = await guess(school, entered)
        assert (page.status_code, "Enter the code from the mail" in page.text) == (422, True)
        assert "not correct" not in page.text
    assert "Alba" in (await guess(school, code)).text


async def test_after_a_wrong_code_the_page_can_be_loaded_anew(school: School) -> None:
    await school.browser.post(f"{PAGE}/code")
    wrong = await guess(school, "0")
    page = await school.browser.get(str(wrong.url))
    assert (page.status_code, page.url.path) == (200, f"{PAGE}/code")
    assert "Enter the code" in page.text


async def test_after_an_answer_the_page_can_be_loaded_anew(school: School) -> None:
    await school.prove()
    page = await school.browser.get(f"{PAGE}/acknowledge")
    assert (page.status_code, page.url.path) == (200, PAGE)
    assert "I have read this alert" in page.text
    assert await school.room.said(AlertAcknowledged) == []


@pytest.mark.parametrize("path", ["/", "/alerts", "/alerts/", f"/alerts/{alert(INTAKE)}", "/x/y"])
async def test_a_link_that_was_cut_is_answered_in_the_pages_own_words(
    school: School, path: str
) -> None:
    page = await school.browser.get(path)
    assert (page.status_code, "This link opens nothing" in page.text) == (404, True)
    assert page.headers["cache-control"] == "no-store"
    assert (await school.browser.post(PAGE)).status_code == 405
    assert "This link opens nothing" in (await school.browser.post(PAGE)).text


async def test_what_programs_ask_for_is_not_answered_with_a_page(school: School) -> None:
    answer = await school.browser.get("/v1/notify-callbacks")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/json")


async def guess(school: School, code: str) -> httpx.Response:
    """Enter a code."""
    return await school.browser.post(f"{PAGE}/check", data={"code": code})


async def test_a_code_works_once_and_for_a_quarter_of_an_hour(school: School) -> None:
    await school.prove()
    [code] = await school.codes()
    school.browser.cookies.clear()
    assert (await guess(school, code)).status_code == 422
    await school.browser.post(f"{PAGE}/code")
    school.clock.step_to(MONDAY_7 + timedelta(minutes=15))
    assert (await guess(school, (await school.codes())[-1])).status_code == 422


async def test_only_five_codes_an_hour_are_mailed(school: School) -> None:
    answers = [await school.browser.post(f"{PAGE}/code") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert len(await school.codes()) == 5
    school.clock.step_to(MONDAY_7 + timedelta(hours=1))
    assert (await school.browser.post(f"{PAGE}/code")).status_code == 200


async def test_a_visit_ends_after_half_an_hour(school: School) -> None:
    await school.prove()
    school.clock.step_to(MONDAY_7 + timedelta(minutes=30))
    assert "Send me a code" in (await school.browser.get(PAGE)).text


async def test_a_link_expires_after_two_weeks(school: School) -> None:
    school.clock.step_to(MONDAY_7 + 14 * DAY)
    assert (await school.browser.get(PAGE)).status_code == 200
    school.clock.step_to(MONDAY_7 + 14 * DAY + timedelta(seconds=1))
    page = await school.browser.get(PAGE)
    assert (page.status_code, "has expired" in page.text) == (410, True)
    assert (await school.browser.post(f"{PAGE}/code")).status_code == 410


@pytest.mark.parametrize(
    "path",
    [
        f"/alerts/{alert(INTAKE)}/head",
        f"/alerts/{alert(INTAKE)}/nobody",
        f"/alerts/{alert(INTAKE, 'c9')}/key_adult",
        "/alerts/not-an-id/key_adult",
    ],
)
async def test_a_link_that_was_never_sent_opens_nothing(school: School, path: str) -> None:
    assert (await school.browser.get(path)).status_code == 404
    assert (await school.browser.post(f"{path}/code")).status_code == 404
    assert await school.codes() == []


async def test_a_visit_to_one_alert_opens_no_other(school: School) -> None:
    await school.prove()
    [cookie] = school.browser.cookies.jar
    other = f"/alerts/{alert(INTAKE)}/deputy"
    page = await school.browser.get(other, headers={"Cookie": f"{cookie.name}={cookie.value}"})
    assert "Alba" not in page.text


async def test_nothing_is_kept_by_the_browser(school: School) -> None:
    await school.browser.post(f"{PAGE}/code")
    for path in (PAGE, f"{PAGE}/code", "/alerts/style.css", "/alerts/x/y"):
        answer = await school.browser.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "script" not in answer.text
    page = await school.prove()
    set_cookie = page.history[-1].headers["set-cookie"].casefold()
    assert all(word in set_cookie for word in ("httponly", "secure", "samesite=strict"))


async def test_markup_in_a_name_is_text(school: School) -> None:
    part = a_part(given_names="<script>alert(1)</script>")
    event = an_incident(a_child(), version=2, parts={"c1": part})
    await school.room.hears(seal_parts(event, KEYS).heard_in(event.envelope))
    page = await school.prove()
    assert "&lt;script&gt;" in page.text


async def test_after_a_cancellation_the_page_shows_nothing_of_the_child(school: School) -> None:
    await school.room.hears(a_withdrawal(at=MONDAY_7))
    page = await school.prove()
    assert "holds no more" in page.text
    assert "Alba" not in page.text


async def test_a_reader_who_turns_out_to_be_a_party_gets_no_code(school: School) -> None:
    party = PartyEmployer(urn=INTAKE, role=None)
    event = an_incident(a_child(), version=2, party_employers=(party,))
    await school.room.hears(seal_parts(event, KEYS).heard_in(event.envelope))
    assert (await school.browser.get(PAGE)).status_code == 403
    assert (await school.browser.post(f"{PAGE}/code")).status_code == 403
    assert await school.codes() == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"code=" + b"1" * 5000, b"&".join([b"a=1"] * 50)])
async def test_a_form_that_cannot_be_read_is_refused(school: School, body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await school.browser.post(f"{PAGE}/check", content=body, headers=kind)
    assert answer.status_code in (400, 413)
