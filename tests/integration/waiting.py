"""Waiting for processes that only show by their ports and files how far they are."""

import time
from collections.abc import Callable

import httpx

LOOK_EVERY = 0.25


def ready(port: int) -> bool:
    """Whether the service at that port says that it is ready."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def until(condition: Callable[[], bool], within: float) -> None:
    """Return when it holds; fail where it does not within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(LOOK_EVERY)
