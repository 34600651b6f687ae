"""Who may call what: one table of every route of the API and the roles that may call it.

The authorizer lets a caller through to what its roles may call, and `Api` asks the table again for the route itself:
API Gateway's wildcards also match across slashes, so its policy alone would say too much.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Role(StrEnum):
    """What a caller is to the house: of people their groups, of machines their scopes."""

    LIBRARIAN = "librarian"
    REVIEWER = "reviewer"
    LEGAL = "legal"
    ADMIN = "admin"
    CMS = "cms"
    PIM = "pim"
    CHANNEL = "channel"


PEOPLE = frozenset({Role.LIBRARIAN, Role.REVIEWER, Role.LEGAL, Role.ADMIN})
MACHINES = frozenset(Role) - PEOPLE


class Plan(StrEnum):
    """By whose usage plan a call is counted: people together, operators together, each machine alone."""

    PEOPLE = "people"
    OPERATORS = "operators"
    CMS = "cms"
    PIM = "pim"
    CHANNEL = "channel"


MACHINE = "client:"
"""What the names of machines begin with."""

LONGEST_CALLER = 1024
"""Bytes of a caller's name at the most: it is told whole, or the call is refused.

The Catalog's keys take 2,048. An IAM user's ARN has some 630, of which its path may be 512, and a user name of
Cognito's 128 characters. Sources: IAM user guide, "IAM and AWS STS quotas"; Cognito API reference, AdminCreateUser.
"""


class Caller(NamedTuple):
    """Who calls, for the audit trail, the roles it has, and its usage plan."""

    name: str
    roles: frozenset[Role]
    plan: Plan


_READERS = "librarian reviewer legal cms pim"
_STAFF = "librarian reviewer legal"
_TABLE = {
    # assets
    "GET /assets": _READERS,
    "GET /assets/{asset_id}": f"{_READERS} channel",
    "PUT /assets/{asset_id}/rights": "legal",
    "DELETE /assets/{asset_id}/held-limits": "legal",
    "GET /assets/{asset_id}/changes": _STAFF,
    "GET /changes": "legal",  # the trail across all assets, collections and rules
    "GET /assets/{asset_id}/revocations": _STAFF,
    "GET /assets/{asset_id}/preflight": "librarian reviewer pim",
    "GET /assets/{asset_id}/similar": _STAFF,
    "PATCH /assets/{asset_id}/metadata": "librarian legal pim",
    # the life cycle: what is hard to take back is the lawyers'
    "POST /assets/{asset_id}/withdraw": "librarian legal",
    "POST /assets/{asset_id}/restore": "librarian legal",
    "POST /assets/{asset_id}/archive": "librarian",
    "POST /assets/{asset_id}/recall": "librarian",
    "POST /assets/{asset_id}/delete": "legal",
    "POST /assets/{asset_id}/hold": "legal",
    "POST /assets/{asset_id}/release": "legal",
    # renditions and URLs
    "GET /assets/{asset_id}/renditions": f"{_READERS} channel",
    "GET /assets/{asset_id}/renditions/{rendition}/url": f"{_STAFF} cms channel",
    "POST /urls": f"{_STAFF} cms",
    "POST /renditions/refresh": "librarian",
    "POST /renditions/reconcile": "librarian",
    "GET /channels": f"{_READERS} channel",
    "GET /channels/{channel}": f"{_READERS} channel",
    "POST /cookies": f"{_STAFF} cms",
    # products, and what shows them
    "PUT /products/{sku}": "pim",
    "DELETE /products/{sku}": "pim",
    "GET /products/{sku}": f"{_READERS} channel",
    "GET /feeds": "librarian reviewer pim",
    "POST /feeds/import": "pim",
    "POST /feeds/{source}/reconcile": "librarian pim",
    "GET /products/{sku}/links": _READERS,
    "GET /products/{sku}/links/history": f"{_STAFF} pim",
    "GET /assets/{asset_id}/links/history": _STAFF,
    "PUT /products/{sku}/links/{role}": "librarian pim",
    "POST /links": "librarian pim",
    "POST /drift": "librarian pim",
    "GET /picker": "librarian reviewer pim cms",
    "GET /products/{sku}/media": f"{_STAFF} cms",
    # collections, whose rights limit their members'
    "GET /collections": _STAFF,
    "POST /collections": "librarian legal",
    "GET /collections/{collection}": _STAFF,
    "PATCH /collections/{collection}": "librarian legal",
    "DELETE /collections/{collection}": "legal",
    "PUT /collections/{collection}/rights": "legal",
    "DELETE /collections/{collection}/rights": "legal",
    "GET /collections/{collection}/changes": _STAFF,
    "GET /collections/{collection}/members": _STAFF,
    "POST /collections/{collection}/members": "librarian legal",
    "POST /collections/{collection}/members/remove": "legal",
    "GET /assets/{asset_id}/collections": _STAFF,
    # uploads, and what is said of masters
    "GET /uploads": "librarian pim",
    "POST /uploads": "librarian",
    "POST /uploads/multipart": "librarian",
    "GET /uploads/multipart": "librarian",
    "DELETE /uploads/multipart": "librarian",
    "POST /uploads/multipart/parts": "librarian",
    "POST /uploads/multipart/complete": "librarian",
    "POST /manifests": "librarian legal pim",
    "GET /declarations": f"{_STAFF} pim",
    "GET /drops": "librarian",
    "POST /spins": "librarian",
    "GET /spins/{asset_id}": _READERS,
    # rules, bulk edits and jobs
    "GET /templates": f"{_STAFF} pim",
    "GET /templates/{template}": f"{_STAFF} pim",
    "PUT /templates/{template}": "",
    "GET /templates/{template}/changes": _STAFF,
    "GET /vocabularies": f"{_STAFF} pim",
    "GET /vocabularies/{vocabulary}": f"{_STAFF} pim",
    "PUT /vocabularies/{vocabulary}": "",
    "GET /vocabularies/{vocabulary}/changes": _STAFF,
    "POST /metadata/bulk": "librarian legal",
    "GET /jobs": _STAFF,
    "GET /jobs/{job}": _STAFF,
    "POST /jobs/{job}/cancel": "librarian legal",
    "POST /jobs/{job}/resume": "librarian legal",
    # work items
    "GET /work": _STAFF,
    "GET /work/statistics": _STAFF,
    "POST /work/next": _STAFF,
    "GET /work/{work_id}": _STAFF,
    "GET /work/{work_id}/review": _STAFF,
    "POST /work/decisions": "librarian reviewer",  # they link assets, as a list does
    "POST /work/{work_id}/claim": _STAFF,
    "POST /work/{work_id}/release": _STAFF,
    "POST /work/{work_id}/close": "reviewer legal",
}
ROUTES: Mapping[str, frozenset[Role]] = MappingProxyType(
    {route: frozenset({Role.ADMIN, *map(Role, roles.split())}) for route, roles in _TABLE.items()}
)
"""`METHOD /path/{parameter}` → the roles that may call it. An admin may call every route."""
SIGNED = frozenset({"POST /webhooks/{source}"})
"""Routes that no role calls, and no authorizer guards: the signature of the call itself says whose it is."""


def reach(roles: Iterable[Role]) -> list[str]:
    """Return the fewest `METHOD/path` patterns that match every route that these roles may call.

    They are for one policy that is kept for all calls of a caller, and as wide as API Gateway's wildcards: `*` matches
    slashes too.
    """
    held = frozenset(roles)
    patterns = {_pattern(route) for route, allowed in ROUTES.items() if allowed & held}
    return sorted(each for each in patterns if not any(_covers(other, each) for other in patterns))


def _pattern(route: str) -> str:
    method, path = route.split(" ", 1)
    parts = ("*" if part.startswith("{") else part for part in path.split("/"))
    return method + "/".join(parts)


def _covers(wide: str, narrow: str) -> bool:
    """Tell whether a pattern that ends in its only wildcard matches all that another one does."""
    return wide != narrow and wide.find("*") == len(wide) - 1 and narrow.startswith(wide[:-1])


def may(route: str, roles: Iterable[Role]) -> bool:
    """Tell whether one of these roles may call a route, or do by another one what it does."""
    return not ROUTES[route].isdisjoint(roles)


def roles_named(names: Iterable[str]) -> frozenset[Role]:
    """Return the roles among these names; what is none is left out."""
    known = {role.value: role for role in Role}
    return frozenset(known[name] for name in names if name in known)
