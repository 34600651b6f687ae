"""Wiring of the API of metadata: templates, vocabularies, edits and jobs."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset
    from assetwire.domain.edits import MetadataEdit
    from assetwire.domain.rules import Rule, RuleChange, RuleKind
    from assetwire.requests import BulkRequest
    from assetwire.services.cursors import ChangePage
    from assetwire.services.rules import Changed, Listed


class MetadataApi:
    """The use cases behind the API of metadata, its templates and vocabularies, and jobs."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.agenda import DynamoAgenda
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.catalog.rules import DynamoRules
        from assetwire.services.judging import Judge

        known = settings.load(settings.MetadataApiSettings)
        table, region = known.catalog_table, known.aws_region
        self._catalog = DynamoCatalog(table, region=region)
        self._agenda = DynamoAgenda(table, region=region)
        self._store = DynamoRules(table, region=region)
        self._judge = Judge(self._store)

    def rules(self, kind: "RuleKind") -> "list[Listed]":
        """Return every template or vocabulary."""
        from assetwire.services.rules import list_rules

        return list_rules(kind, store=self._store, judge=self._judge)

    def rule(self, kind: "RuleKind", name: str, version: int | None) -> "Rule":
        """Return a template or vocabulary."""
        from assetwire.services.rules import read_rule

        return read_rule(kind, name, version=version, store=self._store, judge=self._judge)

    def change_log(self, kind: "RuleKind", name: str, *, limit: int, cursor: str | None) -> "ChangePage[RuleChange]":
        """Return who changed a template or vocabulary."""
        from assetwire.services.rules import read_change_log

        return read_change_log(kind, name, limit=limit, cursor=cursor, store=self._store)

    def put_rule(self, kind: "RuleKind", name: str, body: str, **asked: Any) -> "Changed":
        """Make a new version of a template or vocabulary."""
        from assetwire.services.rules import put_rule

        return put_rule(kind, name, body, **asked, store=self._store, judge=self._judge, now=moment.now())

    def edit(self, asset_id: str, edit: "MetadataEdit", **asked: Any) -> "Asset":
        """Edit an asset's metadata."""
        from assetwire.services.metadata import edit_metadata

        return edit_metadata(asset_id, edit, **asked, catalog=self._catalog, judge=self._judge, now=moment.now())

    def edit_many(self, asked: "BulkRequest", *, by: str, may_set_rights: bool) -> dict[str, Any]:
        """Tell what an edit of many assets would do, or start the job that does it."""
        import secrets

        from assetwire.services.metadata import forecast, start_edit
        from assetwire.services.selection import selection_of

        query = asked.query.model_dump() if asked.query else {}
        selection = selection_of(asset_ids=asked.asset_ids, **query)
        if asked.dry_run:
            return forecast(
                selection,
                asked.edit,
                by=by,
                may_set_rights=may_set_rights,
                cursor=asked.cursor,
                limit=asked.limit,
                catalog=self._catalog,
                judge=self._judge,
                now=moment.now(),
            )._asdict()
        token = asked.token or secrets.token_hex(16)
        known = {"agenda": self._agenda, "judge": self._judge, "now": moment.now()}
        job = start_edit(selection, asked.edit, by=by, may_set_rights=may_set_rights, token=token, **known)  # type: ignore[arg-type]
        return job.model_dump(mode="json")

    def job(self, job_id: str) -> dict[str, Any]:
        """Return a job."""
        return self._agenda.job(job_id).model_dump(mode="json")

    def jobs(self, *, limit: int, cursor: str | None) -> dict[str, Any]:
        """Return a page of jobs."""
        from assetwire.services.job_control import list_jobs

        return list_jobs(limit=limit, cursor=cursor, agenda=self._agenda)._asdict()

    def cancel_job(self, job_id: str, *, by: str) -> dict[str, Any]:
        """Stop a job where it is."""
        from assetwire.services.job_control import cancel

        return cancel(job_id, by=by, agenda=self._agenda, now=moment.now()).model_dump(mode="json")

    def resume_job(self, job_id: str, **who: Any) -> dict[str, Any]:
        """Let a job go on that failed or was cancelled."""
        from assetwire.services.job_control import resume

        return resume(job_id, **who, agenda=self._agenda, now=moment.now()).model_dump(mode="json")


@cache
def metadata_api() -> MetadataApi:
    """Return the API of metadata."""
    return MetadataApi()
