"""The HTTP side of the API: requests parsed, answers and errors mapped, in one way for every route.

Errors are problem details (RFC 9457): `{"type", "title", "status", "code", "detail", "problems"}`.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from assetwire.domain.access import LONGEST_CALLER, ROUTES, SIGNED, Role, may, roles_named
from assetwire.domain.errors import (
    Archived,
    AssetwireError,
    Conflict,
    Denied,
    InvalidRequest,
    Misconfigured,
    NotDelivered,
    NotFound,
    NotPermitted,
    Refused,
    TooLarge,
    TransientError,
    Unauthenticated,
)
from assetwire.domain.ids import ASSET_ID
from assetwire.domain.link import LinkRole
from assetwire.domain.sku import SKU
from assetwire.domain.work import WORK_ID
from assetwire.observability import logger

_STATUS: tuple[tuple[type[AssetwireError], int], ...] = (
    (TooLarge, 413),
    (InvalidRequest, 422),
    (NotFound, 404),
    (Unauthenticated, 401),
    (NotPermitted, 403),
    (Denied, 403),
    (NotDelivered, 409),
    (Refused, 409),
    (Archived, 409),
    (Conflict, 409),
    (TransientError, 503),
)
_LARGEST_BODY = 256 * 1024

Answer = dict[str, Any]
_Body = TypeVar("_Body", bound=BaseModel)


class Request(NamedTuple):
    """One call: path and query parameters decoded, header names in lower case."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    text: str
    actor: str
    """Who calls: an IAM identity's ARN, `cognito:<person>` or `client:<machine>`."""
    roles: frozenset[Role] = frozenset()
    """Those of the caller."""
    is_base64: bool = False
    """Whether the gateway wrote the body so, as it does with bytes that are no text."""

    @property
    def content(self) -> bytes:
        """The body as it was sent, byte for byte: signatures are of that."""
        return base64.b64decode(self.text) if self.is_base64 else self.text.encode()

    def body(self, kind: type[_Body]) -> _Body:
        """Return the JSON body as this model.

        Raises:
            InvalidRequest: it is no JSON, or not of the model's shape; `problems` says where.
        """
        if len(self.text) > _LARGEST_BODY:
            raise TooLarge(f"the body has more than {_LARGEST_BODY} characters")
        return _validated(lambda: kind.model_validate_json(self.text))

    def parameters(self, kind: type[_Body]) -> _Body:
        """Return the query parameters as this model.

        Raises:
            InvalidRequest: a parameter is missing, unknown or wrong; `problems` says which.
        """
        return _validated(lambda: kind.model_validate(dict(self.query)))

    @property
    def may_set_rights(self) -> bool:
        """Whether the caller may set rights: some calls take that besides their route."""
        return may("PUT /assets/{asset_id}/rights", self.roles)

    @property
    def who(self) -> dict[str, Any]:
        """Who calls, and whether they may set rights, by the names of services' parameters."""
        return {"by": self.actor, "may_set_rights": self.may_set_rights}

    @property
    def asset_id(self) -> str:
        """The asset's id in the path.

        Raises:
            NotFound: it cannot be one.
        """
        found = self.path.get("asset_id", "")
        if not re.fullmatch(ASSET_ID, found):
            raise NotFound(f"no asset {found[:64]!r}", code="asset_not_found")
        return found

    @property
    def work_id(self) -> str:
        """The work item's id in the path.

        Raises:
            NotFound: it cannot be one.
        """
        found = self.path.get("work_id", "")
        if not re.fullmatch(WORK_ID, found):
            raise NotFound(f"no work item {found[:64]!r}", code="work_item_not_found")
        return found

    @property
    def sku(self) -> str:
        """The product's SKU in the path.

        Raises:
            InvalidRequest: it cannot be one (`invalid_sku`).
        """
        found = self.path.get("sku", "")
        if not re.fullmatch(SKU, found):
            rule = "1 to 100 ASCII letters, digits and .~_+:@()- or blanks within, beginning with a letter or digit"
            raise InvalidRequest(f"{found[:64]!r} is no SKU: {rule}", code="invalid_sku")
        return found

    @property
    def link_role(self) -> LinkRole:
        """The role of a link in the path.

        Raises:
            NotFound: there is no such role.
        """
        found = self.path.get("role", "")
        if found not in set(LinkRole):
            raise NotFound(f"no role {found[:64]!r}, but {', '.join(LinkRole)}", code="role_not_found")
        return LinkRole(found)

    def name(self, parameter: str) -> str:
        """Return a name in the path: of a template, a vocabulary or a job.

        Raises:
            NotFound: it cannot be one.
        """
        found = self.path.get(parameter, "")
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,62}", found):
            raise NotFound(f"nothing is named {found[:64]!r}", code=f"{parameter}_not_found")
        return found

    def if_revision(self) -> int | None:
        """Return the revision in the If-Match header (`"12"`); None if there is no such header.

        Raises:
            InvalidRequest: it is no revision.
        """
        tag = self.headers.get("if-match")
        if tag is None:
            return None
        if not re.fullmatch(r'"[0-9]{1,15}"', tag):
            raise InvalidRequest("If-Match is a revision in quotes", code="invalid_if_match")
        return int(tag.strip('"'))

    @property
    def idempotency_key(self) -> str:
        """The key by which a caller has a request carried out once; it is checked by who uses it.

        Raises:
            InvalidRequest: there is none (`missing_idempotency_key`).
        """
        key = self.headers.get("idempotency-key")
        if key is None:
            raise InvalidRequest("name the request by an Idempotency-Key", code="missing_idempotency_key")
        return key

    def if_new(self) -> bool:
        """Tell whether the If-None-Match header (`*`) asks that there be nothing yet.

        Raises:
            InvalidRequest: it asks for anything else.
        """
        tag = self.headers.get("if-none-match")
        if tag not in {None, "*"}:
            raise InvalidRequest("If-None-Match is * here", code="invalid_if_none_match")
        return tag is not None


Route = Callable[[Request], Any]


class Tagged(NamedTuple):
    """An answer that callers may keep, and ask for again by its ETag: unchanged, it is not sent again."""

    body: object


class Accepted(NamedTuple):
    """An answer to what was taken and happens later."""

    body: object


class Api:
    """Routes of one function: `METHOD /path/{parameter}` → a function of the request; who may call each, by a table.

    Raises:
        Misconfigured: the table has no entry for a route.
    """

    def __init__(self, routes: Mapping[str, Route], access: Mapping[str, frozenset[Role]] = ROUTES) -> None:
        unknown = sorted(routes.keys() - access.keys() - SIGNED)
        if unknown:
            raise Misconfigured(f"nothing says who may call {', '.join(unknown)}: see domain/access.py")
        self._routes = dict(routes)
        self._access = access

    def __call__(self, event: Mapping[str, Any], _context: object) -> Answer:
        """Answer a proxy event of API Gateway's REST API."""
        name = f"{event.get('httpMethod')} {event.get('resource')}"
        try:
            if name not in self._routes:
                raise NotFound("no such route", code="route_not_found")
            request = _request(event, *self._caller(event, name))
            result = self._routes[name](request)
            if isinstance(result, Tagged):
                return _tagged(result, request.headers.get("if-none-match", ""))
            if isinstance(result, Accepted):
                return _answer(202, result.body)
        except AssetwireError as error:
            return _problem(error)
        except Exception:  # noqa: BLE001 - a caller gets an answer, whatever broke; the log has the rest
            logger.exception("unexpected")
            return _answer(500, _details(500, "internal_error", "an unexpected error; it is in the logs", ()))
        return _answer(200, result)

    def _caller(self, event: Mapping[str, Any], route: str) -> tuple[str, frozenset[Role]]:
        """Return who calls and the roles it has, by what the authorizer found out; nobody, where a signature tells.

        Raises:
            Unauthenticated: no authorizer let the call through.
            NotPermitted: none of the caller's roles may call this route.
        """
        if route in SIGNED:
            return "", frozenset()
        known = (event.get("requestContext") or {}).get("authorizer") or {}
        by, roles = known.get("by"), known.get("roles")
        if not isinstance(by, str) or not by or not isinstance(roles, str):
            raise Unauthenticated("nobody vouches for the caller")
        if len(by.encode()) > LONGEST_CALLER:
            raise Unauthenticated(f"the caller's name has more than {LONGEST_CALLER} bytes")
        held = roles_named(roles.split(","))
        if self._access[route].isdisjoint(held):
            raise NotPermitted(f"{by} may not call {route}: it has the roles {roles}")
        return by, held


def _request(event: Mapping[str, Any], actor: str, roles: frozenset[Role]) -> Request:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    # API Gateway hands them over as they were asked for; the embedded stack's decodes them before: docs/local-stack.md
    path = {name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()}
    said, is_base64 = event.get("body") or "", event.get("isBase64Encoded") is True
    return Request(path, _query(event), headers, said, actor, roles, is_base64)


def _query(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the query parameters, each of which was said once.

    Raises:
        InvalidRequest: one was said several times, of which API Gateway would pass on the last (`repeated_parameter`).
    """
    said = event.get("multiValueQueryStringParameters") or {}
    problems = tuple(
        {"code": "repeated_parameter", "field": name, "message": f"it is said {len(values)} times"}
        for name, values in said.items()
        if len(values) > 1
    )
    if problems:
        names = ", ".join(problem["field"] for problem in problems)
        raise InvalidRequest(f"said more than once: {names}", code="repeated_parameter", problems=problems)
    return event.get("queryStringParameters") or {}


def read_as(kind: type[_Body], value: object) -> _Body | InvalidRequest:
    """Return a part of a body as this model, or why it is none, for an answer in its place."""
    try:
        return _validated(lambda: kind.model_validate(value))
    except InvalidRequest as error:
        return error


def _validated(validate: Callable[[], _Body]) -> _Body:
    try:
        return validate()
    except ValidationError as error:
        problems = tuple(
            {"code": e["type"], "field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()
        )
        raise InvalidRequest("the request is not of the documented shape", problems=problems) from error


def _problem(error: AssetwireError) -> Answer:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status >= 500:
        logger.error("failed", extra={"code": error.code, "detail": error.message})
    problems = error.problems if isinstance(error, InvalidRequest) else ()
    detail = error.message if status != 500 else "the service is not set up right; it is in the logs"
    return _answer(status, _details(status, error.code, detail, problems))


def _details(status: int, code: str, detail: str, problems: tuple[dict[str, str], ...]) -> dict[str, Any]:
    title = re.sub(r"_", " ", code)
    return {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail} | (
        {"problems": list(problems)} if problems else {}
    )


def _tagged(result: Tagged, known: str) -> Answer:
    """Return a tagged answer, or none but its tag if the caller knows it: weak and strong tags are alike here.

    Source: RFC 9110, sections 13.1.2 and 15.4.5.
    """
    answer = _answer(200, result.body)
    tag = f'"{hashlib.sha256(answer["body"].encode()).hexdigest()[:32]}"'
    answer["headers"] |= {"ETag": tag, "Cache-Control": "private, no-cache"}
    tags = {each.strip().removeprefix("W/") for each in known.split(",")}
    return answer | {"statusCode": 304, "body": ""} if tags & {tag, "*"} else answer


def _answer(status: int, body: object) -> Answer:
    kind = "application/json" if status < 400 else "application/problem+json"
    return {
        "statusCode": status,
        "headers": {"Content-Type": kind, "Cache-Control": "no-store"},
        "body": json.dumps(body, separators=(",", ":")),
    }
