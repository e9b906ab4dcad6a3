"""The mail gateway: one SMTP connection kept open, a deterministic Message-ID per reference."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import aiosmtplib

from contracts.vocabulary import named
from services.kit.gateways import NobodyKnows, NotEver, NotNow
from services.kit.headers import stamp
from services.kit.sending import Mail
from services.kit.settings import Settings

PATIENCE = 20.0
DOMAIN = "onward.invalid"


class MailGateway:
    """Hands mails to one server, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None
        self._turn = asyncio.Lock()

    async def deliver(self, message: Mail, reference: str, sent_at: datetime) -> None:
        """Return when the server accepted; NotNow, NotEver or NobodyKnows otherwise."""
        letter = letter_of(message, reference, sent_at, self._settings.mail_from)
        async with self._turn:
            client = await self._connected()
            try:
                await client.mail(self._settings.mail_from)
                await client.rcpt(message.to)
            except aiosmtplib.SMTPResponseException as fault:
                await self._start_over(client)
                raise _failure(fault.code) from None
            except (aiosmtplib.SMTPException, OSError):
                self._drop()
                raise NotNow("connection lost") from None
            await self._hand_over(client, letter)

    async def close(self) -> None:
        """Say goodbye to the server."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit()

    async def _hand_over(self, client: aiosmtplib.SMTP, letter: EmailMessage) -> None:
        try:
            await client.data(letter.as_bytes(policy=SMTP_POLICY))
        except aiosmtplib.SMTPResponseException as fault:
            await self._start_over(client)
            raise _failure(fault.code) from None
        except (aiosmtplib.SMTPException, OSError):
            self._drop()
            raise NobodyKnows("connection lost after the text was handed over") from None

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            timeout=PATIENCE,
        )
        try:
            await client.connect()
            if settings.smtp_user and settings.smtp_password:
                await client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            await client.ehlo()
        except (aiosmtplib.SMTPException, OSError):
            client.close()
            raise NotNow("no connection") from None
        self._client = client
        return client

    async def _start_over(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def letter_of(message: Mail, reference: str, sent_at: datetime, sender: str) -> EmailMessage:
    """The mail as sent; the same reference always has the same Message-ID."""
    letter = EmailMessage(policy=SMTP_POLICY)
    letter["From"] = sender
    letter["To"] = message.to
    letter["Subject"] = _line(message.subject)
    letter["Date"] = format_datetime(sent_at)
    letter["Message-ID"] = f"<{named('message', reference)}@{DOMAIN}>"
    letter["Auto-Submitted"] = "auto-generated"
    _add_headers(letter, message.headers)
    letter["X-Onward-Sent-At"] = stamp(sent_at)
    letter.set_content(message.text)
    if message.html is not None:
        letter.add_alternative(message.html, subtype="html")
    return letter


def _add_headers(letter: EmailMessage, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        letter[name] = _line(value)


def _line(text: str) -> str:
    return " ".join(text.split())


def _failure(code: int) -> Exception:
    return NotEver(f"refused with {code}") if 500 <= code < 600 else NotNow(f"put off with {code}")
