"""One database and one login per service, so that none can enter another's."""

from collections.abc import Mapping

import asyncpg

from services.ops.platform.addresses import SERVICES, PostgresServer

LOGINS = "SELECT rolname FROM pg_roles WHERE rolname = ANY($1::text[])"


async def make_databases(server: PostgresServer, passwords: Mapping[str, str]) -> None:
    """Make each service's login and database; those that are there stay as they are."""
    connection = await asyncpg.connect(server.dsn())
    try:
        known = {row[0] for row in await connection.fetch("SELECT datname FROM pg_database")}
        for service, password in passwords.items():
            await _make_login(connection, service, password)
        for service in passwords:
            if service not in known:
                await _make_database(connection, service)
    finally:
        await connection.close()


async def has_logins(server: PostgresServer) -> bool:
    """Whether any service has a login there."""
    connection = await asyncpg.connect(server.dsn())
    try:
        return bool(await connection.fetch(LOGINS, list(SERVICES)))
    finally:
        await connection.close()


async def _make_login(connection: asyncpg.Connection, service: str, password: str) -> None:
    # Services that run enter with the password that a login has: nobody gives it another one.
    if await connection.fetch(LOGINS, [service]):
        return
    literal = await connection.fetchval("SELECT quote_literal($1::text)", password)
    await connection.execute(f"CREATE ROLE {_identifier(service)} LOGIN PASSWORD {literal}")


async def _make_database(connection: asyncpg.Connection, service: str) -> None:
    name = _identifier(service)
    # FILE_COPY of the empty template is several times faster than the default WAL_LOG.
    await connection.execute(
        f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0 STRATEGY file_copy"
    )
    await connection.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")


async def drop_databases(server: PostgresServer, services: Mapping[str, str]) -> None:
    """Drop the services' databases; their logins stay."""
    connection = await asyncpg.connect(server.dsn())
    try:
        for service in services:
            await connection.execute(f"DROP DATABASE IF EXISTS {_identifier(service)} WITH (FORCE)")
    finally:
        await connection.close()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
