"""Controlled vocabularies: the terms that a field may hold, with their names in each language.

A vocabulary is data, versioned as a whole. A term is named by its id, its notation, a label or a synonym; spelling is
compared without case, accents, width and spacing, and `https` counts as `http`: both forms of standard ids are about.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from assetwire.domain.data_files import shipped
from assetwire.domain.model import Value

LONGEST_TEXT = 1000
"""Characters of a text that is looked up at the most: a longer one is no term."""
MOST_TERMS = 5000
ANY_LANGUAGE = "x-default"

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
"""The name of a vocabulary or of a template; a template's is the category that it judges."""
Locale = Annotated[str, StringConstraints(pattern=r"^(x-default|[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,4})$")]
"""A language tag of RFC 5646, or `x-default`."""
TermId = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]{1,200}$")]
Label = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", min_length=1, max_length=200, strip_whitespace=True)
]


class Term(Value):
    """One term: what it is called, what it belongs below, and what took its place."""

    id: TermId
    """What is stored: for terms of a standard, the standard's own identifier."""
    notation: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=64)] = ""
    """A short code, as `AL-CRP`; empty for none."""
    labels: Annotated[dict[Locale, Label], Field(min_length=1, max_length=60)]
    """One preferred name a language."""
    synonyms: Annotated[
        dict[Locale, Annotated[tuple[Label, ...], Field(min_length=1, max_length=50)]],
        Field(max_length=60, default_factory=dict),
    ]
    broader: Annotated[tuple[TermId, ...], Field(max_length=10)] = ()
    """The terms that this one is a kind of."""
    deprecated: bool = False
    replaced_by: TermId | None = None
    """The term to use instead; only of a deprecated one."""


class Resolved(NamedTuple):
    """What a text names: one term, or none; more than one in `candidates` (ids, sorted) is refused."""

    term: Term | None
    candidates: tuple[str, ...] = ()


class Vocabulary(Value):
    """A named set of terms."""

    name: Name
    version: Annotated[int, Field(ge=1)] = 1
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    description: Annotated[str, StringConstraints(max_length=2000)] = ""
    source: Annotated[str, StringConstraints(max_length=500)] = ""
    """Where the terms come from, such as the address of a standard."""
    terms: Annotated[tuple[Term, ...], Field(max_length=MOST_TERMS)] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        wrong = list(_inconsistencies(self.terms))
        if wrong:
            raise ValueError("; ".join(wrong[:10]))
        return self

    def resolve(self, text: str, locale: str | None = None) -> Resolved:
        """Return the term that a text names: by id, by notation, then by label or synonym.

        A locale keeps to labels of that language (`de-AT` also takes `de`'s) and of `x-default`. Where a name is both a
        deprecated term's and another's, it is the other's.
        """
        if len(text) > LONGEST_TEXT:
            return Resolved(None)
        folded = fold(text)
        known = self._codes.get(folded)
        if known is not None:
            return Resolved(known)
        languages = None if locale is None else {ANY_LANGUAGE, locale.lower(), locale.lower().partition("-")[0]}
        found = {
            term.id: term
            for language, term in self._names.get(folded, ())
            if languages is None or language in languages
        }
        living = [term for term in found.values() if not term.deprecated] or list(found.values())
        if len(living) == 1:
            return Resolved(living[0])
        return Resolved(None, tuple(sorted(term.id for term in living)))

    def code(self, text: str) -> Term | None:
        """Return the term whose id or notation this is, spelled as it is defined."""
        term = self._codes.get(fold(text)) if len(text) <= LONGEST_TEXT else None
        return term if term is not None and text in {term.id, term.notation} else None

    def is_below(self, term: str, broader: str) -> bool:
        """Tell whether a term is `broader` itself or, over however many steps, a kind of it."""
        return broader in self._above(term)

    def __copy__(self) -> Self:
        copied = super().__copy__()
        for name in ("_by_id", "_codes", "_names"):  # a copy may get other terms: it looks them up by itself
            copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def _by_id(self) -> Mapping[str, Term]:
        return {term.id: term for term in self.terms}

    @cached_property
    def _codes(self) -> Mapping[str, Term]:
        notations = {fold(term.notation): term for term in self.terms if term.notation}
        return notations | {fold(term.id): term for term in self.terms}

    @cached_property
    def _names(self) -> Mapping[str, list[tuple[str, Term]]]:
        names: dict[str, list[tuple[str, Term]]] = {}
        for term in self.terms:
            for language, name in _named(term):
                names.setdefault(fold(name), []).append((language.lower(), term))
        return names

    def _above(self, term: str) -> set[str]:
        seen, waiting = set[str](), [term]
        while waiting:
            current = waiting.pop()
            if current not in seen and current in self._by_id:
                seen.add(current)
                waiting.extend(self._by_id[current].broader)
        return seen


_ONE_SPELLING = str.maketrans("\u2018\u2019\u02bc\u2010\u2011\u2012\u2013\u2014\u2212", "'''------")
"""Apostrophes and dashes, which keyboards and word processors write in many ways."""


def fold(text: str) -> str:
    """Return a text as it is compared: composed compatibly (NFKC), without case, accents, format characters or extra
    spaces.
    """
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).translate(_ONE_SPELLING).casefold())
    kept = "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Cf"})
    words = " ".join(unicodedata.normalize("NFKC", kept).split())
    return "http://" + words.removeprefix("https://") if words.startswith("https://") else words


def _named(term: Term) -> Iterator[tuple[str, str]]:
    yield from term.labels.items()
    for language, synonyms in term.synonyms.items():
        yield from ((language, synonym) for synonym in synonyms)


def _inconsistencies(terms: tuple[Term, ...]) -> Iterator[str]:
    by_id = {term.id: term for term in terms}
    yield from _twice("id", (fold(term.id) for term in terms))
    yield from _twice("notation", (fold(term.notation) for term in terms if term.notation))
    codes = {fold(term.id): term.id for term in terms}
    for term in terms:
        if term.notation and codes.get(fold(term.notation), term.id) != term.id:
            yield f"notation {term.notation!r} of {term.id} is another term's id"
        yield from (f"{term.id} has the broader term {b!r}, which is none" for b in term.broader if b not in by_id)
        if term.replaced_by is None:
            continue
        successor = by_id.get(term.replaced_by)
        if not term.deprecated:
            yield f"{term.id} is replaced but not deprecated"
        if successor is None:
            yield f"{term.id} is replaced by {term.replaced_by!r}, which is no term"
        elif successor.deprecated:
            yield f"{term.id} is replaced by {term.replaced_by!r}, which is deprecated itself"
    try:
        TopologicalSorter({term.id: term.broader for term in terms}).prepare()
    except CycleError as error:
        yield f"a term is broader than itself: {' > '.join(error.args[1])}"


def _twice(what: str, values: Iterable[str]) -> Iterator[str]:
    seen = set[str]()
    for value in values:
        if value in seen:
            yield f"two terms have the {what} {value!r}"
        seen.add(value)


@cache
def shipped_vocabularies() -> Mapping[str, Vocabulary]:
    """Return the vocabularies that ship with the code, by name."""
    return {vocabulary.name: vocabulary for vocabulary in shipped("vocabularies", Vocabulary)}
