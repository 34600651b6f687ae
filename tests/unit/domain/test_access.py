"""The table of routes and roles: every route has its entry, and each role reaches what the house wants it to."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from assetwire.domain.access import MACHINES, PEOPLE, ROUTES, SIGNED, Plan, Role, reach, roles_named

ROOT = Path(__file__).parents[3]
TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")
CHANGES = {route for route in ROUTES if not route.startswith("GET ")}
GRAVE = {f"POST /assets/{{asset_id}}/{step}" for step in ("delete", "hold", "release")} | {
    "PUT /assets/{asset_id}/rights"
}


def reached(role: Role) -> set[str]:
    return {route for route, roles in ROUTES.items() if role in roles}


def test_the_table_names_the_routes_of_the_template_and_no_others() -> None:
    routes = re.findall(r"Method: (\w+),\s+Path: \"?((?:[^\s\"{}]|\{\w+\})+)", TEMPLATE)
    assert sorted(ROUTES.keys() | SIGNED) == sorted(f"{method.upper()} {path}" for method, path in routes)


@pytest.mark.parametrize(
    "handler", sorted((ROOT / "functions").glob("*/handler.py")), ids=lambda path: path.parent.name
)
def test_the_table_names_every_route_that_a_function_knows(handler: Path) -> None:
    known = re.findall(r'"((?:DELETE|GET|PATCH|POST|PUT) /[^"]*)":', handler.read_text(encoding="utf-8"))
    assert set(known) <= ROUTES.keys() | SIGNED


def test_what_a_signature_guards_no_role_does() -> None:
    assert ROUTES.keys().isdisjoint(SIGNED)


def test_an_admin_may_call_every_route() -> None:
    assert reached(Role.ADMIN) == ROUTES.keys()


def test_rights_holds_and_deletions_are_the_lawyers_alone() -> None:
    for route in GRAVE | {f"{method} /collections/{{collection}}/rights" for method in ("PUT", "DELETE")}:
        assert ROUTES[route] == {Role.LEGAL, Role.ADMIN}


def test_rules_of_the_house_are_changed_by_admins_alone() -> None:
    for route in ("PUT /templates/{template}", "PUT /vocabularies/{vocabulary}"):
        assert ROUTES[route] == {Role.ADMIN}


def test_machines_change_nothing_but_what_a_pim_says_of_masters() -> None:
    changed = {route for route in CHANGES if ROUTES[route] & MACHINES} - {"POST /urls", "POST /cookies"}
    assert changed == {
        "POST /manifests",
        "PATCH /assets/{asset_id}/metadata",
        "PUT /products/{sku}",
        "DELETE /products/{sku}",
        "POST /feeds/import",
        "POST /feeds/{source}/reconcile",
        "PUT /products/{sku}/links/{role}",
        "POST /links",
        "POST /drift",
    }
    for route in changed:
        assert ROUTES[route] & MACHINES == {Role.PIM}


def test_a_channel_reaches_what_it_needs_for_its_urls() -> None:
    assert reached(Role.CHANNEL) == {
        "GET /assets/{asset_id}",
        "GET /assets/{asset_id}/renditions",
        "GET /assets/{asset_id}/renditions/{rendition}/url",
        "GET /channels",
        "GET /channels/{channel}",
        "GET /products/{sku}",
    }


def test_nobody_reads_the_history_of_assets_but_staff() -> None:
    assert not ROUTES["GET /assets/{asset_id}/changes"] & MACHINES


@pytest.mark.parametrize("role", Role)
def test_a_policy_reaches_every_route_of_its_role_with_any_parameter(role: Role) -> None:
    patterns = reach([role])
    for route in reached(role):
        called = re.sub(r"\{\w+\}", "a.b-c", route).replace(" ", "")
        assert any(fnmatchcase(called, pattern) for pattern in patterns), route


@pytest.mark.parametrize("role", Role)
def test_a_policy_says_nothing_twice_and_stays_below_what_api_gateway_takes(role: Role) -> None:
    patterns = reach([role])
    assert not any(
        a != b and fnmatchcase(a, b) and b.endswith("*") and b.count("*") == 1 for a in patterns for b in patterns
    )
    stage = "arn:aws-us-gov:execute-api:ap-southeast-2:123456789012:a1b2c3d4e5/v1/"
    assert sum(len(stage) + len(pattern) + 3 for pattern in patterns) < 8_192 - 500


def test_a_policy_opens_no_method_on_a_path_that_no_route_of_the_role_begins() -> None:
    assert not [pattern for pattern in reach([Role.CMS]) if pattern.startswith(("PUT", "PATCH", "DELETE"))]
    assert reach([Role.CHANNEL]) == ["GET/assets/*", "GET/channels", "GET/channels/*", "GET/products/*"]


def test_roles_reach_together_what_each_of_them_does() -> None:
    both = reach([Role.CHANNEL, Role.CMS])
    assert set(both) >= set(reach([Role.CMS]))


def test_nobody_reaches_anything_without_a_role() -> None:
    assert reach([]) == []
    assert roles_named(["admin ", "ADMIN", "", "root", "*"]) == frozenset()
    assert roles_named(["legal", "other", "cms"]) == {Role.LEGAL, Role.CMS}


def test_every_machine_has_a_plan_of_its_own_and_every_role_is_of_people_or_of_machines() -> None:
    assert {role.value for role in MACHINES} == {plan.value for plan in Plan} - {"people", "operators"}
    assert set(Role) == PEOPLE | MACHINES


def test_the_page_about_access_shows_the_table_as_it_is() -> None:
    page = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| `([A-Z]+ /[^`]*)` \| ([^|]*) \|$", page, flags=re.MULTILINE))
    assert {route: roles.split(", ") for route, roles in shown.items()} == {
        route: [role.value for role in Role if role in roles] for route, roles in ROUTES.items()
    } | {route: ["whoever signs it"] for route in SIGNED}
