"""Libraries that draw on a terminal with rich where they find it, in processes that have none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_rich() -> Iterator[None]:
    """What is imported meanwhile does not find rich: it takes 4 MiB in each process, and its
    tracebacks show the values of variables, which no log may hold.
    """
    absent = "rich" not in sys.modules
    if absent:
        sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules["rich"]
