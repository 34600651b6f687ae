"""Applied specs: once for each change, again when older code has ended, and at each moment that specs name."""

from datetime import timedelta

import pytest

from assetwire.domain.applied_specs import SECOND_LOOK, AppliedSpecs, apply_book
from assetwire.domain.spec_book import SpecBook
from fakes.channel_files import editions_from
from fakes.some import NOW

HOUR = timedelta(hours=1)
BOOK = SpecBook((), editions_from(NOW - HOUR, NOW + HOUR, NOW + 2 * HOUR))
PLAIN = SpecBook(())


def record(book: SpecBook = BOOK, **fields: object) -> AppliedSpecs:
    known = {"digest": book.digest, "applied_at": NOW - HOUR, "due_at": NOW + HOUR, "revision": 3}
    return AppliedSpecs.model_validate(known | fields)


@pytest.mark.parametrize(
    ("book", "known", "due_at", "revision"),
    [
        (BOOK, None, NOW + HOUR, 0),
        (PLAIN, None, None, 0),
        (BOOK, record(digest="other"), NOW + SECOND_LOOK, 4),
        (PLAIN, record(digest="other"), NOW + SECOND_LOOK, 4),
        (SpecBook((), editions_from(NOW + HOUR / 60)), record(), NOW + HOUR / 60, 4),
        (BOOK, record(due_at=NOW), NOW + HOUR, 4),
        (PLAIN, record(PLAIN, due_at=NOW), None, 4),
    ],
    ids=["first", "first, undated", "changed", "changed, undated", "changed, soon", "due", "second look"],
)
def test_specs_are_applied(book: SpecBook, known: AppliedSpecs | None, due_at: object, revision: int) -> None:
    applied = apply_book(book, known, now=NOW)
    assert applied == AppliedSpecs(digest=book.digest, applied_at=NOW, due_at=due_at, revision=revision)
    assert apply_book(book, applied, now=NOW) is None


@pytest.mark.parametrize("known", [record(), record(PLAIN, due_at=None)])
def test_specs_that_are_applied_are_left_alone(known: AppliedSpecs) -> None:
    assert apply_book(BOOK if known.due_at else PLAIN, known, now=NOW) is None


def test_a_moment_that_passed_while_nobody_looked_is_made_up_for_once() -> None:
    late = NOW + 3 * HOUR
    applied = apply_book(BOOK, record(), now=late)
    assert applied is not None
    assert applied.due_at is None
    assert apply_book(BOOK, applied, now=late + HOUR) is None
