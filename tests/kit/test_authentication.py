"""A token per sender: only its hash is kept, and a revoked one opens nothing."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import Request

from services.kit.authentication import Tokens, TokensWrong, issue, read_tokens, revoke
from services.kit.doorway import doorway, sender_at

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the tokens are kept."""
    return tmp_path / "secrets" / "tokens.json"


def test_a_token_opens_for_its_own_sender_alone(path: Path) -> None:
    police, housing = issue(path, "south-yorkshire-police", NOON), issue(path, "housing", NOON)
    tokens = Tokens(path)
    assert tokens.sender_of(f"Bearer {police}") == "south-yorkshire-police"
    assert tokens.sender_of(f"bearer {housing}") == "housing"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer é\udc80"])
def test_no_token_no_entry(path: Path, header: str | None) -> None:
    issue(path, "housing", NOON)
    assert Tokens(path).sender_of(header) is None


def test_nobody_enters_where_no_token_was_ever_issued(path: Path) -> None:
    assert Tokens(path).sender_of("Bearer x") is None
    assert Tokens(None).sender_of("Bearer x") is None


def test_only_the_hash_is_kept_and_only_the_owner_may_read_it(path: Path) -> None:
    token = issue(path, "housing", NOON)
    assert token not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_revoked_token_opens_nothing_from_then_on(path: Path) -> None:
    old, other = issue(path, "housing", NOON), issue(path, "health", NOON)
    tokens = Tokens(path)
    assert tokens.sender_of(f"Bearer {old}") == "housing"
    assert revoke(path, "housing") == 1
    assert tokens.sender_of(f"Bearer {old}") is None
    assert tokens.sender_of(f"Bearer {other}") == "health"
    assert revoke(path, "housing") == 0


def test_a_sender_may_hold_two_tokens_while_it_rotates(path: Path) -> None:
    both = [issue(path, "housing", NOON) for _ in range(2)]
    assert {Tokens(path).sender_of(f"Bearer {token}") for token in both} == {"housing"}
    assert len(read_tokens(path)) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tokens": [{"source": "a"}]}', '{"tokens": 5}'])
def test_a_broken_file_is_said_to_be_one(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(TokensWrong, match=r"tokens\.json"):
        read_tokens(path)


def test_while_an_edit_is_cut_short_those_known_so_far_still_enter(path: Path) -> None:
    token = issue(path, "housing", NOON)
    tokens = Tokens(path)
    assert tokens.sender_of(f"Bearer {token}") == "housing"
    whole = path.read_text()
    path.write_text(whole[:20])
    assert tokens.sender_of(f"Bearer {token}") == "housing"
    assert tokens.sender_of("Bearer x") is None
    path.write_text(whole)
    assert revoke(path, "housing") == 1
    assert tokens.sender_of(f"Bearer {token}") is None


def test_where_no_token_could_ever_be_read_nobody_is_judged(broken: Path) -> None:
    tokens = Tokens(broken)
    for _ in range(2):
        with pytest.raises(TokensWrong):
            tokens.sender_of("Bearer x")


@pytest.fixture
def broken(path: Path) -> Path:
    """A file of tokens whose edit was cut short."""
    path.parent.mkdir()
    path.write_text("{")
    return path


async def test_a_door_that_can_read_no_tokens_asks_to_try_again(broken: Path) -> None:
    app, tokens = doorway("a door"), Tokens(broken)

    @app.get("/")
    def enter(request: Request) -> str:
        return sender_at(request, tokens)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://door"
    ) as client:
        answer = await client.get("/", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize("source", ["", "a b", "../x", "a\n", "-a"])
def test_a_sender_is_a_code(path: Path, source: str) -> None:
    with pytest.raises(TokensWrong):
        issue(path, source, NOON)
