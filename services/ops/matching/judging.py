"""What the outcomes are worth against the truth: false merges, automatic, human, split."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class Figures:
    """Counts of one kind of record; shares are of what they are shares of."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def automatic(self) -> float:
        """Of the records of persons known before, those joined rightly by machine."""
        return self.counts["joined"] / max(self.counts["again"], 1)

    @property
    def human(self) -> float:
        """Of all records, those that a human must decide."""
        return self.counts["review"] / max(self.counts["records"], 1)

    @property
    def split(self) -> float:
        """Of the records of persons known before, those taken for new without a question."""
        return self.counts["split"] / max(self.counts["again"], 1)

    def as_json(self) -> dict[str, float]:
        """The figures by name."""
        return {
            "records": self.counts["records"],
            "again": self.counts["again"],
            "false_merges": self.counts["false"],
            "automatic": round(self.automatic, 4),
            "human": round(self.human, 4),
            "split": round(self.split, 4),
        }


@dataclass(frozen=True)
class Outcome:
    """What was decided about a record, and whose record it was compared with."""

    record_id: str
    role: str
    outcome: str
    matched: str | None


def judge(
    known: Iterable[str],
    outcomes: Iterable[Outcome],
    truth: Mapping[str, str],
    by: Mapping[str, str],
) -> dict[str, Figures]:
    """The figures in all (``), and by whatever `by` groups records by, such as origin or role."""
    found: dict[str, Figures] = defaultdict(Figures)
    stands = {truth[record] for record in known}
    for each in outcomes:
        person = truth[each.record_id]
        for group in ("", f"role {each.role}", by.get(each.record_id, "?")):
            _count(found[group].counts, each, person, person in stands, truth)
        stands.add(person)
    return dict(found)


def _count(
    counts: Counter[str], each: Outcome, person: str, again: bool, truth: Mapping[str, str]
) -> None:
    counts["records"] += 1
    counts["again"] += again
    if each.outcome == "review":
        counts["review"] += 1
    elif each.outcome == "same":
        right = each.matched is not None and truth[each.matched] == person
        counts["joined" if right else "false"] += 1
    elif again:
        counts["split"] += 1


@dataclass(frozen=True)
class Bars:
    """What the matching is measured by."""

    automatic: float = 0.84
    human: float = 0.11
    split: float = 0.006
    febrl: float = 0.999
    number: float = 0.9998
    without_false: float = 0.998


BARS = Bars()


def misses(figures: Figures) -> list[str]:
    """The bars that a world's figures miss, in words."""
    told = {
        "Two people were made one.": figures.counts["false"] > 0,
        f"Fewer than {BARS.automatic} joined by machine.": figures.automatic < BARS.automatic,
        f"More than {BARS.human} left to a human.": figures.human > BARS.human,
        f"More than {BARS.split} split.": figures.split > BARS.split,
    }
    return [sentence for sentence, missed in told.items() if missed]
