"""GOV.UK Notify as a way out: the same port as SMTP, spoken to over its HTTP API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

from services.kit.gateways import NobodyKnows, NotEver, NotNow
from services.kit.mail import MailGateway
from services.kit.runtime import Runtime
from services.kit.sending import Mail
from services.kit.settings import Settings
from services.kit.without_rich import without_rich

with without_rich():
    import httpx

EMAILS = "/v2/notifications/email"
NOTIFICATIONS = "/v2/notifications"
KEY_PART = 36
"""An API key is a name, the service's id and a secret, each id of 36 characters."""
PATIENCE = 20.0
CONFIGURED_WRONG = (401, 403)
"""Our key or our account, not the message: every message would be refused alike."""


class NotifyGateway:
    """Hands mails to GOV.UK Notify; asks by reference before it sends again."""

    pace = 50.0
    """Messages a second: 3,000 a minute is what a service may send."""
    at_once = 10
    """Requests on their way together: each takes longer than its turn."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None):
        key = settings.notify_key.get_secret_value() if settings.notify_key else ""
        self._issuer, self._secret = key[-2 * KEY_PART - 1 : -KEY_PART - 1], key[-KEY_PART:]
        self._template = settings.notify_template
        self._client = httpx.AsyncClient(
            base_url=settings.notify_url, timeout=PATIENCE, transport=transport
        )
        self._uncertain: set[str] = set()

    async def deliver(self, message: Mail, reference: str, sent_at: datetime) -> None:
        """Return when Notify took it; NotNow, NotEver or NobodyKnows otherwise."""
        if reference in self._uncertain and await self._has(reference, sent_at):
            self._uncertain.discard(reference)
            return
        body = {
            "email_address": message.to,
            "template_id": self._template,
            "personalisation": {"subject": message.subject, "body": message.text},
            "reference": reference,
        }
        try:
            answer = await self._client.post(EMAILS, json=body, headers=self._signed(sent_at))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise NotNow("no connection") from None
        except httpx.HTTPError:
            self._uncertain.add(reference)
            raise NobodyKnows("no answer after it was handed over") from None
        self._judge(answer, reference)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    def _judge(self, answer: httpx.Response, reference: str) -> None:
        status = answer.status_code
        if status == httpx.codes.CREATED:
            return
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            self._uncertain.add(reference)
            raise NobodyKnows(f"failed with {status}")
        if status == httpx.codes.TOO_MANY_REQUESTS or status in CONFIGURED_WRONG:
            raise NotNow(f"put off with {status}")
        raise NotEver(f"refused with {status}")

    async def _has(self, reference: str, at: datetime) -> bool:
        """Whether Notify knows the reference: then an earlier try did arrive."""
        try:
            answer = await self._client.get(
                NOTIFICATIONS, params={"reference": reference}, headers=self._signed(at)
            )
            found: Mapping[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            raise NotNow("Notify did not say what it knows") from None
        return bool(found.get("notifications"))

    def _signed(self, at: datetime) -> dict[str, str]:
        claims = {"iss": self._issuer, "iat": int(at.timestamp())}
        key = OctKey.import_key(self._secret.encode())
        token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, key)
        return {"Authorization": f"Bearer {token}"}


def notify(runtime: Runtime) -> NotifyGateway:
    """The way out `notify`, for areas whose policy names it."""
    return NotifyGateway(runtime.settings)


def codes(runtime: Runtime) -> MailGateway | NotifyGateway:
    """The way out of one-time codes: Notify where there is a key for it, else SMTP."""
    if runtime.settings.notify_key is not None:
        return NotifyGateway(runtime.settings)
    return MailGateway(runtime.settings)
