"""What is said on a partner's topic from here is checked first, as its hearer would read it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
import typer

from contracts.partner import IdentityDecision
from contracts.vocabulary import IdentityChoice
from services.ops.partner_line import say

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize("rationale", ["", " ", "n/a"])
async def test_a_decision_without_a_rationale_is_not_sent(rationale: str) -> None:
    decision = IdentityDecision(
        source="mash",
        review_id=str(UUID(int=1)),
        decision=IdentityChoice.SAME,
        decided_by="practitioner-1",
        rationale=rationale,
        at=NOON,
    )
    with pytest.raises(typer.BadParameter, match="not sent: The rationale must be given"):
        await say(decision, NOON)
