"""The page of one alert for one reader: a code, the alert, an answer."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.kit.doorway import Shut, body_of, patiently
from services.kit.runtime import Runtime
from services.school_alerts.domain.access import CODE_LASTS, VISIT_LASTS
from services.school_alerts.domain.alert import Stage
from services.school_alerts.door.looks import gone_to, shown, style
from services.school_alerts.door.reading import Reading, Refusal, open_reading

PATH = "/alerts/{alert_id}/{role}"
FOR_PROGRAMS = "/v1/"
COOKIE = "onward_visit"
FORM_LIMIT = 4096
MINUTES = int(CODE_LASTS.total_seconds() // 60)
VISIT_MINUTES = int(VISIT_LASTS.total_seconds() // 60)


@dataclass(frozen=True)
class Place:
    """Which alert and reader a request is about."""

    alert_id: str
    role: str

    @property
    def path(self) -> str:
        """Where the page is."""
        return f"/alerts/{self.alert_id}/{self.role}"


def add_page(app: FastAPI, runtime: Runtime) -> None:
    """Add the page's routes; only a form that was sent changes anything."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return shown("refused", refusal.status, why=refusal.why)

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, fault: HTTPException) -> Response:
        if request.url.path.startswith(FOR_PROGRAMS):
            return await http_exception_handler(request, fault)
        return shown("refused", fault.status_code, why="unknown")

    @app.get("/alerts/style.css", include_in_schema=False)
    async def style_sheet() -> Response:
        return style()

    _add_code(app, runtime)
    _add_alert(app, runtime)
    _add_answers(app, runtime)


def _add_code(app: FastAPI, runtime: Runtime) -> None:
    @app.post(f"{PATH}/code", include_in_schema=False)
    async def send_code(alert_id: str, role: str) -> Response:
        place = Place(alert_id, role)
        async with patiently(), open_reading(runtime, alert_id, role) as reading:
            await reading.send_code()
        return gone_to(f"{place.path}/code")

    @app.get(f"{PATH}/code", include_in_schema=False)
    async def ask_code(alert_id: str, role: str) -> Response:
        async with patiently(), open_reading(runtime, alert_id, role):
            return shown("code", place=Place(alert_id, role), minutes=MINUTES, error=None)

    @app.get(f"{PATH}/check", include_in_schema=False)
    async def loaded_anew(alert_id: str, role: str) -> Response:
        return gone_to(f"{Place(alert_id, role).path}/code")

    @app.post(f"{PATH}/check", include_in_schema=False)
    async def check_code(request: Request, alert_id: str, role: str) -> Response:
        place, guess = Place(alert_id, role), await _field(request, "code")
        async with patiently(), open_reading(runtime, alert_id, role) as reading:
            outcome = await reading.check(guess)
        if outcome.token is None:
            return shown("code", 422, place=place, minutes=MINUTES, error=outcome.error)
        answer = gone_to(place.path)
        answer.set_cookie(
            COOKIE, outcome.token, path=place.path, secure=True, httponly=True, samesite="strict"
        )
        return answer


def _add_alert(app: FastAPI, runtime: Runtime) -> None:
    @app.get(PATH, include_in_schema=False)
    async def alert(request: Request, alert_id: str, role: str) -> Response:
        place = Place(alert_id, role)
        async with patiently(), open_reading(runtime, alert_id, role) as reading:
            if not await reading.is_proved(request.cookies.get(COOKIE)):
                return shown("start", place=place, unrecorded=False)
            await reading.note()
            return _alert_page(place, reading)


def _alert_page(place: Place, reading: Reading) -> Response:
    sheet = reading.sheet
    return shown(
        "alert",
        place=place,
        alert=sheet.alert,
        content=reading.content,
        ended=sheet.alert.stage is Stage.ENDED,
        may_disown=reading.may_disown,
    )


def _add_answers(app: FastAPI, runtime: Runtime) -> None:
    @app.get(f"{PATH}/acknowledge", include_in_schema=False)
    async def loaded_anew(alert_id: str, role: str) -> Response:
        return gone_to(Place(alert_id, role).path)

    @app.post(f"{PATH}/acknowledge", include_in_schema=False)
    async def acknowledge(request: Request, alert_id: str, role: str) -> Response:
        place = Place(alert_id, role)
        async with patiently(), open_reading(runtime, alert_id, role) as reading:
            proved = await reading.is_proved(request.cookies.get(COOKIE))
        if not proved:
            return _unrecorded(place)
        await reading.acknowledge()
        return gone_to(place.path)

    @app.get(f"{PATH}/not-our-pupil", include_in_schema=False)
    async def ask_not_ours(request: Request, alert_id: str, role: str) -> Response:
        place = Place(alert_id, role)
        async with patiently(), open_reading(runtime, alert_id, role) as reading:
            if not await reading.is_proved(request.cookies.get(COOKIE)):
                return gone_to(place.path)
            _check_disowning(reading)
        return shown("not_ours", place=place, done=False)

    @app.post(f"{PATH}/not-our-pupil", include_in_schema=False)
    async def not_ours(request: Request, alert_id: str, role: str) -> Response:
        place = Place(alert_id, role)
        async with patiently(), open_reading(runtime, alert_id, role) as reading:
            if not await reading.is_proved(request.cookies.get(COOKIE)):
                return _unrecorded(place)
            _check_disowning(reading)
            await reading.disown()
        return shown("not_ours", place=place, done=True)


def _unrecorded(place: Place) -> Response:
    """To an answer after the visit: whoever reads on would think that it was taken."""
    return shown("start", 403, place=place, unrecorded=True, visit_minutes=VISIT_MINUTES)


def _check_disowning(reading: Reading) -> None:
    """A button pressed twice is no fault; what the page does not offer is."""
    if not reading.may_disown and not reading.sheet.alert.disowned:
        raise Refusal(403, "not_yours_to_say")


async def _field(request: Request, name: str) -> str:
    try:
        body = (await body_of(request, FORM_LIMIT)).decode()
        given = parse_qs(body, max_num_fields=10)
    except (UnicodeDecodeError, ValueError):
        raise Shut(400, "The form cannot be read.") from None
    return "".join(given.get(name, [""])[0].split())
