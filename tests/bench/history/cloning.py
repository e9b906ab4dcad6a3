"""A long history, as services would have left it: what they did once, many times over, long ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

REMEMBERED = 45
"""Days of the inbox; a longer history stands in no more of them."""
COLUMNS = """
SELECT column_name AS name, udt_name AS type FROM information_schema.columns
WHERE table_schema = $1 AND table_name = $2 AND is_identity = 'NO' ORDER BY ordinal_position
"""
GIN = """
SELECT indexname AS name, indexdef AS made FROM pg_indexes
WHERE schemaname = 'public' AND indexdef LIKE '%USING gin%'
"""
NAMES = frozenset({"reference", "subject", "mail_reference", "source_reference"})
"""Texts that are one thing's own."""


@dataclass(frozen=True)
class Kept:
    """A table that grows with every incident, and what is different about rows of long ago."""

    name: str
    schema: str = "public"
    past: Mapping[str, str] = field(default_factory=dict)
    """By column: SQL for a row whose business is over."""


DAYS = f"CASE WHEN day < '2000-01-01' THEN day ELSE day - (g % {REMEMBERED}) END"
"""What has no day of its own stays where it is."""
INBOX = Kept("inbox", "kit", {"day": DAYS})
SENDINGS = Kept("sendings", "kit", {"state": "'accepted'", "message": "NULL"})
HISTORY: Mapping[str, Sequence[Kept]] = {
    "police_notifications": [Kept("reports"), INBOX],
    "person_matching": [
        Kept("persons"),
        Kept("records"),
        Kept("revisions"),
        Kept("links"),
        Kept("tellings"),
        Kept("reviews", past={"stage": "'different'"}),
        INBOX,
        SENDINGS,
    ],
    "mash_screening": [
        Kept("cases", past={"waits": "false"}),
        Kept("heard"),
        Kept("case_files"),
        INBOX,
        SENDINGS,
    ],
    "school_alerts": [
        Kept("cases"),
        Kept("alerts", past={"stage": "CASE stage WHEN 'withheld' THEN stage ELSE 'ended' END"}),
        INBOX,
        SENDINGS,
    ],
    "idva_allocation": [
        Kept("cases", past={"awaits_meeting": "false", "live": "false"}),
        Kept("allocations", past={"stage": "'closed'"}),
        Kept("heard"),
        Kept("followed"),
        INBOX,
        SENDINGS,
    ],
    "victim_contact": [
        Kept("contact_groups"),
        Kept("leads", past={"ended_at": "granted_at - make_interval(hours => g)"}),
        Kept("places"),
        Kept("counters"),
        INBOX,
        SENDINGS,
    ],
}
"""By service; what does not grow with incidents (rosters, meetings, registers) stays as it is."""


async def clone(connection: Any, kept: Kept, times: int, over: timedelta) -> int:
    """Put a table's rows in so many times more, spread evenly over the past; how many it has."""
    columns = await connection.fetch(COLUMNS, kept.schema, kept.name)
    hours = over / timedelta(hours=1) / max(times, 1)
    told = {row["name"]: kept.past.get(row["name"]) or _past(row, hours) for row in columns}
    table = f"{kept.schema}.{kept.name}"
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(told)}) SELECT {', '.join(told.values())} "
        f"FROM {table}, generate_series(1, {times}) AS g",
        timeout=3600,
    )
    return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


def _past(column: Mapping[str, str], hours: float) -> str:
    name = column["name"]
    match column["type"]:
        case "uuid":
            return f"md5({name}::text || g)::uuid"
        case "_uuid":
            return f"ARRAY(SELECT md5(o::text || g)::uuid FROM unnest({name}) AS o)"
        case "_int8":
            return f"ARRAY(SELECT hashint8extended(o, g) FROM unnest({name}) AS o)"
        case "timestamptz":
            return f"{name} - make_interval(hours => 1) * {hours} * g"
        case "text" if name in NAMES:
            return f"{name} || '-' || g"
        case _:
            return name


async def without_gin(connection: Any) -> list[str]:
    """Drop inverted indexes, which are made faster when all is there; how to make them again."""
    found = await connection.fetch(GIN)
    for row in found:
        await connection.execute(f"DROP INDEX {row['name']}")
    return [row["made"] for row in found]
