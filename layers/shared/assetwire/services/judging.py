"""Judging: what the house's rules, as they are now, say of an asset and each of its versions.

Rules may change between the moment that they were read and the write of what they said. So whoever writes reads the
rulebook again afterwards, one small item, and judges anew if it moved: either the writer notices the change, or the job
that the change began comes after the write.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset, Version
from assetwire.domain.errors import Conflict, NotUnderstood
from assetwire.domain.history import SYSTEM, change_between
from assetwire.domain.inspection import Inspection, Problem, Status
from assetwire.domain.metadata import FieldValue
from assetwire.domain.rules import Rule, Rulebook, RuleKind, Rules, shipped
from assetwire.domain.template import Template
from assetwire.domain.validation import no_template, validate
from assetwire.domain.vocabulary import Vocabulary
from assetwire.ports import Catalog
from assetwire.ports.rules import RuleStore
from assetwire.services.conflicts import decided

MOST_PROBLEMS = 100
"""Problems that an asset keeps at the most: the first ones say enough."""
_MOST_KEPT = 500


class Judged(NamedTuple):
    """An asset after it was judged, and the versions whose problems changed; the asset itself if nothing changed."""

    asset: Asset
    versions: list[Version]


class Judge:
    """Reads the rules that hold now, each version once, and judges by them."""

    def __init__(self, store: RuleStore) -> None:
        self._store = store
        self._kept: dict[tuple[RuleKind, str, int], Rule] = {}

    def rules(self, category: str) -> Rules:
        """Return what judges a category's assets now; the rulebook is read consistently."""
        return self.rules_in(self.book(), category)

    def book(self) -> Rulebook:
        """Return which versions hold now, read consistently."""
        return self._store.rulebook()

    def rules_in(self, rulebook: Rulebook, category: str) -> Rules:
        """Return what judges a category's assets by this rulebook."""
        template = self.rule(rulebook, RuleKind.TEMPLATE, category)
        if not isinstance(template, Template):
            return Rules(None, {})
        found = {name: self.rule(rulebook, RuleKind.VOCABULARY, name) for name in sorted(template.vocabularies)}
        return Rules(template, {name: each for name, each in found.items() if isinstance(each, Vocabulary)})

    def rule(self, rulebook: Rulebook, kind: RuleKind, name: str, version: int | None = None) -> Rule | None:
        """Return a template or vocabulary, as it holds by this rulebook or in one version; None if there is none."""
        wanted = rulebook.version(kind, name) if version is None else version
        if wanted is None:
            return None
        key = (kind, name, wanted)
        if key not in self._kept:
            found = self._read(*key)
            if found is None:
                return None
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = found
        return self._kept[key]

    def _read(self, kind: RuleKind, name: str, version: int) -> Rule | None:
        ours = shipped(kind).get(name)
        if ours is not None and ours.version == version:
            return ours
        text = self._store.text(kind, name, version)
        if text is None:
            return None
        try:
            return text.rule
        except ValueError as error:
            raise NotUnderstood(f"{kind} {name} version {version}: {error}"[:500]) from error


def problems_of(
    inspection: Inspection, fields: dict[str, FieldValue], category: str, rules: Rules
) -> tuple[Problem, ...]:
    """Return what the rules find wrong with a master that can be read; nothing more is said of one that cannot."""
    if inspection.status is not Status.ACCEPTED:
        return ()
    if rules.template is None:
        return (no_template(category),)
    return validate(fields, inspection, rules.template, rules.vocabularies)[:MOST_PROBLEMS]


def judged(asset: Asset, versions: Sequence[Version], rules: Rules, *, now: datetime, **changed: Any) -> Judged:
    """Return an asset with these changes, and its versions, as the rules judge them; the asset itself if all stays."""
    changed = {name: value for name, value in changed.items() if getattr(asset, name) != value}
    edited = asset.model_copy(update=changed)
    after = [judge_version(edited, version, rules) for version in versions]
    moved = [new for old, new in zip(versions, after, strict=True) if new is not old]
    if not changed and not moved:
        return Judged(asset, [])
    return Judged(asset.judged(after, now=now, **changed), moved)


def judge_asset(asset_id: str, *, catalog: Catalog, judge: Judge, now: datetime) -> Asset:
    """Judge one asset anew by the rules that hold now.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing it.
    """

    def attempt() -> Asset:
        asset = catalog.asset(asset_id)
        if asset.is_gone:
            return asset
        rules = judge.rules(asset.category)
        after = judged(asset, catalog.versions(asset_id), rules, now=now)
        if after.asset is not asset:
            change = change_between(asset, after.asset, by=SYSTEM, reason="judged anew")
            catalog.save_asset(after.asset, versions=after.versions, change=change)
        if judge.rules(asset.category).stamp != rules.stamp:
            raise Conflict(f"the rules of {asset_id} kept changing")
        return after.asset

    return decided(attempt)


def judge_version(asset: Asset, version: Version, rules: Rules) -> Version:
    """Return a version with what the rules find wrong with it, under its asset's category and edits."""
    fields = asset.model_copy(update={"inspection": version.inspection}).fields
    return version.judged(problems_of(version.inspection, fields, asset.category, rules))
