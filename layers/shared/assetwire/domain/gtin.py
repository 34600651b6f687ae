"""GTINs: their four lengths, their check digit, one normal form, and the numbers that only look like them.

Figures from the GS1 General Specifications, release 24: check digit 7.9, UPC-E 7.10 and 5.2.2.4.2, prefixes 1.4.2 and
1.4.3.
"""

from enum import StrEnum

LENGTHS = (8, 12, 13, 14)
"""Digits of GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13) and GTIN-14 (ITF-14, GS1 element strings)."""


class Use(StrEnum):
    """What a number of GS1's was given for; its value is the `kind` of an identifier."""

    GTIN = "gtin"
    """A trade item, books and magazines aside."""
    ISBN = "isbn"
    """A book or sheet music, 978 and 979: a GTIN as well."""
    ISSN = "issn"
    """A periodical, 977: a GTIN as well."""
    RESTRICTED = "restricted"
    """02, 04, 20 to 29 and their UPC and 8-digit likes: a shop's own numbers, prices and weights. No GTIN."""
    COUPON = "coupon"
    """05, 98 and 99: a coupon or a refund receipt. No GTIN."""
    UNASSIGNED = "unassigned"
    """14 to 19: given to nobody. No GTIN; Japan's second code of books, 191 and 192, holds a price."""


_GTINS = frozenset({Use.GTIN, Use.ISBN, Use.ISSN})


def check_digit(body: str) -> str:
    """Return the check digit of the digits before it: weights 3 and 1 by turns from the right, modulo 10."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def is_sound(number: str) -> bool:
    """Tell whether these are 8, 12, 13 or 14 ASCII digits of which the last is the check digit of the others.

    Nothing but zeros passes the sum and is no number that anybody was given.
    """
    return (
        len(number) in LENGTHS
        and number.isascii()
        and number.isdigit()
        and number.strip("0") != ""
        and check_digit(number[:-1]) == number[-1]
    )


def expand_upc_e(number: str) -> str | None:
    """Return the UPC-A (12 digits) that 8 digits of UPC-E stand for; None if they are not one.

    A number that the rules would have shortened in another way is none.
    """
    if len(number) != 8 or not (number.isascii() and number.isdigit()) or number[0] not in "01":
        return None
    system, body, check = number[0], number[1:7], number[7]
    last = body[5]
    match last:
        case "0" | "1" | "2":
            expanded = body[:2] + last + "0000" + body[2:5]
        case "3" if body[2] not in "012":
            expanded = body[:3] + "00000" + body[3:5]
        case "4" if body[3] != "0":
            expanded = body[:4] + "00000" + body[4]
        case "5" | "6" | "7" | "8" | "9" if body[4] != "0":
            expanded = body[:5] + "0000" + last
        case _:
            return None
    upc_a = system + expanded + check
    return upc_a if is_sound(upc_a) else None


def use(number: str) -> Use | None:
    """Return what a sound number was given for, judged by its GS1 prefix; None if it is not sound."""
    if not is_sound(number):
        return None
    if len(number) == 8:
        return _use_of_8(number)
    thirteen = number[1:] if len(number) == 14 else number.zfill(13)
    # A GTIN-8 and a GTIN-12 inside a GTIN-14 keep their own prefixes behind the zeros.
    if thirteen.startswith("00000"):
        return _use_of_8(thirteen[5:]) if len(number) == 14 else Use.RESTRICTED
    return _use_of_13(thirteen)


def gtin14(number: str) -> str | None:
    """Return the normal form, 14 digits, of a number that is a GTIN; None for everything else."""
    return number.zfill(14) if use(number) in _GTINS else None


def isbn13(isbn10: str) -> str | None:
    """Return the ISBN-13 of an ISBN-10 (10 characters, its check character right); None if it is not one."""
    body, check = isbn10[:9], isbn10[9:].upper()
    if len(isbn10) != 10 or not (body.isascii() and body.isdigit()):
        return None
    remainder = -sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
    if check != "0123456789X"[remainder] or body.strip("0") == "":
        return None
    return f"978{body}{check_digit('978' + body)}"


def _use_of_8(number: str) -> Use:
    # GS1-8 prefixes 000 to 099 and 200 to 299 stay within a company; 140 to 199 and 977 on are given to nobody.
    prefix = int(number[:3])
    if prefix < 100 or 200 <= prefix < 300:
        return Use.RESTRICTED
    return Use.UNASSIGNED if 140 <= prefix < 200 or prefix >= 977 else Use.GTIN


def _use_of_13(number: str) -> Use:
    prefix = int(number[:3])
    if 20 <= prefix < 30 or 40 <= prefix < 50 or 200 <= prefix < 300 or number.startswith("0000000"):
        return Use.RESTRICTED
    if 50 <= prefix < 60 or prefix >= 980:
        return Use.COUPON
    if 140 <= prefix < 200:
        return Use.UNASSIGNED
    if prefix == 977:
        return Use.ISSN
    return Use.ISBN if prefix in {978, 979} else Use.GTIN
