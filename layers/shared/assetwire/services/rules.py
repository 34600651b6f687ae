"""Templates and vocabularies as people administer them: list, read, change, and what a change sets going."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from assetwire.domain import ids
from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.job import Job
from assetwire.domain.rules import LARGEST_RULE, Rule, Rulebook, RuleChange, RuleKind, RuleText, changes, shipped
from assetwire.domain.template import Template
from assetwire.domain.vocabulary import Vocabulary
from assetwire.ports.rules import RuleStore
from assetwire.services.cursors import LARGEST_PAGE, ChangePage, number_of, numbered_page
from assetwire.services.judging import Judge

REVALIDATE = "revalidate"
"""The kind of the job that judges the assets of some categories anew."""
_ATTEMPTS = 8


class Listed(NamedTuple):
    """A template or vocabulary in a list."""

    name: str
    version: int
    title: str
    shipped: bool


class Changed(NamedTuple):
    """A template or vocabulary as it holds now, and the entry of the change log that made it; None if all stays."""

    rule: Rule
    change: RuleChange | None

    @property
    def answer(self) -> dict[str, Any]:
        """What whoever changed it is told: the version that holds now, and what changed."""
        change = self.change.model_dump(mode="json") if self.change else None
        return {"name": self.rule.name, "version": self.rule.version, "change": change}


def list_rules(kind: RuleKind, *, store: RuleStore, judge: Judge) -> list[Listed]:
    """Return every template or vocabulary that holds now, by name."""
    book = store.rulebook()
    found = []
    for name in book.names(kind):
        rule = judge.rule(book, kind, name)
        if rule is not None:
            found.append(Listed(name, rule.version, rule.title, rule is shipped(kind).get(name)))
    return found


def read_rule(kind: RuleKind, name: str, *, version: int | None = None, store: RuleStore, judge: Judge) -> Rule:
    """Return a template or vocabulary, as it holds now or in one version.

    Raises:
        NotFound: there is none.
    """
    found = judge.rule(store.rulebook(), kind, name, version)
    if found is None:
        raise NotFound(
            f"no {kind} {name[:64]!r}" + (f" in version {version}" if version else ""), code=f"{kind}_not_found"
        )
    return found


def read_change_log(
    kind: RuleKind, name: str, *, limit: int = LARGEST_PAGE, cursor: str | None = None, store: RuleStore
) -> ChangePage[RuleChange]:
    """Return who changed a template or vocabulary, newest first; nothing for one that is as it ships.

    Raises:
        NotFound: there is none of this name.
        InvalidRequest: the cursor is not one of a change log's.
    """
    before = number_of(cursor, of="a change log")
    if store.rulebook().version(kind, name) is None:
        raise NotFound(f"no {kind} {name[:64]!r}", code=f"{kind}_not_found")
    return numbered_page(
        lambda most: store.change_log(kind, name, limit=most, before=before), lambda change: change.version, limit=limit
    )


def put_rule(
    kind: RuleKind,
    name: str,
    body: str,
    *,
    if_version: int | None = None,
    reason: str = "",
    by: str = "",
    store: RuleStore,
    judge: Judge,
    now: datetime,
) -> Changed:
    """Make a new version of a template or vocabulary; the assets that it judges are validated anew in the background.

    What is the same as now makes no version and no job, whatever version it is based on: the same change twice is one.

    Raises:
        InvalidRequest: it is no template or vocabulary, is not of this name, or names a vocabulary that there is not.
        Conflict: the current version is not `if_version`, or others kept changing the rules.
    """
    asked = _parsed(kind, name, body)
    for _ in range(_ATTEMPTS):
        book = store.rulebook()
        version = book.version(kind, name)
        old = judge.rule(book, kind, name)
        new = asked.model_copy(update={"version": (version or 0) + 1})
        different = changes(old, new)
        if old is not None and not different:
            return Changed(old, None)
        if if_version is not None and if_version != (version or 0):
            raise Conflict(f"{kind} {name} is at version {version or 0}, not {if_version}", code="version")
        _require_vocabularies(asked, book)
        changed = book.with_version(kind, name, new.version)
        job = _job(kind, name, new.version, _affected(kind, name, changed, judge), by=by, now=now)
        text = RuleText(kind=kind, name=name, version=new.version, text=_json(new))
        change = RuleChange(
            kind=kind,
            name=name,
            version=new.version,
            by=by,
            at=now,
            reason=reason,
            changes=different,
            job_id=job.job_id if job else None,
        )
        try:
            store.change_rule(changed, text, change, job)
        except Conflict:
            continue
        return Changed(new, change)
    raise Conflict(f"others kept changing the rules while {kind} {name} was changed")


def _parsed(kind: RuleKind, name: str, body: str) -> Rule:
    if len(body) > 2 * LARGEST_RULE:
        raise InvalidRequest(f"a {kind} has at most {LARGEST_RULE} bytes as JSON", code="rule_too_large")
    model: type[Rule] = Template if kind is RuleKind.TEMPLATE else Vocabulary
    try:
        found = model.model_validate_json(body)
    except ValidationError as error:
        problems = tuple(
            {"code": e["type"], "field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()[:50]
        )
        raise InvalidRequest(f"this is no {kind}", code=f"invalid_{kind}", problems=problems) from error
    if found.name != name:
        raise InvalidRequest(f"the body is named {found.name!r}, the path {name[:64]!r}", code="name_mismatch")
    if len(_json(found).encode()) > LARGEST_RULE:
        raise InvalidRequest(f"a {kind} has at most {LARGEST_RULE} bytes as JSON", code="rule_too_large")
    return found


def _require_vocabularies(rule: Rule, book: Rulebook) -> None:
    if isinstance(rule, Template):
        known = set(book.names(RuleKind.VOCABULARY))
        missing = sorted(rule.vocabularies - known)
        if missing:
            problems = tuple(
                {"code": "unknown_vocabulary", "field": f"fields.{field}.vocabulary.name", "message": "there is none"}
                for field, asked in sorted(rule.fields.items())
                if asked.vocabulary and asked.vocabulary.name in missing
            )
            message = f"no vocabulary {', '.join(missing)}"
            raise InvalidRequest(message, code="unknown_vocabulary", problems=problems)


def _affected(kind: RuleKind, name: str, book: Rulebook, judge: Judge) -> list[str]:
    """Return the categories that a change concerns: the template's own, or those whose template uses the vocabulary."""
    if kind is RuleKind.TEMPLATE:
        return [name]
    templates = (judge.rule(book, RuleKind.TEMPLATE, template) for template in book.names(RuleKind.TEMPLATE))
    return [each.name for each in templates if isinstance(each, Template) and name in each.vocabularies]


def _job(kind: RuleKind, name: str, version: int, categories: list[str], *, by: str, now: datetime) -> Job | None:
    if not categories:
        return None
    cause = f"{kind.value} {name} version {version}"
    request: dict[str, Any] = {"categories": categories, "cause": cause}
    return Job.started(ids.job_id(REVALIDATE, cause), REVALIDATE, request, by=by, now=now)


def _json(rule: Rule) -> str:
    return json.dumps(rule.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, separators=(",", ":"))
