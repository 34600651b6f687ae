"""The API of metadata: edit one asset's or many, administer templates and vocabularies, watch and steer jobs."""

from functools import partial
from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.outbound import public_asset
from assetwire.domain.rules import RuleKind
from assetwire.requests import BulkRequest, ChangeLogQuery, JobsQuery, ReasonQuery, RuleQuery

Json = dict[str, Any]


def list_all(kind: RuleKind, _request: Request) -> Json:
    return {"rules": [rule._asdict() for rule in bootstrap.metadata_api().rules(kind)]}


def read(kind: RuleKind, request: Request) -> Json:
    version = request.parameters(RuleQuery).version
    return bootstrap.metadata_api().rule(kind, request.name(kind.value), version).model_dump(mode="json")


def put(kind: RuleKind, request: Request) -> Json:
    asked = {"if_version": request.if_revision(), "reason": request.parameters(ReasonQuery).reason}
    name, body, by = request.name(kind.value), request.text, request.actor
    return bootstrap.metadata_api().put_rule(kind, name, body, by=by, **asked).answer


def change_log(kind: RuleKind, request: Request) -> Json:
    page = request.parameters(ChangeLogQuery).model_dump()
    found = bootstrap.metadata_api().change_log(kind, request.name(kind.value), **page)
    return {"changes": [change.model_dump(mode="json") for change in found.changes], "next_cursor": found.cursor}


def edit(request: Request) -> Json:
    known = {"if_revision": request.if_revision(), **request.who}
    return public_asset(bootstrap.metadata_api().edit(request.asset_id, request.body(MetadataEdit), **known))


handler = Api(
    {
        "GET /templates": partial(list_all, RuleKind.TEMPLATE),
        "GET /templates/{template}": partial(read, RuleKind.TEMPLATE),
        "PUT /templates/{template}": partial(put, RuleKind.TEMPLATE),
        "GET /templates/{template}/changes": partial(change_log, RuleKind.TEMPLATE),
        "GET /vocabularies": partial(list_all, RuleKind.VOCABULARY),
        "GET /vocabularies/{vocabulary}": partial(read, RuleKind.VOCABULARY),
        "PUT /vocabularies/{vocabulary}": partial(put, RuleKind.VOCABULARY),
        "GET /vocabularies/{vocabulary}/changes": partial(change_log, RuleKind.VOCABULARY),
        "PATCH /assets/{asset_id}/metadata": edit,
        "POST /metadata/bulk": lambda r: bootstrap.metadata_api().edit_many(r.body(BulkRequest), **r.who),
        "GET /jobs": lambda r: bootstrap.metadata_api().jobs(**r.parameters(JobsQuery).model_dump()),
        "GET /jobs/{job}": lambda r: bootstrap.metadata_api().job(r.name("job")),
        "POST /jobs/{job}/cancel": lambda r: bootstrap.metadata_api().cancel_job(r.name("job"), by=r.actor),
        "POST /jobs/{job}/resume": lambda r: bootstrap.metadata_api().resume_job(r.name("job"), **r.who),
    }
)
