"""A manifest declares rights only if whoever sends it may set them."""

import json
from typing import Any

import pytest

from crash.api_calls import call_api, proxy_event
from crash.world import World

WITH_RIGHTS = "file,rights.territories,rights.usages\na.jpg,*,web\n"
WITHOUT = "file,sku\na.jpg,S-1\n"


def post(world: World, roles: str, csv: str, **more: object) -> tuple[int, Any]:
    event = proxy_event("request_upload") | {"httpMethod": "POST", "resource": "/manifests", "pathParameters": None}
    event["requestContext"]["authorizer"] |= {"by": "client:pim", "roles": roles}
    event["body"] = json.dumps({"folder": "spring", "csv": csv} | more)
    return call_api(world, "manifests", event)


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
