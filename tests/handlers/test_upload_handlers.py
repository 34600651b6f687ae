"""The APIs of uploads and of manifests answer proxy events: parts, declarations, drops."""

import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crash.cases import Message, message, picture, put_master, record_master, s3_message
from crash.world import MASTERS, World, aws
from fakes.zips import honest_zip

KEY = "spring/Schüh 1.png"
CSV = "file,sku,rights.territories,rights.usages\nSchüh 1.png,S-1,DE,web\nother.png,S-2,,\n"
SIZE = 16 * 1024 * 1024 + 7


def call(world: World, function: str, route: str, *, body: Any = None, **query: str) -> tuple[int, Any]:
    method, resource = route.split()
    event: Message = message("api_request_upload.json")
    event |= {"httpMethod": method, "resource": resource, "path": resource, "queryStringParameters": query or None}
    event["body"] = None if body is None else json.dumps(body, ensure_ascii=False)
    answer, _ = world.deliver(function, event)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.fixture
def roomy(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("MAXIMUM_MASTER_BYTES", str(100 * 1024 * 1024))
    return world


def test_a_file_in_two_parts_is_whole_in_the_end(roomy: World) -> None:
    wanted = {"key": KEY, "bytes": SIZE, "checksums": True}
    status, begun = call(roomy, "uploads", "POST /uploads/multipart", body=wanted)
    assert (status, begun["parts"], begun["part_bytes"]) == (200, 2, 16 * 1024 * 1024)
    known = {"key": KEY, "upload_id": begun["upload_id"]}
    contents = [b"a" * begun["part_bytes"], b"b" * 7]
    parts = [{"number": n, "sha256": hashlib.sha256(c).hexdigest()} for n, c in enumerate(contents, start=1)]
    _, signed = call(roomy, "uploads", "POST /uploads/multipart/parts", body={**known, "bytes": SIZE, "parts": parts})
    assert [(url["number"], url["offset"], url["bytes"]) for url in signed["urls"]] == [
        (1, 0, 16 * 1024 * 1024),
        (2, 16 * 1024 * 1024, 7),
    ]
    for url, content in zip(signed["urls"], contents, strict=True):
        query = parse_qs(urlsplit(url["url"]).query)
        assert query["X-Amz-SignedHeaders"] == ["content-length;host;x-amz-checksum-sha256"]
        aws("s3").upload_part(
            Bucket=MASTERS,
            Key=KEY,
            UploadId=begun["upload_id"],
            PartNumber=url["number"],
            Body=content,
            ChecksumSHA256=url["headers"]["x-amz-checksum-sha256"],
        )
        if url["number"] == 1:
            status, problem = call(roomy, "uploads", "POST /uploads/multipart/complete", body={**known, "bytes": SIZE})
            assert (status, problem["code"], problem["problems"][0]["message"]) == (422, "incomplete_upload", "part 2")
    _, listed = call(roomy, "uploads", "GET /uploads/multipart", **known)
    assert ([part["bytes"] for part in listed["parts"]], listed["next_after"]) == ([16 * 1024 * 1024, 7], None)
    status, completed = call(roomy, "uploads", "POST /uploads/multipart/complete", body={**known, "bytes": SIZE})
    assert (status, completed["bytes"]) == (200, SIZE)
    head = aws("s3").head_object(Bucket=MASTERS, Key=KEY, VersionId=completed["s3_version"])
    assert head["ContentLength"] == SIZE
    status, problem = call(roomy, "uploads", "GET /uploads/multipart", **known)
    assert (status, problem["code"]) == (404, "multipart_not_found")
    assert call(roomy, "uploads", "DELETE /uploads/multipart", **known)[0] == 200


@pytest.mark.parametrize(
    ("route", "body", "code"),
    [
        ("POST /uploads/multipart", {"key": KEY, "bytes": 10**12}, "invalid_size"),
        ("POST /uploads/multipart", {"key": "../x", "bytes": 5}, "invalid_key"),
        ("POST /uploads/multipart", {"key": "drops/x.jpg", "bytes": 5}, "invalid_drop_key"),
        ("POST /uploads/multipart", {"key": KEY}, "invalid_request"),
        ("POST /uploads", {"key": KEY, "bytes": 10**12}, "invalid_size"),
        (
            "POST /uploads/multipart/parts",
            {"key": KEY, "upload_id": "u", "bytes": 5, "parts": [{"number": 2}]},
            "invalid_part",
        ),
        (
            "POST /uploads/multipart/parts",
            {"key": KEY, "upload_id": "u", "bytes": 5, "parts": [{"number": 1}] * 101},
            "invalid_request",
        ),
    ],
)
def test_an_upload_that_would_be_refused_is_not_begun(
    world: World, route: str, body: dict[str, Any], code: str
) -> None:
    status, problem = call(world, "uploads", route, body=body)
    assert (status, problem["code"]) == (422, code)


def test_a_manifest_is_declared_of_those_that_are_there_and_those_that_will_come(world: World) -> None:
    record_master(world, picture(), key=KEY)
    wanted = {"folder": "/spring/", "csv": CSV}
    assert call(world, "manifests", "POST /manifests", body={**wanted, "dry_run": True}) == (
        200,
        {"rows": 2, "applied": 0, "waiting": 0, "unchanged": 0, "outdated": 0},
    )
    for counts in ({"applied": 1, "waiting": 1, "unchanged": 0}, {"applied": 0, "waiting": 1, "unchanged": 1}):
        status, answer = call(world, "manifests", "POST /manifests", body=wanted)
        assert (status, answer) == (200, {"rows": 2, "outdated": 0, **counts})
    _, said = call(world, "manifests", "GET /declarations", key=KEY)
    assert (said["manifest"]["skus"], said["manifest"]["applied"], said["sidecar"]) == (["S-1"], [KEY], None)
    assert call(world, "manifests", "GET /declarations", key="x")[1] == {"key": "x", "manifest": None, "sidecar": None}


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"csv": "file,price\na,1\n"}, ["forbidden_field"]),
        ({"files": [{"file": "a", "rights": {"usages": ["tv"]}}]}, ["unknown_usage", "missing_value"]),
        ({"files": [{"file": "a", "gtin": "4006381333932"}, {"file": "a"}]}, ["invalid_gtin", "duplicate_file"]),
        ({"files": [{"file": str(n)} for n in range(501)]}, ["too_many_rows"]),
        ({"folder": "x" * 500, "files": [{"file": "y" * 20}]}, ["invalid_file"]),
    ],
)
def test_a_manifest_with_problems_declares_nothing_and_names_them(
    world: World, body: dict[str, Any], codes: list[str]
) -> None:
    status, problem = call(world, "manifests", "POST /manifests", body=body)
    assert (status, problem["code"]) == (422, "manifest_refused")
    assert sorted(each["code"] for each in problem["problems"]) == sorted(codes)
    assert world.items() == []


@pytest.mark.parametrize("body", [{}, {"csv": "", "files": []}, {"folder": "a"}, {"csv": "x", "rows": 1}])
def test_what_is_no_manifest_at_all_is_refused(world: World, body: dict[str, Any]) -> None:
    assert call(world, "manifests", "POST /manifests", body=body)[1]["code"] == "invalid_request"


def test_what_became_of_a_drop_is_told(world: World) -> None:
    put = put_master(honest_zip({"a.png": picture(), "../b.png": b"x"}), key="drops/spring.zip")
    known = {"key": put.key, "s3_version": put.s3_version}
    assert call(world, "manifests", "GET /drops", **known)[1]["code"] == "drop_not_found"
    world.deliver("unpack", s3_message(put))
    status, found = call(world, "manifests", "GET /drops", **known)
    assert (status, found["drop"]["state"], found["drop"]["counts"]) == (200, "done", {"expanded": 1, "refused": 1})
    assert [(each["key"], each["code"]) for each in found["members"]] == [("spring/a.png", ""), ("", "traversal")]
    assert call(world, "manifests", "GET /drops", **known, page="7")[1]["members"] == []
