"""What GOV.UK Notify tells later: a mail that it took could not be delivered."""

import hmac
from dataclasses import dataclass
from uuid import UUID

import orjson
from fastapi import FastAPI, Request
from starlette.responses import Response
from uuid_utils.compat import uuid7

from contracts.envelope import Envelope
from contracts.schools import AlertMailEnded, CarriedAlert
from contracts.vocabulary import AlertId, RecipientRole
from services.kit import outbox
from services.kit.batch import Committed
from services.kit.doorway import Shut, body_of, patiently
from services.kit.gateways import Outcome
from services.kit.runtime import Runtime
from services.school_alerts.store.page import Sheet, carried_with, sheet_of
from services.school_alerts.working_set import alert_named

PATH = "/v1/notify-callbacks"
FAILED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})
PARTS = 5


@dataclass(frozen=True)
class Told:
    """A mail by its reference: `alert/<id>/<content version>/<step>/<role>`."""

    alert_id: AlertId
    content_version: int
    step: str
    role: RecipientRole

    @classmethod
    def by(cls, reference: str) -> "Told | None":
        """The mail, or None where the reference is not one of an alert."""
        parts = reference.split("/")
        alert_id = alert_named(parts[1]) if len(parts) == PARTS and parts[0] == "alert" else None
        if alert_id is None or not parts[2].isdigit():
            return None
        if parts[4] not in RecipientRole._value2member_map_:
            return None
        return cls(alert_id, int(parts[2]), parts[3], RecipientRole(parts[4]))


def add_callbacks(app: FastAPI, runtime: Runtime) -> None:
    """Add the route that Notify calls with its own token."""

    @app.post(PATH, status_code=204)
    async def told(request: Request) -> Response:
        """Take note of what became of a mail; what is not an alert's changes nothing."""
        _admit(request, runtime)
        mail = _failed_mail(await body_of(request))
        if mail is not None:
            async with patiently():
                await _say_failed(runtime, mail)
        return Response(status_code=204)


def _admit(request: Request, runtime: Runtime) -> None:
    secret = runtime.settings.notify_callback_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if secret is None or not hmac.compare_digest(
        given.encode(), secret.get_secret_value().encode()
    ):
        raise Shut(401, "Notify's own token is needed.", headers={"WWW-Authenticate": "Bearer"})


def _failed_mail(body: bytes) -> Told | None:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Shut(422, "The callback cannot be read.") from None
    if not isinstance(said, dict) or said.get("status") not in FAILED:
        return None
    return Told.by(str(said.get("reference") or ""))


async def _say_failed(runtime: Runtime, mail: Told) -> None:
    now = runtime.clock.now()
    async with runtime.database.transaction(now, runtime.reference) as transaction:
        sheet = await sheet_of(transaction, mail.alert_id)
        if sheet is None:
            return
        together = await carried_with(transaction, sheet.alert) if mail.step == "first" else ()
        event = _ended(mail, sheet, together)
        cause = _cause(runtime, sheet)
        await outbox.say(transaction, [runtime.voice.say(event, cause, now)])
    runtime.tell(Committed(said=1))


def _ended(mail: Told, sheet: Sheet, together: tuple[UUID, ...]) -> AlertMailEnded:
    carried = together or (mail.alert_id,)
    return AlertMailEnded(
        alert_id=mail.alert_id,
        incident_id=sheet.alert.incident_id,
        content_version=mail.content_version,
        step=mail.step,
        role=mail.role,
        carries=tuple(
            CarriedAlert(alert_id=AlertId(each), content_version=mail.content_version)
            for each in carried
        ),
        outcome=Outcome.REFUSED,
    )


def _cause(runtime: Runtime, sheet: Sheet) -> Envelope:
    return Envelope(
        id=uuid7(),
        type="notify-callback",
        source=f"/doors/{runtime.service.name}",
        time=runtime.clock.now(),
        subject=sheet.case.subject,
        key=str(sheet.alert.alert_id),
        correlation_id=sheet.case.correlation_id,
    )
