"""The notice that goes with every alarm: a mail to the role's desk, with nothing personal."""

from uuid import UUID

from contracts.envelope import AlarmRaised
from services.kit.mailboxes import made_up
from services.kit.sending import Mail, Send
from services.kit.working_time import LONDON


def notice_of(alarm: AlarmRaised, event_id: UUID, subject: str) -> Send[AlarmRaised]:
    """The mail to `<to_role>@<area>.invalid` about an alarm; one per alarm said."""
    about = str(alarm.about[0]) if alarm.about else subject
    mail = Mail(
        to=made_up(alarm.to_role, alarm.area),
        subject=f"Onward: {alarm.code.replace('_', ' ')}",
        text=_text(alarm, about, subject),
        headers={"X-Onward-Reference": about, "X-Onward-Step": "notice"},
    )
    return Send(reference=f"notice/{event_id}", message=mail)


def _text(alarm: AlarmRaised, about: str, subject: str) -> str:
    lines = [f"For: {alarm.to_role.replace('_', ' ')}", f"What: {alarm.code.replace('_', ' ')}"]
    lines += [reason.sentence for reason in alarm.reasons]
    if alarm.due_at is not None:
        lines.append(f"Due: {alarm.due_at.astimezone(LONDON):%a %d %b %Y %H:%M}")
    if "/" in subject:
        # A report, as whoever sent it calls it; the line is ours, whatever they wrote.
        lines.append(f"About: {' '.join(subject.split())}")
    lines += [f"Reference: {about}", f"See: onward trace {about}"]
    return "\n".join(lines) + "\n"
