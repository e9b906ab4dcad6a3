"""Two records side by side, as the service would weigh them: for `onward match explain`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.vocabulary import ONWARD
from services.kit.database import Database
from services.ops.matching.lines import party_of
from services.ops.places import current_dir
from services.ops.platform import reached_platform
from services.ops.shutdown import run_until_stopped
from services.person_matching.domain.evidence import Candidate, Evidence, Setting, weigh
from services.person_matching.domain.features import NORM_VERSION, Features, from_text
from services.person_matching.domain.model import shipped_model
from services.person_matching.domain.vetoes import vetoes_of
from services.person_matching.store import desk

SERVICE = "person_matching"


@dataclass(frozen=True)
class Explained:
    """The evidence of a pair, and what forbids that a machine joins it."""

    evidence: Evidence
    sentences: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        model = shipped_model()
        return {
            "weight": self.evidence.weight,
            "vetoes": list(self.sentences),
            "same_from": model.same_from,
            "new_below": model.new_below,
            "model": model.version,
            "norm_version": NORM_VERSION,
        }


def explain(one: str, other: str, lines: Sequence[dict[str, Any]] | None) -> Explained:
    """Weigh two records of a file, or of the service's database where no file is given."""
    mine, theirs = _of_lines(one, other, lines) if lines else run_until_stopped(_kept(one, other))
    candidate = Candidate(ONWARD, tuple(theirs))
    found = weigh(mine[0], candidate, own=True, setting=Setting(shipped_model(), 0))
    return Explained(found, tuple(veto.sentence for veto in vetoes_of(found)))


def _of_lines(
    one: str, other: str, lines: Sequence[dict[str, Any]]
) -> tuple[list[Features], list[Features]]:
    by_id = {str(line["record_id"]): line for line in lines}
    for name in (one, other):
        if name not in by_id:
            raise LookupError(f"No line has the record_id {name}.")
    return [party_of(by_id[one]).as_told], [party_of(by_id[other]).as_told]


async def _kept(one: str, other: str) -> tuple[list[Features], list[Features]]:
    async with reached_platform(current_dir()) as addresses:
        database = await Database.connect(addresses.dsn(SERVICE), connections=1)
        try:
            async with database.transaction(datetime.now(UTC)) as transaction:
                records = [await desk.called(transaction, name) for name in (one, other)]
        finally:
            await database.close()
    for name, found in zip((one, other), records, strict=True):
        if not found:
            raise LookupError(f"No record or person is called {name}.")
    mine, theirs = ([from_text(record.features) for record in found] for found in records)
    return mine, theirs
