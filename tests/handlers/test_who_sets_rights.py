"""Rights are set, limited by hand and let out of their limits by whoever may set them, and by nobody else."""

import json
from typing import Any

import pytest

from assetwire.domain.metadata import FieldValue, Metadata, Origin
from crash.api_calls import call_api, proxy_event
from crash.cases import KEY, asset_id_of, picture, record_master
from crash.world import World

WITH_RIGHTS = "file,rights.territories,rights.usages\na.jpg,*,web\n"
WITHOUT = "file,sku\na.jpg,S-1\n"


def call(
    world: World,
    function: str,
    roles: str,
    route: str,
    body: object = None,
    query: dict[str, str] | None = None,
    **path: str,
) -> tuple[int, Any]:
    method, resource = route.split()
    if "{asset_id}" in resource:
        path = {"asset_id": asset_id_of(KEY)}
    event = proxy_event("request_upload") | {"httpMethod": method, "resource": resource, "pathParameters": path or None}
    event["requestContext"]["authorizer"] |= {"by": "somebody", "roles": roles}
    event["body"] = None if body is None else json.dumps(body)
    event["queryStringParameters"] = query
    return call_api(world, function, event)


def post(world: World, roles: str, csv: str, **more: object) -> tuple[int, Any]:
    return call(world, "manifests", roles, "POST /manifests", {"folder": "spring", "csv": csv} | more)


@pytest.mark.parametrize("roles", ["pim", "librarian", "librarian,pim"])
@pytest.mark.parametrize("dry_run", [False, True])
def test_who_may_not_set_rights_declares_none(world: World, roles: str, dry_run: bool) -> None:
    status, problem = post(world, roles, WITH_RIGHTS, dry_run=dry_run)
    assert (status, problem["code"]) == (403, "rights_not_permitted")
    assert world.items() == []
    assert post(world, roles, WITHOUT)[0] == 200


@pytest.mark.parametrize("roles", ["admin", "librarian,legal"])
def test_who_may_set_rights_declares_them(world: World, roles: str) -> None:
    assert post(world, roles, WITH_RIGHTS)[0] == 200


EDITS = [
    {"clear": ["license_end_date"]},
    {"reset": ["image_alteration_constraints"]},
    {"set": {"expiration_date": "2099-01-01", "headline": "Boot"}},
]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("many", [False, True])
def test_who_may_not_set_rights_edits_no_field_that_limits_them(world: World, edit: object, many: bool) -> None:
    record_master(world, picture())
    before = world.items()

    def asked(roles: str) -> tuple[int, Any]:
        if not many:
            return call(world, "metadata", roles, "PATCH /assets/{asset_id}/metadata", edit)
        body = {"asset_ids": [asset_id_of(KEY)], "edit": edit, "dry_run": False}
        return call(world, "metadata", roles, "POST /metadata/bulk", body)

    status, problem = asked("librarian")
    assert (status, problem["code"]) == (403, "rights_not_permitted")
    assert world.items() == before
    assert asked("librarian,legal")[0] == 200


def test_who_may_not_set_rights_resumes_no_edit_of_fields_that_limit_them(world: World) -> None:
    record_master(world, picture())
    body = {"asset_ids": [asset_id_of(KEY)], "edit": EDITS[0], "dry_run": False}
    job_id = call(world, "metadata", "librarian,legal", "POST /metadata/bulk", body)[1]["job_id"]
    steps = {step: f"POST /jobs/{{job}}/{step}" for step in ("cancel", "resume")}
    assert call(world, "metadata", "librarian", steps["cancel"], job=job_id)[0] == 200
    status, problem = call(world, "metadata", "librarian", steps["resume"], job=job_id)
    assert (status, problem["code"]) == (403, "rights_not_permitted")
    status, job = call(world, "metadata", "legal", steps["resume"], job=job_id)
    assert (status, job["state"], job["by"]) == (200, "running", "somebody")


def test_limits_that_are_held_are_lifted_with_who_did_it_and_why(world: World) -> None:
    fields = {"license_end_date": FieldValue(value="2020-01-01", source=Origin.XMP)}
    record_master(world, picture(), metadata=Metadata(fields=fields))
    record_master(world, picture(2), minute=1)
    assert world.catalog.asset(asset_id_of(KEY)).held_limits is not None
    lift = "DELETE /assets/{asset_id}/held-limits"
    assert call(world, "catalog", "librarian", lift)[0] == 403
    status, answer = call(world, "catalog", "legal", lift, query={"reason": "the licence was renewed"})
    assert (status, answer["held_limits"]) == (200, None)
    changes = call(world, "catalog", "legal", "GET /assets/{asset_id}/changes")[1]["changes"]
    assert (changes[0]["by"], changes[0]["reason"]) == ("somebody", "the licence was renewed")
    assert changes[0]["before"]["held_limits"]["windows"] == [{"ends": "2020-01-01T00:00:00Z"}]
