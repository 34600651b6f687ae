"""The house's rules as the Catalog keeps them: every version of templates and vocabularies, and who changed what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from assetwire.domain.difference import differences
from assetwire.domain.model import Instant, Value
from assetwire.domain.template import Template, shipped_templates
from assetwire.domain.vocabulary import Name, Vocabulary, shipped_vocabularies

LARGEST_RULE = 350_000
"""Bytes of a template or vocabulary as JSON at the most: an item of the Catalog holds 400 KB."""
_MOST_CHANGES = 200
_NOT_COMPARED = frozenset({"version"})


class RuleKind(StrEnum):
    """What a rule is."""

    TEMPLATE = "template"
    VOCABULARY = "vocabulary"


Rule = Template | Vocabulary


class RuleText(Value):
    """One version of a template or vocabulary, as JSON; written once."""

    kind: RuleKind
    name: Name
    version: int
    text: str

    @property
    def rule(self) -> Rule:
        """The template or vocabulary that the text holds."""
        model = Template if self.kind is RuleKind.TEMPLATE else Vocabulary
        return model.model_validate_json(self.text)


class RuleChange(Value):
    """An entry of the change log: who made which version, when and why, and what is different."""

    kind: RuleKind
    name: Name
    version: int
    by: str = ""
    at: Instant
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    changes: tuple[str, ...] = ()
    job_id: str | None = None
    """The job that validates the affected assets anew."""


class Rulebook(Value):
    """Which version of each template and vocabulary holds now; those that ship with the code stand where none is named.

    Its revision says whether anything changed since it was read last: one small read tells.
    """

    templates: dict[str, int] = Field(default_factory=dict)
    vocabularies: dict[str, int] = Field(default_factory=dict)
    revision: int = -1

    def version(self, kind: RuleKind, name: str) -> int | None:
        """Return the version that holds now; None if there is no such template or vocabulary."""
        kept = self.templates if kind is RuleKind.TEMPLATE else self.vocabularies
        found = shipped(kind).get(name)
        return kept.get(name, found.version if found else None)

    def names(self, kind: RuleKind) -> list[str]:
        """Return the name of every template or vocabulary, sorted."""
        kept = self.templates if kind is RuleKind.TEMPLATE else self.vocabularies
        return sorted(kept.keys() | shipped(kind).keys())

    def with_version(self, kind: RuleKind, name: str, version: int) -> "Rulebook":
        """Return this with another version of one template or vocabulary."""
        field = "templates" if kind is RuleKind.TEMPLATE else "vocabularies"
        return self.model_copy(update={field: {**getattr(self, field), name: version}, "revision": self.revision + 1})


class Rules(NamedTuple):
    """What judges the assets of one category: its template, and the vocabularies that this needs."""

    template: Template | None
    vocabularies: Mapping[str, Vocabulary]

    @property
    def stamp(self) -> tuple[object, ...]:
        """Differs where the versions do."""
        versions = sorted((name, vocabulary.version) for name, vocabulary in self.vocabularies.items())
        return (self.template.version if self.template else None, *versions)


def shipped(kind: RuleKind) -> Mapping[str, Rule]:
    """Return the templates or vocabularies that ship with the code, by name."""
    return shipped_templates() if kind is RuleKind.TEMPLATE else shipped_vocabularies()


def changes(old: Rule | None, new: Rule) -> tuple[str, ...]:
    """Return what changed, a line each; more than 200 lines are counted, not listed."""
    found = [str(change) for change in differences(old, new, but=_NOT_COMPARED)]
    if len(found) > _MOST_CHANGES:
        return (*found[:_MOST_CHANGES], f"… and {len(found) - _MOST_CHANGES} more")
    return tuple(found)
