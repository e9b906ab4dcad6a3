"""`onward keys`: make an installation's secrets, and see which keys are still needed."""

import base64
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.table import Table

from services.ops.output import as_json, console
from services.ops.places import current_dir
from services.ops.platform import SERVICES, Addresses, reached_platform
from services.ops.platform.addresses import new_passwords
from services.ops.roster import write_keyrings
from services.ops.shutdown import run_until_stopped

app = typer.Typer(no_args_is_help=True, help="Keys: make them, and count what they still open.")

PASSWORDS = "passwords.env"
PARTS = re.compile(r"eyJ[\w-]+(?=\.\.[\w-]+\.[\w-]+\.[\w-]+)")
"""The protected header of a part sealed with a direct key."""
COLUMNS = """
SELECT table_schema, table_name, column_name FROM information_schema.columns
WHERE table_schema IN ('public', 'kit') AND data_type IN ('text', 'jsonb', 'bytea')
ORDER BY 1, 2, 3
"""

Folder = Annotated[Path, typer.Argument(help="Where the secrets go; readable by you alone.")]
AsJson = Annotated[bool, typer.Option("--json", help="The counts as one line of JSON.")]


@app.command()
def issue(folder: Folder) -> None:
    """Write a keyring for each service and a password for each login; what is there stays."""
    write_keyrings(folder)
    path = folder / PASSWORDS
    if not path.exists():
        lines = [f"{name.upper()}_PASSWORD={word}\n" for name, word in new_passwords().items()]
        # Containers run as whoever may read these files.
        lines += [f"ONWARD_UID={os.getuid()}\n", f"ONWARD_GID={os.getgid()}\n"]
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(lines)
    console.print(f"Keyrings and passwords of {len(SERVICES)} services are in {folder}.")


@app.command()
def count(json: AsJson = False) -> None:
    """Count the sealed parts that each service keeps, by the id of the key that opens them."""
    found = run_until_stopped(_counted())
    if json:
        as_json(found)
        return
    table = Table("service", "key", "parts")
    for service, keys in found.items():
        for kid, parts in sorted(keys.items()):
            table.add_row(service, kid, f"{parts:,}")
    console.print(table)


async def _counted() -> dict[str, dict[str, int]]:
    async with reached_platform(current_dir()) as addresses:
        return {name: dict(await parts_by_key(addresses, name)) for name in SERVICES}


async def parts_by_key(addresses: Addresses, service: str) -> Counter[str]:
    """The sealed parts in a service's database, by key id, wherever they stand."""
    connection = await asyncpg.connect(addresses.dsn(service))
    counts: Counter[str] = Counter()
    try:
        for column in await connection.fetch(COLUMNS):
            counts += await _in_column(connection, *column)
    finally:
        await connection.close()
    return counts


async def _in_column(connection: Any, schema: str, table: str, column: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    async with connection.transaction():
        rows = connection.cursor(f'SELECT "{column}" FROM "{schema}"."{table}"')
        async for [value] in rows:
            counts.update(kids_in(value))
    return counts


def kids_in(value: str | bytes | None) -> list[str]:
    """The key ids of the sealed parts in a value; what only looks like one has none."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else value or ""
    return [kid for header in PARTS.findall(text) if (kid := _kid(header)) is not None]


def _kid(header: str) -> str | None:
    try:
        read = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return None
    return read.get("kid") if isinstance(read, dict) else None
