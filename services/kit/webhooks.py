"""An agency's webhook as a way out: a notice as JSON, under the sending's reference."""

import asyncio
from datetime import datetime
from urllib.parse import quote

from services.kit.gateways import NobodyKnows, NotEver, NotNow, Resting
from services.kit.headers import stamp
from services.kit.sending import Mail
from services.kit.without_rich import without_rich

with without_rich():
    import httpx

PATIENCE = 5.0
REST = 30.0
"""Seconds for which one that did not answer is left alone: mails wait behind it."""
NOTICE = "notice"
LATER = frozenset({408, 425, 429})
"""Answers that begin with 4 and still say: another time."""


class WebhookGateway:
    """Posts notices, each to the URL it is addressed to; follows no redirect."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(timeout=PATIENCE)
        self._rests: dict[str, float] = {}

    async def deliver(self, message: Mail, reference: str, sent_at: datetime) -> None:
        """Return when it was taken; NotNow, NotEver or NobodyKnows otherwise."""
        url = message.to
        if message.headers.get("X-Onward-Step") != NOTICE:
            raise NotEver("a webhook takes notices alone")
        loop = asyncio.get_running_loop()
        if (rests := self._rests.get(url, 0.0) - loop.time()) > 0:
            raise Resting("it did not answer just now", rests)
        try:
            answer = await self._client.post(
                url,
                json=content_of(message, sent_at),
                headers={"Idempotency-Key": quote(reference, safe="/:")},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            self._rests[url] = loop.time() + REST
            raise NotNow("no connection") from None
        except httpx.HTTPError:
            self._rests[url] = loop.time() + REST
            raise NobodyKnows("no answer after it was handed over") from None
        _judge(answer.status_code)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


def content_of(message: Mail, sent_at: datetime) -> dict[str, str | None]:
    """What is posted; a notice holds nothing personal."""
    return {
        "reference": message.headers.get("X-Onward-Reference"),
        "step": message.headers.get("X-Onward-Step"),
        "subject": message.subject,
        "text": message.text,
        "sent_at": stamp(sent_at),
    }


def _judge(status: int) -> None:
    if httpx.codes.is_success(status):
        return
    if httpx.codes.is_client_error(status) and status not in LATER:
        raise NotEver(f"refused with {status}")
    raise NotNow(f"put off with {status}")
