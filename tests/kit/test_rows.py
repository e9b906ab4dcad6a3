"""Rows in memory: what changed, and what is found by what it holds."""

from dataclasses import dataclass, replace
from operator import attrgetter

from services.kit.rows import Rows


@dataclass(frozen=True)
class Book:
    """A record with something to be found by."""

    number: int
    readers: tuple[str, ...]


def shelf(*books: Book) -> Rows[int, Book]:
    return Rows[int, Book](attrgetter("number"), books)


def test_a_lookup_follows_every_change() -> None:
    first, second = Book(1, ("ann", "bea")), Book(2, ("bea",))
    books = shelf(first)
    readers = books.by(attrgetter("readers"))
    books.put(second)
    assert readers.of("bea") == [first, second]
    books.put(replace(first, readers=("cy",)))
    assert (readers.of("ann"), readers.of("bea")) == ([], [second])
    books.remove(2)
    assert (readers.of("bea"), readers.of("nobody")) == ([], [])


def test_a_record_that_holds_several_of_the_values_is_found_once() -> None:
    book = Book(1, ("ann", "bea"))
    assert shelf(book).by(attrgetter("readers")).among(["ann", "bea", "cy"]) == [book]


def test_what_changed_and_what_was_removed_is_what_a_save_writes() -> None:
    kept, changed, gone = Book(1, ()), Book(2, ()), Book(3, ())
    books = shelf(kept, changed, gone)
    books.put(kept)
    books.put(replace(changed, readers=("ann",)))
    books.remove(3)
    assert books.changed() == [Book(2, ("ann",))]
    assert books.removed() == [3]
