"""The local mail server that stands in for schools' and agencies' mailboxes."""

import asyncio
from pathlib import Path

import aiosmtplib

from services.ops.platform.mail import mail_sink


async def test_it_ends_while_a_sender_still_keeps_a_connection_open(tmp_path: Path) -> None:
    async with asyncio.timeout(10), mail_sink(tmp_path) as sink:
        sender = aiosmtplib.SMTP(hostname=sink.host, port=sink.port)
        await sender.connect()
        await sender.sendmail("a@onward.invalid", "b@onward.invalid", "Subject: One\r\n\r\nText")
    assert [mail.headers["Subject"] for mail in sink.mails()] == ["One"]
    sender.close()
