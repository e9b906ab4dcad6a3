"""What was asked of the figures, and whether it was reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Figures = Mapping[str, Any]
Round = dict[str, dict[str, float]]
"""One round of the stage: figures by competitor."""


@dataclass(frozen=True)
class Bar:
    """One thing asked: `asked` is the least, or the most where more is worse."""

    words: str
    measured: float
    asked: float
    moonshot: float | None = None
    most: bool = False

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self._reaches(self.asked)

    @property
    def beyond(self) -> bool:
        """Whether the moonshot was reached too."""
        return self.moonshot is not None and self._reaches(self.moonshot)

    def _reaches(self, asked: float) -> bool:
        return self.measured <= asked if self.most else self.measured >= asked


def middle(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """The median of every figure."""
    return {
        name: {column: median(one[name][column] for one in rounds) for column in row}
        for name, row in rounds[0].items()
    }


def ratio(rounds: Sequence[Round], other: str) -> float:
    """How much faster the kit's stage is than another, each round by itself; the median."""
    times = (one["kit"]["per_second"] / one[other]["per_second"] for one in rounds)
    return round(median(times), 2)


def bars_of_stage(rounds: Sequence[Round]) -> list[Bar]:
    """Those for one stage."""
    p99 = middle(rounds)["kit"]["p99_ms"]
    return [
        Bar("stage: share of the limit written by hand", ratio(rounds, "by hand"), 0.3, 0.5),
        Bar("stage: times quixstreams, beside it", ratio(rounds, "quixstreams"), 1.0),
        Bar("stage: times the ordinary service, beside it", ratio(rounds, "ordinary"), 100.0),
        Bar("stage: p99 at 50 events/s, ms", p99, 40.0, most=True),
    ]


def bars_of_pipeline(figures: Figures) -> list[Bar]:
    """Those for the six services."""
    return [
        Bar("pipeline: incidents/s", figures["incidents_a_second"], 150.0, 500.0),
        Bar(
            f"pipeline: p99 to the last decision at {figures['a_second']:g}/s, ms",
            figures["p99_ms"],
            500.0,
            most=True,
        ),
        Bar("pipeline: memory of the services, MiB", figures["services_mib"], 700.0, most=True),
        Bar("pipeline: incidents not decided", figures["undecided"], 0.0, most=True),
    ]
