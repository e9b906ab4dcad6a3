"""The page's journey in a real Chromium: mail, code, read, acknowledge, not our pupil."""

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page, async_playwright, expect

from contracts.schools import AlertAcknowledged, PupilDisowned
from services.kit.testing import Databases
from services.school_alerts.door import door
from tests.services.school_alerts.at_school import School, at_school

PICTURES = Path("build/screenshots")
MISSING = "Chromium is needed on the PATH: `make chromium` installs the distribution's package."
TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Desk:
    """Somebody at a desk: their mailbox, and the page as a server on this machine."""

    school: School
    server: str

    def link(self) -> str:
        """The link of the first mail, at this machine's server."""
        [path] = re.findall(r"https://schools\.onward\.invalid(/alerts/\S+)", self._text(0))
        return f"{self.server}{path}"

    async def code(self) -> str:
        """The code of the newest mail."""
        await self.school.post("codes")
        [code] = re.findall(r"\b\d{6}\b", self._text(-1))
        return str(code)

    def _text(self, place: int) -> str:
        mail = message_from_bytes(self.school.sink.mails()[place].content, policy=policy.default)
        body = mail.get_body()
        assert body is not None
        return str(body.get_content())


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium, the one on the PATH."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, MISSING
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        await chromium.close()


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """The page, served."""
    async with at_school(await databases.new("school_alerts"), tmp_path) as school:
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(door(school.room.runtime), log_level="error"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield Desk(school, f"http://localhost:{listening.getsockname()[1]}")
        server.should_exit = True
        await serving


async def proved(page: Page, desk: Desk) -> None:
    """Follow the link, ask for a code, enter it."""
    await page.goto(desk.link())
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Enter the code from the mail").fill(await desk.code())
    await page.get_by_role("button", name="Continue").click()


async def keep(page: Page, name: str) -> None:
    """Keep a picture as a build artefact."""
    await page.screenshot(path=picture(name), full_page=True)


def picture(name: str) -> Path:
    """Where a picture is kept."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES / f"{name}.png"


async def test_mail_code_read_acknowledge_without_javascript(desk: Desk, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(desk.link())
    await keep(page, "1-start")
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Enter the code from the mail").fill("000000")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await keep(page, "2-wrong-code")
    await page.get_by_label("Enter the code from the mail").fill(await desk.code())
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Alba Testwood")).to_be_visible()
    await keep(page, "3-alert")
    assert await desk.school.room.said(AlertAcknowledged) == []
    await page.get_by_role("button", name="I have read this alert").click()
    await expect(page.get_by_role("status")).to_be_visible()
    await keep(page, "4-acknowledged")
    assert len(await desk.school.room.said(AlertAcknowledged)) == 1


async def test_not_our_pupil_without_javascript(desk: Desk, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await proved(page, desk)
    await page.get_by_role("link", name="This child is not our pupil").click()
    await keep(page, "5-not-our-pupil")
    await page.get_by_role("button", name="This child is not our pupil").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    await keep(page, "6-thank-you")
    assert len(await desk.school.room.said(PupilDisowned)) == 1


async def test_the_journey_with_a_keyboard_alone(desk: Desk, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(desk.link())
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to main content"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_label("Enter the code from the mail").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type(await desk.code())
    await page.keyboard.press("Enter")
    await page.get_by_text("Alba Testwood").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_role("status").wait_for()
    assert len(await desk.school.room.said(AlertAcknowledged)) == 1


async def test_axe_finds_nothing_on_any_page(desk: Desk, browser: Browser) -> None:
    context = await browser.new_context(bypass_csp=True)
    page = await context.new_page()
    await page.goto(desk.link())
    await audited(page)
    await page.get_by_role("button", name="Send me a code").click()
    await audited(page)
    await page.get_by_label("Enter the code from the mail").fill("1")
    await page.get_by_role("button", name="Continue").click()
    await audited(page)
    await page.get_by_label("Enter the code from the mail").fill(await desk.code())
    await page.get_by_role("button", name="Continue").click()
    await audited(page)
    await page.get_by_role("button", name="I have read this alert").click()
    await audited(page)
    await page.get_by_role("link", name="This child is not our pupil").click()
    await audited(page)
    await page.get_by_role("button", name="This child is not our pupil").click()
    await audited(page)
    await page.goto(f"{desk.server}/alerts/nothing/here")
    await audited(page)
    await page.goto(f"{desk.link()}/not-our-pupil")
    await context.clear_cookies()
    await page.get_by_role("button", name="This child is not our pupil").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await keep(page, "7-not-recorded")
    await audited(page)


async def audited(page: Page) -> None:
    """No finding of axe, at the width of a desk and of a phone, once the page is dressed."""
    await page.wait_for_load_state("load")
    await page.wait_for_function("document.styleSheets.length > 0")
    for width in (1280, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        found = await Axe().run(page, options=TAGS)
        assert found.violations_count == 0, found.generate_report()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width


async def test_the_browser_keeps_nothing_of_the_alert(desk: Desk, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await proved(page, desk)
    await expect(page.get_by_text("Alba Testwood")).to_be_visible()
    await context.clear_cookies()
    await page.go_back()
    await page.go_forward()
    assert await page.get_by_text("Alba Testwood").count() == 0
