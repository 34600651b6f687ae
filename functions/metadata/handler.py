"""The API of metadata: edit one asset's or many, administer templates and vocabularies, watch jobs."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request, Route
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.outbound import public_asset
from assetwire.domain.rules import RuleKind
from assetwire.requests import BulkRequest, JobsQuery, RuleChangeQuery, RuleQuery


def rule_routes(kind: RuleKind, many: str) -> dict[str, Route]:
    def list_all(_request: Request) -> dict[str, Any]:
        return {many: [rule._asdict() for rule in bootstrap.metadata_api().rules(kind)]}

    def read(request: Request) -> dict[str, Any]:
        version = request.parameters(RuleQuery).version
        return bootstrap.metadata_api().rule(kind, request.name(kind.value), version).model_dump(mode="json")

    def put(request: Request) -> dict[str, Any]:
        asked = {"if_version": request.if_revision(), "reason": request.parameters(RuleChangeQuery).reason}
        name, body, by = request.name(kind.value), request.text, request.caller
        return bootstrap.metadata_api().put_rule(kind, name, body, by=by, **asked).answer

    def change_log(request: Request) -> dict[str, Any]:
        found = bootstrap.metadata_api().change_log(kind, request.name(kind.value))
        return {"changes": [change.model_dump(mode="json") for change in found]}

    one = f"/{many}/{{{kind.value}}}"
    return {f"GET /{many}": list_all, f"GET {one}": read, f"PUT {one}": put, f"GET {one}/changes": change_log}


def edit(request: Request) -> dict[str, Any]:
    asked, revision = request.body(MetadataEdit), request.if_revision()
    return public_asset(bootstrap.metadata_api().edit(request.asset_id, asked, by=request.caller, if_revision=revision))


def edit_many(request: Request) -> dict[str, Any]:
    asked, api = request.body(BulkRequest), bootstrap.metadata_api()
    if asked.dry_run:
        return api.forecast(asked, by=request.caller)._asdict()
    return api.start_edit(asked, by=request.caller).model_dump(mode="json")


def list_jobs(request: Request) -> dict[str, Any]:
    limit = request.parameters(JobsQuery).limit
    return {"jobs": [job.model_dump(mode="json") for job in bootstrap.metadata_api().jobs(limit)]}


def read_job(request: Request) -> dict[str, Any]:
    return bootstrap.metadata_api().job(request.name("job")).model_dump(mode="json")


rules = rule_routes(RuleKind.TEMPLATE, "templates") | rule_routes(RuleKind.VOCABULARY, "vocabularies")
edits = {"PATCH /assets/{asset_id}/metadata": edit, "POST /metadata/bulk": edit_many}
handler = Api(rules | edits | {"GET /jobs": list_jobs, "GET /jobs/{job}": read_job})
