"""Masters that come in by the API alone, in parts, as an archive, and with what is said of them: IAM enforced."""

import io
import json
import urllib.request
import uuid
import zipfile
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from test_main_job import post

from assetwire_cli import manifests
from assetwire_cli.presigned import PresignedUploader
from assetwire_cli.target import ApiError, Target
from assetwire_cli.uploader import Planned
from watching import eventually, picture

MEBIBYTE = 1024 * 1024
SIDECAR = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Headline="{headline}"
 photoshop:City="Ulm"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
ROW = "{file},SH-1,4006381333931,shoes,Schuh,DE|AT,web\n"
HEAD = "file,sku,gtin,category,title.de,rights.territories,rights.usages\n"


def nothing(planned: Planned, count: int) -> None:
    pass


def send(target: Target, notes: Path, *files: Planned) -> list[str]:
    results = list(PresignedUploader(target, notes=notes).upload(list(files), progress=nothing))
    assert [result.error for result in results] == [""] * len(files)
    return [str(result.s3_version) for result in results]


def planned(folder: Path, name: str, data: bytes, key: str) -> Planned:
    (folder / name).write_bytes(data)
    return Planned(folder / name, key, len(data))


def said(target: Target, key: str, s3_version: str, ingested: Any) -> dict[str, Any]:
    found: dict[str, Any] = target.call("GET", f"/assets/{ingested(key, s3_version)['asset_id']}")
    return found


def dropped(target: Target, key: str, s3_version: str) -> dict[str, Any]:
    """Wait until a drop is done or refused."""

    def ask() -> Any:
        try:
            found = target.call("GET", "/drops", query={"key": key, "s3_version": s3_version})
        except ApiError as error:
            if error.code != "drop_not_found":
                raise
            return None
        return found if found["drop"]["state"] != "working" else None

    found: dict[str, Any] = eventually(ask, f"{key} to be unpacked")
    return found


def put_part(signed: dict[str, Any], body: bytes) -> int:
    """Put other bytes than a part's URL is for; return S3's status."""
    headers = {**signed["headers"], "Content-Length": str(len(body))}
    request = urllib.request.Request(signed["url"], data=body, headers=headers, method="PUT")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in files.items():
            writer.writestr(name, data)
    return packed.getvalue()


def test_a_file_comes_in_by_the_api_alone_and_is_held_to_its_size(
    target: Target, tmp_path: Path, ingested: Any
) -> None:
    key = f"intake/{uuid.uuid4()}/Schüh 1.jpg"
    body = picture()
    (version,) = send(target, tmp_path / "notes", planned(tmp_path, "a.jpg", body, key))
    assert said(target, key, version, ingested)["status"] == "accepted"
    form = target.call("POST", "/uploads", body={"key": key, "bytes": len(body) + 1})
    with pytest.raises(OSError, match="HTTP Error 4"):
        post(form["url"], form["fields"], body)


def test_a_large_file_comes_in_parts_by_the_api_alone(target: Target, tmp_path: Path) -> None:
    key = f"intake/{uuid.uuid4()}/film.mp4"
    content = b"".join(bytes([number]) * MEBIBYTE for number in range(33)) + uuid.uuid4().bytes
    (version,) = send(target, tmp_path / "notes", planned(tmp_path, "film.mp4", content, key))
    bucket = target.outputs["MastersBucketName"]
    stored = target.client("s3").get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
    assert stored == content
    begun = target.call("POST", "/uploads/multipart", body={"key": key, "bytes": len(content), "checksums": True})
    known = {"key": key, "upload_id": begun["upload_id"]}
    part = {"number": 3, "sha256": "0" * 64}
    wanted = {**known, "bytes": len(content), "parts": [part]}
    (signed,) = target.call("POST", "/uploads/multipart/parts", body=wanted)["urls"]
    assert [put_part(signed, bytes(size)) for size in (signed["bytes"], signed["bytes"] - 1)] == [400, 403]
    with pytest.raises(ApiError, match="incomplete_upload"):
        target.call("POST", "/uploads/multipart/complete", body={**known, "bytes": len(content)})
    target.call("DELETE", "/uploads/multipart", query=known)
    with pytest.raises(ApiError, match="multipart_not_found"):
        target.call("GET", "/uploads/multipart", query=known)


def test_an_archive_is_expanded_with_what_its_manifest_and_its_sidecars_say(
    target: Target, tmp_path: Path, ingested: Any
) -> None:
    name = f"intake-{uuid.uuid4()}"
    files = {
        "manifest.csv": (HEAD + ROW.format(file="a/one.jpg")).encode(),
        "a/one.jpg": picture(),
        "a/one.jpg.xmp": SIDECAR.format(headline="From the sidecar").encode(),
        "two.jpg": picture(),
        "../evil.jpg": picture(),
        "__MACOSX/._two.jpg": b"x",
    }
    key = f"drops/{name}.zip"
    (version,) = send(target, tmp_path / "notes", planned(tmp_path, "a.zip", archive(files), key))
    found = dropped(target, key, version)
    assert (found["drop"]["state"], found["drop"]["counts"], found["drop"]["declared"]) == (
        "done",
        {"expanded": 4, "refused": 1, "skipped": 1},
        1,
    )
    members = {member["name"]: member for member in found["members"]}
    assert members["../evil.jpg"]["code"] == "traversal"
    one = members["a/one.jpg"]
    assert one["key"] == f"{name}/a/one.jpg"
    asset_id = ingested(one["key"], one["s3_version"])["asset_id"]

    def whole() -> Any:
        asset = target.call("GET", f"/assets/{asset_id}")
        return asset if {"title", "headline"} <= set(asset["edits"]) else None

    asset = eventually(whole, "the sidecar to be read")
    assert (asset["category"], asset["rights"]["territories"], asset["edits"]["title"]["source"]) == (
        "shoes",
        ["AT", "DE"],
        "manifest",
    )
    assert [(each["kind"], each["value"]) for each in asset["declared"]] == [("sku", "SH-1"), ("gtin", "4006381333931")]
    assert (asset["edits"]["headline"]["value"], asset["edits"]["headline"]["source"]) == (
        "From the sidecar",
        "sidecar",
    )
    assert said(target, members["two.jpg"]["key"], members["two.jpg"]["s3_version"], ingested)["declared"] == []
    with pytest.raises(ApiError, match="upload_not_found"):  # ingest never hears of archives
        target.call("GET", "/uploads", query={"key": key, "s3_version": version})

    (again,) = send(target, tmp_path / "notes", planned(tmp_path, "a.zip", archive(files), key))
    second = dropped(target, key, again)
    assert [member["s3_version"] for member in second["members"]] == [
        member["s3_version"] for member in found["members"]
    ]
    assert not any(member["written"] for member in second["members"])


@pytest.mark.parametrize(
    ("key", "consumers"),
    [
        ("a/shoe.jpg", {"ingest"}),
        ("a/shoe.jpg.xmp", {"ingest"}),
        ("drops/a.zip", {"unpack"}),
        ("drops/a/b.jpg", {"unpack"}),
        ("a/drops/b.jpg", {"ingest"}),
        ("a/manifest.csv", {"ingest", "unpack"}),  # ingest leaves it alone
    ],
)
def test_the_rules_hand_each_key_to_those_whom_it_concerns(target: Target, key: str, consumers: set[str]) -> None:
    events = target.client("events")
    bucket = {"name": target.outputs["MastersBucketName"]}
    event = {"source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": bucket, "object": {"key": key}}}
    envelope = {"id": "1", "account": "0", "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": []}
    hearing = set()
    for rule in events.list_rules()["Rules"]:
        if events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event | envelope))["Result"]:
            hearing |= {each["Id"] for each in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]}
    assert hearing == consumers


def test_a_bomb_is_refused_and_an_archive_whose_manifest_is_wrong_is_not_expanded(
    target: Target, tmp_path: Path
) -> None:
    wrong = archive({"manifest.csv": b"file,price,colour\na.jpg,9.99,red\n", "a.jpg": picture()})
    for data, code in ((b"no archive", "damaged_archive"), (wrong, "manifest_refused")):
        key = f"drops/intake-{uuid.uuid4()}.zip"
        (version,) = send(target, tmp_path / "notes", planned(tmp_path, "a.zip", data, key))
        found = dropped(target, key, version)
        assert (found["drop"]["state"], found["drop"]["problems"][0]["code"]) == ("refused", code)
    told = [(each["line"], each["column"], each["code"]) for each in found["drop"]["manifest_problems"]]
    assert told == [(1, "price", "forbidden_field"), (1, "colour", "unknown_column")]


@pytest.mark.parametrize("first", ["manifest", "master"])
def test_a_manifest_reaches_its_masters_whichever_comes_first(
    target: Target, tmp_path: Path, ingested: Any, put: Any, first: str
) -> None:
    folder = f"intake/{uuid.uuid4()}"
    (tmp_path / "manifest.csv").write_text(HEAD + ROW.format(file="shoe.jpg"))
    if first == "manifest":
        assert manifests.declare(target, tmp_path / "manifest.csv", folder=folder)["waiting"] == 1
    key = f"{folder}/shoe.jpg"
    version = put(key, picture())
    asset = said(target, key, version, ingested)
    if first == "master":
        assert asset["category"] == "default"
        assert manifests.declare(target, tmp_path / "manifest.csv", folder=folder)["applied"] == 1
        asset = target.call("GET", f"/assets/{asset['asset_id']}")
    assert (asset["category"], asset["rights"]["usages"], asset["edits"]["title"]["value"]) == (
        "shoes",
        ["web"],
        {"de": "Schuh"},
    )
    assert manifests.declare(target, tmp_path / "manifest.csv", folder=folder)["unchanged"] == 1
    again = target.call("GET", f"/assets/{asset['asset_id']}")
    assert [again[name] for name in ("edits", "declared", "rights")] == [
        asset[name] for name in ("edits", "declared", "rights")
    ]
    standing = target.call("GET", "/declarations", query={"key": key})
    assert (standing["manifest"]["applied"], standing["sidecar"]) == ([key], None)


def test_the_same_bytes_with_other_rights_are_for_people_to_judge(
    target: Target, tmp_path: Path, ingested: Any, put: Any
) -> None:
    folder, body, found = f"intake/{uuid.uuid4()}", picture(), []
    for name, row in (("ours", ROW), ("theirs", ROW.replace("DE|AT", "FR"))):
        (tmp_path / "manifest.csv").write_text(HEAD + row.format(file="shoe.jpg"))
        assert manifests.declare(target, tmp_path / "manifest.csv", folder=f"{folder}/{name}")["waiting"] == 1
        found.append(ingested(f"{folder}/{name}/shoe.jpg", put(f"{folder}/{name}/shoe.jpg", body)))
    asset_id = found[0]["asset_id"]
    assert (found[1]["asset_id"], found[1]["version_id"]) == (asset_id, None)
    assert target.call("GET", f"/assets/{asset_id}")["rights"]["territories"] == ["AT", "DE"]

    def conflicts() -> list[dict[str, Any]]:
        listed = target.call("GET", "/work", query={"queue": "rights_conflict", "limit": "100"})["items"]
        return [item["evidence"] for item in listed if item["asset_id"] == asset_id]

    (conflict,) = eventually(conflicts, "the work item")
    assert conflict["key"] == f"{folder}/theirs/shoe.jpg"
    assert (conflict["rights"]["territories"], conflict["declared"]["territories"]) == (["AT", "DE"], ["FR"])


def test_a_manifest_beside_its_masters_and_a_sidecar_that_comes_later_are_applied(
    target: Target, ingested: Any, put: Any
) -> None:
    folder = f"intake/{uuid.uuid4()}"
    asset = said(target, f"{folder}/shoe.jpg", put(f"{folder}/shoe.jpg", picture()), ingested)
    version = put(f"{folder}/manifest.csv", (HEAD + ROW.format(file="shoe.jpg")).encode())
    assert dropped(target, f"{folder}/manifest.csv", version)["drop"]["declared"] == 1
    put(f"{folder}/shoe.xmp", SIDECAR.format(headline="Late").encode())

    def whole() -> Any:
        read = target.call("GET", f"/assets/{asset['asset_id']}")
        return read if "headline" in read["edits"] else None

    asset = eventually(whole, "the sidecar to be applied")
    assert (asset["edits"]["headline"]["value"], asset["category"]) == ("Late", "shoes")


def test_what_only_stands_in_the_bucket_neither_widens_what_people_set_nor_lifts_a_limit(
    target: Target, ingested: Any, put: Any
) -> None:
    key = f"intake/{uuid.uuid4()}/shoe.jpg"
    manifest, sidecar = key.replace("shoe.jpg", "manifest.csv"), f"{key}.xmp"
    asset_id = said(target, key, put(key, picture()), ingested)["asset_id"]

    def read() -> dict[str, Any]:
        found: dict[str, Any] = target.call("GET", f"/assets/{asset_id}")
        return found

    first = put(manifest, (HEAD + ROW.format(file="shoe.jpg")).encode())
    assert dropped(target, manifest, first)["drop"]["declared"] == 1
    assert (read()["rights"]["territories"], read()["rights_declared"]) == (["AT", "DE"], True)
    rights = {"windows": [{}], "territories": ["DE"], "usages": ["web"]}
    assert target.call("PUT", f"/assets/{asset_id}/rights", body=rights)["rights_declared"] is False
    wider = put(manifest, (HEAD + ROW.replace("DE|AT", "*").format(file="shoe.jpg")).encode())
    assert dropped(target, manifest, wider)["drop"]["declared"] == 1
    assert read()["rights"]["territories"] == ["DE"]
    queues = [each["queue"] for each in target.call("GET", "/work")["items"] if each["asset_id"] == asset_id]
    assert queues == ["rights_conflict"]

    ends = 'photoshop:Headline="Until" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" plus:LicenseEndDate="2031-01-01"'
    put(sidecar, SIDECAR.replace('photoshop:Headline="{headline}"', ends).encode())
    eventually(lambda: read()["restricted"], "the limit of the sidecar")
    put(sidecar, SIDECAR.format(headline="Silent").encode())
    held = eventually(lambda: read()["held_limits"], "the limit to be held")
    assert held["windows"] == read()["restricted"]["windows"] == [{"starts": None, "ends": "2031-01-01T00:00:00Z"}]
    lifted = target.call("DELETE", f"/assets/{asset_id}/held-limits", query={"reason": "the licence was renewed"})
    assert (lifted["held_limits"], lifted["restricted"], lifted["rights"]["territories"]) == (None, None, ["DE"])

    changes = target.call("GET", f"/assets/{asset_id}/changes")["changes"]
    assert [changes[0]["reason"], changes[-1]["by"]] == ["the licence was renewed", f"{manifest}@{first}"]
    told = eventually(
        lambda: target.call("GET", "/changes", query={"by": f"{manifest}@{first}"})["changes"], "the audit trail"
    )
    assert told == [changes[-1] | {"kind": "asset"}]
