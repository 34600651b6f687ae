"""Numbers as GS1 gives them to products, made one by one, each in every form in which somebody may write it.

Sources: GS1 General Specifications, check digits 7.9, UPC-E 7.10; ISO 2108 for books. Nothing is read here, only made:
a number and what it is written as come from the same digits.
"""

from typing import NamedTuple

MAKES = ("gtin8", "upc_a", "upc_e", "gtin13", "case", "book")
"""What a number may be: of 8, 12, 13 and 14 digits, a UPC-A that has a short form, and a book's."""


class Number(NamedTuple):
    """A product's number: as 14 digits, as plain digits of every length that it has, and as only labels have it."""

    gtin14: str
    digits: tuple[str, ...]
    short: str = ""
    """UPC-E, or the ISBN of ten characters, if it has one."""


def number(make: str, serial: int) -> Number:
    """Return the number of a make that has this serial, from 0 to 9,999: no other has it."""
    match make:
        case "gtin8":
            return _padded(_checked(f"4{serial:06}"), 8)
        case "upc_a":
            return _padded(_checked(f"7{serial:010}"), 12)
        case "upc_e":
            return _with_upc_e(serial)
        case "gtin13":
            return _padded(_checked(f"400{serial:09}"), 13)
        case "case":
            return _padded(_checked(f"1400{serial:09}"), 14)
        case _:
            isbn = f"{serial:09}"
            return _padded(_checked(f"978{isbn}"), 13)._replace(short=isbn + _isbn_check(isbn))


def _padded(natural: str, length: int) -> Number:
    # GTIN-8 with zeros before it is not written as 12 or 13 digits: those prefixes are a shop's own.
    lengths = (8, 14) if length == 8 else tuple(each for each in (12, 13, 14) if each >= length)
    return Number(natural.zfill(14), tuple(natural.zfill(each) for each in lengths))


def _checked(body: str) -> str:
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


def _with_upc_e(serial: int) -> Number:
    """Return a UPC-A of the form 0 abc 00000 de, with c from 3 on: UPC-E shortens it to 0 abcde… with a 3 behind."""
    first, rest = divmod(serial, 700)
    middle, last = divmod(rest, 100)
    maker = f"{1 + first % 9}{first // 9 % 10}{3 + middle}"
    upc_a = _checked(f"0{maker}00000{last:02}")
    short = f"0{maker}{last:02}3{upc_a[-1]}"
    clear = _checked(short[:-1]) != short  # what is a GTIN-8 by its looks is nobody's UPC-E
    return _padded(upc_a, 12)._replace(short=short if clear else "")


def _isbn_check(nine: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    return "0123456789X"[-total % 11]
