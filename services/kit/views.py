"""Every reading of personal details by a person is recorded: about what, and by whom."""

from services.kit.database import Transaction

NOTE = "INSERT INTO kit.views (about, who, what, at) VALUES ($1, $2, $3, $4)"


async def note_view(transaction: Transaction, *, about: str, who: str, what: str) -> None:
    """Record a view in the transaction that reads what is shown."""
    await transaction.execute(NOTE, about, who, what, transaction.now)
