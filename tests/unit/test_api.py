"""The API: one way to parse, one way to answer, one way to fail."""

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from assetwire.api import Api, Request, Tagged
from assetwire.domain import errors
from assetwire.domain.access import LONGEST_CALLER, Role
from assetwire.domain.rights import Rights


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int = Field(ge=1)
    name: str = "none"


def by(roles: str = "admin", name: str = "cognito:anna") -> dict[str, Any]:
    """Return the context of a call that the authorizer let through."""
    return {"authorizer": {"by": name, "roles": roles}}


def call(route: Any = None, **event: Any) -> dict[str, Any]:
    """Ask an API with one route, and read its answer's body."""
    routes = {"GET /things/{id}": route or (lambda request: {"id": request.path["id"]})}
    api = Api(routes, dict.fromkeys(routes, frozenset({Role.LEGAL, Role.ADMIN})))
    asked = {"httpMethod": "GET", "resource": "/things/{id}", "pathParameters": {"id": "a"}, "requestContext": by()}
    answer = api(asked | event, None)
    return answer | {"body": json.loads(answer["body"])}


def failing(error: Exception) -> dict[str, Any]:
    def route(_: Request) -> None:
        raise error

    return call(route)


def test_an_answer_is_json_that_nobody_keeps() -> None:
    assert call() == {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": {"id": "a"},
    }


class TestTagged:
    """Answers that callers may keep, and ask for again by their ETag."""

    def ask(self, tag: str | None = None, body: object = "same") -> dict[str, Any]:
        headers = {} if tag is None else {"If-None-Match": tag}
        event = {"httpMethod": "GET", "resource": "/things/{id}", "pathParameters": {"id": "a"}, "headers": headers}
        api = Api({"GET /things/{id}": lambda _: Tagged({"a": body})}, {"GET /things/{id}": frozenset({Role.ADMIN})})
        return api(event | {"requestContext": by()}, None)

    def test_an_answer_has_its_tag_and_is_asked_for_again_each_time(self) -> None:
        answer = self.ask()
        assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"a": "same"})
        assert re.fullmatch(r'"[0-9a-f]{32}"', answer["headers"]["ETag"])
        assert answer["headers"]["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize("tag", ["{}", "W/{}", '"other", {}', "*"])
    def test_what_the_caller_knows_is_not_sent_again(self, tag: str) -> None:
        known = self.ask()["headers"]["ETag"]
        answer = self.ask(tag.replace("{}", known))
        assert (answer["statusCode"], answer["body"], answer["headers"]["ETag"]) == (304, "", known)

    @pytest.mark.parametrize("tag", ["", '"other"', "{}x", "x"])
    def test_what_the_caller_does_not_know_is_sent(self, tag: str) -> None:
        assert self.ask(tag.replace("{}", self.ask()["headers"]["ETag"]))["statusCode"] == 200

    def test_another_answer_has_another_tag(self) -> None:
        known = self.ask()["headers"]["ETag"]
        assert self.ask(known, body="other")["statusCode"] == 200


class TestProblems:
    """Errors are problem details, RFC 9457."""

    @pytest.mark.parametrize(
        ("error", "status", "code"),
        [
            (errors.InvalidRequest("why"), 422, "invalid_request"),
            (errors.NotFound("why", code="asset_not_found"), 404, "asset_not_found"),
            (errors.Denied("why", code="embargoed"), 403, "embargoed"),
            (errors.NotDelivered("why"), 409, "not_delivered"),
            (errors.Conflict("why", code="revision"), 409, "revision"),
            (errors.Unavailable("why"), 503, "unavailable"),
            (errors.TransientError("why"), 503, "error"),
        ],
    )
    def test_an_error_has_its_status_its_code_and_its_reason(
        self, error: errors.AssetwireError, status: int, code: str
    ) -> None:
        answer = failing(error)
        assert answer["statusCode"] == status
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert answer["body"] == {
            "type": "about:blank",
            "title": code.replace("_", " "),
            "status": status,
            "code": code,
            "detail": "why",
        }

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (errors.Misconfigured("SECRET"), "misconfigured"),
            (errors.NotUnderstood("SECRET"), "not_understood"),
            (errors.Undecodable("SECRET"), "undecodable"),
            (errors.AssetwireError("SECRET"), "error"),
        ],
    )
    def test_a_fault_of_the_service_says_no_more_than_its_code(
        self, error: errors.AssetwireError, code: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answer = failing(error)
        assert (answer["statusCode"], answer["body"]["code"]) == (500, code)
        assert "SECRET" not in json.dumps(answer)

    def test_an_unexpected_exception_is_an_answer_that_leaks_nothing(self) -> None:
        answer = failing(RuntimeError("SECRET"))
        assert (answer["statusCode"], answer["body"]["code"]) == (500, "internal_error")
        assert "SECRET" not in json.dumps(answer)
        assert "RuntimeError" not in json.dumps(answer)

    def test_every_error_class_has_an_answer(self) -> None:
        kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
        assert len(kinds) > 10
        for kind in kinds:
            assert 400 <= failing(kind("why"))["statusCode"] < 600

    @pytest.mark.parametrize(
        "event", [{"resource": "/other"}, {"httpMethod": "POST"}, {"resource": None}, {"httpMethod": "get"}]
    )
    def test_an_unknown_route_is_not_found(self, event: dict[str, Any]) -> None:
        answer = call(**event)
        assert (answer["statusCode"], answer["body"]["code"]) == (404, "route_not_found")

    def test_problems_of_a_request_are_listed(self) -> None:
        problems = ({"code": "too_long", "field": "name", "message": "it is too long"},)
        answer = failing(errors.InvalidRequest("why", problems=problems))
        assert answer["body"]["problems"] == list(problems)


class TestAccess:
    """Who may call a route stands in the table; nobody else gets through, and nobody without an authorizer."""

    def test_a_route_is_told_who_calls(self) -> None:
        assert call(lambda request: request.actor, requestContext=by("pim,legal"))["body"] == "cognito:anna"

    @pytest.mark.parametrize("name", [f"arn:aws:iam::123456789012:user/{'x' * 500}/anna", "cognito:" + "ü" * 128])
    def test_a_caller_is_told_whole_however_long_its_name_is(self, name: str) -> None:
        assert call(lambda request: request.actor, requestContext=by(name=name))["body"] == name

    @pytest.mark.parametrize("name", ["x" * (LONGEST_CALLER + 1), "ü" * (LONGEST_CALLER // 2 + 1)])
    def test_a_caller_whose_name_cannot_be_kept_whole_is_nobody(self, name: str) -> None:
        answer = call(requestContext=by(name=name))
        assert (answer["statusCode"], answer["body"]["code"]) == (401, "unauthenticated")

    @pytest.mark.parametrize("roles", ["librarian", "", "LEGAL", "legal ", "reviewer,cms", "none", "*"])
    def test_a_caller_without_the_role_is_refused(self, roles: str) -> None:
        answer = call(requestContext=by(roles))
        assert (answer["statusCode"], answer["body"]["code"]) == (403, "not_permitted")

    @pytest.mark.parametrize(
        "context",
        [
            *(None, {}, {"authorizer": None}, {"authorizer": {}}, {"authorizer": {"roles": "admin"}}, by(name="")),
            {"authorizer": {"by": "anna"}},
            {"authorizer": {"by": "anna", "roles": ["admin"]}},
            {"identity": {"userArn": "arn:aws:iam::123456789012:root"}},
        ],
    )
    def test_a_call_that_nobody_vouches_for_is_refused(self, context: Any) -> None:
        answer = call(requestContext=context)
        assert (answer["statusCode"], answer["body"]["code"]) == (401, "unauthenticated")

    def test_a_route_without_an_entry_is_no_route(self) -> None:
        with pytest.raises(errors.Misconfigured, match=r"GET /nowhere: see domain/access\.py"):
            Api({"GET /nowhere": lambda _: None})


class TestBodies:
    """A body is of its model's shape, or the answer says where it is not."""

    def body(self, text: str | None, kind: type[BaseModel] = Wanted) -> dict[str, Any]:
        return call(lambda request: request.body(kind).model_dump(mode="json"), body=text)

    def test_a_body_is_read(self) -> None:
        assert self.body('{"size": 3}')["body"] == {"size": 3, "name": "none"}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('{"size": 0, "more": 1}', {("size", "greater_than_equal"), ("more", "extra_forbidden")}),
            ("{}", {("size", "missing")}),
            ("[]", {("", "model_type")}),
            ("no json", {("", "json_invalid")}),
            ("", {("", "json_invalid")}),
            (None, {("", "json_invalid")}),
        ],
    )
    def test_each_problem_has_its_field_and_code(self, text: str | None, expected: set[tuple[str, str]]) -> None:
        answer = self.body(text)
        assert (answer["statusCode"], answer["body"]["code"]) == (422, "invalid_request")
        assert {(problem["field"], problem["code"]) for problem in answer["body"]["problems"]} == expected
        assert all(problem["message"] for problem in answer["body"]["problems"])

    def test_a_problem_deep_in_the_body_is_found_by_its_path(self) -> None:
        answer = self.body('{"windows": [{}, {"ends": "never"}]}', Rights)
        assert answer["body"]["problems"][0]["field"] == "windows.1.ends"

    @pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
    def test_a_moment_outside_the_calendar_is_the_callers_problem(self, moment: str) -> None:
        answer = self.body(json.dumps({"windows": [{"ends": moment}]}), Rights)
        assert answer["statusCode"] == 422

    def test_a_body_that_is_too_large_is_refused_unread(self) -> None:
        answer = self.body(json.dumps({"size": 1, "name": "x" * 262_144}))
        assert (answer["statusCode"], answer["body"]["code"]) == (413, "body_too_large")


class TestParameters:
    """Paths, queries and headers."""

    def test_a_path_parameter_is_decoded(self) -> None:
        assert call(pathParameters={"id": "web%20%C3%BC"})["body"] == {"id": "web ü"}

    def test_a_query_is_of_its_models_shape(self) -> None:
        def route(request: Request) -> Any:
            return request.parameters(Wanted).model_dump()

        assert call(route, queryStringParameters={"size": "3"})["body"]["size"] == 3
        refused = call(route, queryStringParameters={"size": "x", "more": "1"})
        assert {problem["field"] for problem in refused["body"]["problems"]} == {"size", "more"}
        assert call(route, queryStringParameters=None)["body"]["problems"][0]["field"] == "size"

    @pytest.mark.parametrize("values", [["web", "print"], ["web", "web"]])
    def test_a_parameter_that_is_said_more_than_once_is_refused(self, values: list[str]) -> None:
        said = {"usage": values, "size": ["1"]}
        answer = call(queryStringParameters={"usage": "print", "size": "1"}, multiValueQueryStringParameters=said)
        assert (answer["statusCode"], answer["body"]["code"]) == (422, "repeated_parameter")
        assert [problem["field"] for problem in answer["body"]["problems"]] == ["usage"]

    def test_parameters_that_are_said_once_are_taken(self) -> None:
        asked = {"queryStringParameters": {"size": "1"}, "multiValueQueryStringParameters": {"size": ["1"]}}
        assert call(lambda request: dict(request.query), **asked)["body"] == {"size": "1"}
        assert call(lambda request: dict(request.query), multiValueQueryStringParameters=None)["body"] == {}

    @pytest.mark.parametrize("header", ["If-Match", "if-match", "IF-MATCH"])
    def test_a_revision_stands_in_if_match(self, header: str) -> None:
        assert call(lambda request: request.if_revision(), headers={header: '"12"'})["body"] == 12

    def test_without_if_match_there_is_no_revision(self) -> None:
        assert call(lambda request: request.if_revision())["body"] is None
        assert call(lambda request: request.if_revision(), headers=None)["body"] is None

    @pytest.mark.parametrize(
        "tag", ["12", '""', '"-1"', '"x"', 'W/"12"', "*", '"1", "2"', '"' + "1" * 16 + '"', '"1"\n']
    )
    def test_any_other_tag_is_refused(self, tag: str) -> None:
        answer = call(lambda request: request.if_revision(), headers={"If-Match": tag})
        assert (answer["statusCode"], answer["body"]["code"]) == (422, "invalid_if_match")
