"""Bar codes as their modules, for pictures that tests draw."""

from assetwire.domain import gtin

_ODD = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
"""Modules of the digits 0 to 9, odd parity (set A). Source: ISO/IEC 15420, table 1; sets B and C follow from it."""
_FIRST = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")
"""Sets of the left half by the first digit, which is not printed as bars."""
_UPC_E = ("BBBAAA", "BBABAA", "BBAABA", "BBAAAB", "BABBAA", "BAABBA", "BAAABB", "BABABA", "BABAAB", "BAABAB")
"""Sets of a UPC-E of number system 0 by its check digit."""


def modules(number: str) -> str:
    """Return the modules of an EAN-13, a UPC-A, an EAN-8 or a UPC-E of number system 0."""

    def digit(value: str, set_: str) -> str:
        odd = _ODD[int(value)]
        even = odd.translate(str.maketrans("01", "10"))
        return {"A": odd, "B": even[::-1], "C": even}[set_]

    if len(number) == 8 and gtin.expand_upc_e(number):
        return "101" + "".join(map(digit, number[1:7], _UPC_E[int(number[7])])) + "010101"
    if len(number) == 8:
        return (
            "101" + "".join(map(digit, number[:4], "AAAA")) + "01010" + "".join(map(digit, number[4:], "CCCC")) + "101"
        )
    number = number.zfill(13)
    left, right = map(digit, number[1:7], _FIRST[int(number[0])]), map(digit, number[7:], "CCCCCC")
    return "101" + "".join(left) + "01010" + "".join(right) + "101"
