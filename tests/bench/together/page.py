"""The figures as a page to keep: what was measured, on what, and what was asked."""

from collections.abc import Iterable, Mapping, Sequence

from tests.bench.together.bars import Bar, Figures

COLUMNS = {
    "per_second": "events/s",
    "cpu_s_per_10k": "CPU s per 10,000",
    "peak_mib": "peak MiB",
    "p50_ms": "p50 ms at 50/s",
    "p99_ms": "p99 ms at 50/s",
}
HEAD = """# Speed, as measured

Written by `make bench`. Real Kafka and PostgreSQL with durable settings, everything on one machine;
every decision of every competitor is checked. Where the load is well above the number of cores,
others were at work on the machine: rates and waits are then theirs as much as ours, while CPU
seconds, memory and the ratios of one round still compare.
"""


def page(
    machine: Mapping[str, str], stage: Mapping[str, Figures], pipeline: Figures, bars: Sequence[Bar]
) -> str:
    """The page."""
    told = [f"| {name} | {words} |" for name, words in machine.items()]
    return "\n".join(
        [
            HEAD,
            "## The machine\n",
            "| | |\n|---|---|",
            *told,
            "\n## One stage: inbox, state and outbox\n",
            _stage(stage),
            "\n`by hand` is the limit: the same stage in plain aiokafka and asyncpg, for this job",
            "alone. `ordinary` is a FastStream service with a transaction and a publish a message.",
            "\n## The pipeline of six services\n",
            _pipeline(pipeline),
            "\n## What was asked\n",
            _asked(bars),
            "",
        ]
    )


def _stage(stage: Mapping[str, Figures]) -> str:
    rows = ([name, *(_number(row[column]) for column in COLUMNS)] for name, row in stage.items())
    return _table(["", *COLUMNS.values()], rows)


def _pipeline(pipeline: Figures) -> str:
    cpu = pipeline["cpu_s_per_1000"]
    rows = (
        [name, f"{spent:.2f}", str(pipeline["mib"].get(name, ""))] for name, spent in cpu.items()
    )
    told = (
        f"{pipeline['incidents']:,} incidents of two persons and a child, narratives of 600 "
        f"characters, {pipeline['known']:,} persons known: {pipeline['incidents_a_second']:g}/s "
        f"decided, {pipeline['intake_a_second']:g}/s passed on by the intake. "
        f"At {pipeline['a_second']:g}/s from report to last decision "
        f"p50 {pipeline['p50_ms']:g} ms, p99 {pipeline['p99_ms']:g} ms. "
        f"The services together: {pipeline['services_mib']:g} MiB.\n"
    )
    return f"{told}\n" + _table(["part", "CPU s per 1,000 incidents", "MiB"], rows)


def _asked(bars: Iterable[Bar]) -> str:
    return _table(["", "measured", "asked", "met"], map(_bar, bars))


def _bar(bar: Bar) -> list[str]:
    asked = f"{'≤' if bar.most else '≥'} {bar.asked:g}"
    moonshot = f" (moonshot {bar.moonshot:g})" if bar.moonshot is not None else ""
    met = "yes, and the moonshot" if bar.beyond else "yes" if bar.met else "**no**"
    return [bar.words, _number(bar.measured), asked + moonshot, met]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *(["---:"] * (len(head) - 1))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
