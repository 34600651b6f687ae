"""Words of money: how a price, a cost or a margin is recognised by its name, in whatever casing and with whatever
separators.

Media truth has no prices: they belong to the PIM, change by the hour, and what a house pays is nobody else's business.
So whoever types one into a metadata field is told so, by name.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_STEMS = frozenset(
    """
    price prices pricing preis preise prix precio precios preco precos prezzo prezzi prijs prijzen
    cost costs costing kosten cout couts coste costes costo costos custo custos
    margin margins marge marges margen margenes margine margini margem
    wholesale markup markdown rabatt rebate discount retailprice
    """.split()
)
"""Words that say it alone, and as the end of a compound: `Einkaufspreis`, `unitprice`.

English, German, French, Spanish, Italian, Dutch, Portuguese. Left out is what means something else in another of them:
`cena` is a price in Polish and a dinner in Spanish.
"""
_LONG = 5
"""Letters from which on a word is looked for at the end of a compound: `scost` is no cost."""
_CODES = frozenset("msrp rrp srp uvp evp upe ek vk hek vek cogs pvp pvpr pvr ppc tarif tarifa tariff".split())
"""Short codes: recommended, purchase and selling prices. As a whole word only."""
_CURRENCIES = frozenset(
    "eur euro euros usd gbp chf jpy cny pln czk sek nok dkk huf ron cad aud inr brl mxn try".split()
)
_QUALIFIERS = _CURRENCIES | frozenset(
    "list liste net netto gross brutto excl incl tax vat mwst ht ttc each unit per min max old new value tag".split()
)
"""What may follow a word of money within a word: `pricenet`, `preiseur`."""
_INNOCENT = frozenset("caprice".split())

_SIGNS = "€$£¥₹₺₽₩₪₫฿¢"
_NAME_OF_CURRENCY = "|".join(sorted(_CURRENCIES))
_AMOUNT = re.compile(
    rf"(?:(?P<before>[{_SIGNS}]|\b(?:{_NAME_OF_CURRENCY})(?=[\W\d]))[)\]]?\s?|(?<![\w.,]))"
    rf"(?P<number>\d{{1,9}}(?:[.,'’ ]\d{{2,3}}){{0,4}})(?P<dash>[.,][-–—])?"
    rf"\s?(?P<after>[{_SIGNS}]|%|(?:{_NAME_OF_CURRENCY}|mm|cm|m|in|inch|px|pt|dpi|kg|g)\b)?"
)
_LENGTHS = frozenset("mm cm m in inch px pt dpi kg g".split())
"""After these, `margin: 5 mm` is a margin of paper."""
_CENTS = re.compile(r"[.,]\d\d$")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = " \t\r\n\"'“”„«»‹›‚‘’([{"
_BEFORE, _AFTER = 60, 20
"""Characters before and after an amount in which its name is looked for."""


def money_word(name: str) -> str | None:
    """Return the word of money in a field's name; None if there is none.

    Case, accents, full width, separators and camel case make no difference: `Purchase_Price`, `EK-Preis`, `prixHT`.
    """
    spaced = re.sub(r"(?<=[^\W\d_])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", " ", _visible(name))
    words = _WORD.findall(_plain(spaced))
    joined = "".join(words)
    spelled_out = all(len(word) <= 2 for word in words)  # p_r_i_c_e
    for word in (*words, *_WORD.findall(_plain(name)), joined):
        found = _stem(word, compound=word is not joined or spelled_out)
        if found:
            return found
    return None


def labelled_amount(text: str) -> str | None:
    """Return the word of money that labels an amount in a text, as in `EK: 4,50` or `Preis 12,99 €`.

    Without `:` or `=` between them, the amount has to have a currency, or to follow at once and look like one:
    `UVP 49,-`, `EK 4,50`. An amount without a name is none: a picture may well show a note of 50 €. Lengths are none:
    `margin: 5 mm`.
    """
    if not any(character.isnumeric() for character in text):  # most texts: there is nothing to look for
        return None
    plain = _plain(_visible(text))
    for amount in _AMOUNT.finditer(plain):
        if amount["after"] in _LENGTHS:
            continue
        for label in _labels(plain, amount):
            found = _stem(label, compound=True)
            if found:
                return found
    return None


def _labels(text: str, amount: "re.Match[str]") -> Iterator[str]:
    before = text[max(0, amount.start() - _BEFORE) : amount.start()].rstrip(_OPENING)
    separated = before.endswith((":", "="))
    priced = bool(amount["before"]) or bool(amount["after"])
    if separated:
        yield from _WORD.findall(re.split(r"[.,;!?\n]\s", before)[-1])[-3:]
    elif priced:
        yield from _WORD.findall(before)[-2:]
    elif (amount["dash"] or _CENTS.search(amount["number"])) and not text[amount.end() :].startswith("."):
        yield from _WORD.findall(before)[-1:]
    if priced:
        after = re.match(r"[\s(\[,/-]{0,3}([^\W\d_]{2,})", text[amount.end() : amount.end() + _AFTER])
        if after:
            yield after[1]


def _stem(word: str, *, compound: bool) -> str | None:
    return _known_stem(word if len(word) <= 60 else word[:30] + word[-30:], compound=compound)


@lru_cache(maxsize=4096)
def _known_stem(word: str, *, compound: bool) -> str | None:
    if word in _INNOCENT:
        return None
    if word in _STEMS or word in _CODES:
        return word
    if not compound:
        return None
    for stem in sorted(_STEMS):
        if len(stem) >= _LONG and word.endswith(stem):
            return stem
        if word.startswith(stem) and word.removeprefix(stem) in _QUALIFIERS:
            return stem
    return None


def _visible(text: str) -> str:
    """Return a text without characters that nobody sees, in Unicode's compatible form: full width becomes plain."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(character for character in plain if unicodedata.category(character) != "Cf")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
