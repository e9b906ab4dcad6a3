"""Refusals that only what is known here can tell; they name the field and never quote it."""

from contracts.envelope import PartnerEvent, Problem
from contracts.identity import IdentityInputRefused


def refuse(
    event: PartnerEvent, reference: str, problems: tuple[Problem, ...]
) -> IdentityInputRefused:
    """A partner's message refused."""
    refusal = IdentityInputRefused(topic=event.TOPIC, reference=reference, problems=problems)
    return refusal.keyed(event.envelope.key)


def nobody_described(path: str) -> Problem:
    """There is no way to tell the person from nobody."""
    return Problem(
        path=path,
        code="nobody_described",
        message="must say something by which this person can be told from nobody",
    )


def other_content() -> Problem:
    """The same revision came with other content."""
    return Problem(
        path="/revision",
        code="same_revision_other_content",
        message="must be higher than before where the content is another",
    )
