"""How the page looks: templates in GOV.UK's style, and headers that let no browser keep it."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.kit.working_time import LONDON

FOLDER = Path(__file__).parents[1] / "templates" / "page"
PAGES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def shown(template: str, status: int = 200, **given: Any) -> Response:
    """A page as it is answered."""
    text = PAGES.get_template(f"{template}.html.j2").render(**given)
    return HTMLResponse(text, status, headers=dict(HEADERS))


def style() -> Response:
    """The style sheet."""
    text = (FOLDER / "style.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers=dict(HEADERS))


def gone_to(path: str) -> RedirectResponse:
    """After a form, the next page."""
    return RedirectResponse(path, 303, headers=dict(HEADERS))


def in_words(day: date) -> str:
    """A date as GOV.UK writes it: 9 November 2026."""
    return f"{day.day} {day:%B %Y}"


def at_clock(moment: datetime) -> str:
    """A moment as London reads it: 9 November 2026 at 07:12."""
    there = moment.astimezone(LONDON)
    return f"{in_words(there.date())} at {there:%H:%M}"


PAGES.filters |= {"in_words": in_words, "at_clock": at_clock}
