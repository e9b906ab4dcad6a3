"""The mail gateway: one SMTP connection kept open, a deterministic Message-ID per reference."""

import asyncio
import contextlib
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime
from typing import Any

import aiosmtplib

from contracts.vocabulary import named
from services.kit.gateways import Away, NobodyKnows, NotEver, NotNow
from services.kit.headers import stamp
from services.kit.sending import Mail
from services.kit.settings import Settings

PATIENCE = 20.0
DOMAIN = "onward.invalid"
LONGEST_LINE = 900
SHUTTING_DOWN = 421
"""Says that the server itself is not available; any other 4xx is about one mailbox or mail."""
OUT_OF_ORDER = 503
"""Says nothing of the mailbox: what came before on the connection went wrong."""
READABLE = Charset("utf-8")
READABLE.body_encoding = QP


class OneLineHeaders(Compat32):
    """Headers as they are: each is one line already, and folding would parse it again."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header's line."""
        return f"{name}: {value}{self.linesep}".encode("ascii")


AS_IT_IS = OneLineHeaders(linesep="\r\n")


class MailGateway:
    """Hands mails to one server, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.pace = settings.mails_a_second
        self.at_once = settings.mails_together
        """How many outcomes are written together: as many may be sent twice after a crash."""
        self._client: aiosmtplib.SMTP | None = None
        self._turn = asyncio.Lock()

    async def deliver(self, message: Mail, reference: str, sent_at: datetime) -> None:
        """Return when the server accepted; NotNow, NotEver or NobodyKnows otherwise."""
        letter = letter_of(message, reference, sent_at, self._settings.mail_from)
        async with self._turn:
            client = await self._connected()
            place, options = _place(client, message.to)
            try:
                await client.mail(self._settings.mail_from, options=options)
                await client.rcpt(place, encoding="utf-8")
            except aiosmtplib.SMTPResponseException as fault:
                await self._start_over(client)
                raise _failure(fault.code) from None
            except (aiosmtplib.SMTPException, OSError):
                self._drop()
                raise Away("connection lost") from None
            except BaseException:
                self._drop()  # Whatever it was, the next mail must not go on from the middle.
                raise
            await self._hand_over(client, letter)

    async def close(self) -> None:
        """Say goodbye to the server."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit()

    async def _hand_over(self, client: aiosmtplib.SMTP, letter: bytes) -> None:
        try:
            await client.data(letter)
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
            raise Away("no connection") from None
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


def letter_of(message: Mail, reference: str, sent_at: datetime, sender: str) -> bytes:
    """The mail as sent; the same reference always has the same Message-ID."""
    letter = MIMEMultipart("alternative") if message.html is not None else _part(message.text)
    if isinstance(letter, MIMEMultipart):
        letter.attach(_part(message.text))
        letter.attach(_part(message.html or "", "html"))
    headers = {
        "From": sender,
        "To": message.to,
        "Subject": message.subject,
        "Date": format_datetime(sent_at),
        "Message-ID": f"<{named('message', reference)}@{DOMAIN}>",
        "Auto-Submitted": "auto-generated",
        **message.headers,
        "X-Onward-Sent-At": stamp(sent_at),
    }
    for name, value in headers.items():
        letter[name] = _line(value)
    return letter.as_bytes(policy=AS_IT_IS)


def _part(text: str, kind: str = "plain") -> MIMEText:
    short = all(len(line) < LONGEST_LINE for line in text.splitlines())
    charset: Any = "us-ascii" if text.isascii() and short else READABLE
    return MIMEText(text, kind, charset)


def _line(text: str) -> str:
    one = " ".join(text.split())
    return one if one.isascii() else Header(one, "utf-8").encode(linesep=" ")


def _place(client: aiosmtplib.SMTP, to: str) -> tuple[str, list[str]]:
    """An address as the server takes it, with the options of MAIL that it needs; else NotEver."""
    local, at, domain = to.rpartition("@")
    try:
        place = f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        raise NotEver("the domain of the address is no domain") from None
    if local.isascii():
        return place, []
    if client.supports_extension("SMTPUTF8"):
        return place, ["SMTPUTF8"]
    raise NotEver("the server takes no address beyond ASCII")


def _failure(code: int) -> Exception:
    if code == OUT_OF_ORDER:
        return NotNow("commands out of order")
    if code == SHUTTING_DOWN:
        return Away(f"put off with {code}")
    return NotEver(f"refused with {code}") if 500 <= code < 600 else NotNow(f"put off with {code}")
