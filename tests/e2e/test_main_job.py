"""From an uploaded master to a rights-checked URL, through the deployed stack with IAM enforced."""

import hashlib
import io
import json
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from assetwire_cli.project import SAMPLES
from assetwire_cli.target import ApiError, Target
from watching import ANYWHERE, eventually, get, picture, scan

SHOT = (SAMPLES / "DSC_0042.JPG").read_bytes()
"""Stored on its side: 340 × 427 upright."""

CREDITS = {0x8298: "Public domain (SpaceX)", 0x013B: "SpaceX"}
"""Its Copyright and Artist, as EXIF has them."""


def mint(target: Target, asset_id: str, name: str = "web-320.jpg", **query: str) -> str:
    asked = {"territory": "DE", "usage": "web", "ttl": "600", **query}
    return str(target.call("GET", f"/assets/{asset_id}/renditions/{name}/url", query=asked)["url"])


def test_a_form_upload_comes_out_as_an_upright_rendition_behind_a_signed_url(
    target: Target, ingested: Any, delivered: Any
) -> None:
    form = target.call("POST", "/uploads", body={"key": "studio/Kleid Größe 38 front.jpg"})
    version = post(form["url"], form["fields"], SHOT)
    found = ingested(form["key"], version)
    asset = target.call("GET", f"/assets/{found['asset_id']}")
    assert (asset["status"], asset["inspection"]["width"], asset["inspection"]["height"]) == ("accepted", 340, 427)
    assert asset["inspection"]["sha256"] == hashlib.sha256(SHOT).hexdigest()
    assert asset["file_name"] == "Kleid Größe 38 front.jpg"

    target.call("PUT", f"/assets/{found['asset_id']}/rights", body=ANYWHERE)
    asset = delivered(found["asset_id"])
    names = asset["delivered"]["renditions"]
    web = [f"web-{width}.{kind}" for width in (320, 640) for kind in ("avif", "jpg", "webp")]
    assert names == ["shopify-media.jpg", "thumb-256.jpg", "thumb-256.webp", *web]
    whole = (340, 427)
    sizes = {"shopify-media": whole, "thumb-256": (204, 256), "web-320": (320, 402), "web-640": whole}
    for name in names:
        status, body, headers = get(mint(target, found["asset_id"], name))
        assert status == 200
        with Image.open(io.BytesIO(body)) as image:
            assert image.size == sizes[name.split(".")[0]]
            assert dict(image.getexif()) == CREDITS  # and nothing else of what the camera wrote
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_forged_altered_and_unsigned_urls_are_refused_and_a_cached_answer_changes_nothing(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    asset_id = released(target, put, ingested, delivered)
    other_id = released(target, put, ingested, delivered)
    url = mint(target, asset_id)
    assert [get(url)[2]["X-Cache"].split()[0] for _ in range(2)] == ["Miss", "Hit"]
    base, query = url.split("?")
    signature = query.split("Signature=")[1].split("&")[0]
    wrong = {
        "unsigned": base,
        "for another asset": url.replace(asset_id, other_id),
        "of another rendition": url.replace("web-320.jpg", "web-320.webp"),
        "with a later end": url.replace("Expires=", "Expires=9"),
        "with another signature": url.replace(signature, mint(target, other_id).split("Signature=")[1].split("&")[0]),
        "of an unknown key": url.replace("Key-Pair-Id=SigningKey", "Key-Pair-Id=SigningKeyOf"),
        "with a query added": url + "&width=100",
    }
    answers = {way: get(altered)[0] for way, altered in wrong.items()}
    assert answers == dict.fromkeys(wrong, 403)
    assert get(url)[0] == 200


def test_a_url_is_for_its_territories_whose_viewers_share_one_cached_answer(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    asset_id = released(target, put, ingested, delivered)
    german, several = mint(target, asset_id), mint(target, asset_id, territory="DE,AT")
    anywhere = mint(target, asset_id, territory="*")
    answers = [get(german), get(several, "AT"), get(anywhere, "US")]
    assert [(status, headers["X-Cache"].split()[0]) for status, _, headers in answers] == [
        (200, "Miss"),
        (200, "Hit"),
        (200, "Hit"),
    ]
    assert all(headers["Cache-Control"] == "private, max-age=60" for _, _, headers in answers)
    refused = [get(german, "AT"), get(several, "US"), get(german, ""), get(anywhere, "")]
    assert [(status, headers["X-Assetwire-Edge-Reason"]) for status, _, headers in refused] == [
        (403, "other_territory"),
        (403, "other_territory"),
        (403, "no_viewer_country"),
        (403, "no_viewer_country"),
    ]


def test_a_channel_fetches_by_a_token_that_dies_with_its_end_and_with_the_generation(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    asset_id = released(target, put, ingested, delivered)
    path, shown = f"/assets/{asset_id}/renditions/web-320.jpg/url", {**ANYWHERE, "usages": ["web", "marketplace"]}
    target.call("PUT", f"/assets/{asset_id}/rights", body=shown)
    asked = {"form": "path", "channel": "walmart-us"}
    url = target.call("GET", path, query={**asked, "ttl": "600"})["url"]
    short = target.call("GET", path, query={**asked, "ttl": "1"})["url"]
    assert "?" not in url
    assert url.endswith(".jpg")
    assert get(url, "")[0] == 200
    assert get(url.replace("walmart-us", "amazon-us"), "")[0] == 403
    eventually(lambda: get(short, "")[0] == 403, "the token to expire", seconds=5)
    target.call("PUT", f"/assets/{asset_id}/rights", body={**shown, "territories": ["DE"]})
    eventually(lambda: get(url, "")[0] == 403, "the token's generation to be gone")
    with pytest.raises(ApiError, match="territory_not_licensed"):
        target.call("GET", path, query=asked)


def test_a_url_is_refused_from_its_end_on(target: Target, put: Any, ingested: Any, delivered: Any) -> None:
    url = mint(target, released(target, put, ingested, delivered), ttl="2")
    assert get(url)[0] == 200
    eventually(lambda: get(url)[0] == 403, "the URL to expire", seconds=5)


def test_a_url_ends_with_the_rights(target: Target, put: Any, ingested: Any, delivered: Any) -> None:
    asset_id = released(target, put, ingested, delivered)
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=30)
    rights = {**ANYWHERE, "windows": [{"ends": ends.isoformat()}]}
    target.call("PUT", f"/assets/{asset_id}/rights", body=rights)
    delivered(asset_id)
    path = f"/assets/{asset_id}/renditions/web-320.jpg/url"
    minted = target.call("GET", path, query={"territory": "FR", "ttl": "3600"})
    assert datetime.fromisoformat(minted["expires_at"]) == ends


def test_a_withdrawal_ends_urls_minted_before_with_a_warm_cache_and_a_new_grant_works_at_once(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    asset_id = released(target, put, ingested, delivered)
    url = mint(target, asset_id)
    assert [get(url)[0] for _ in range(2)] == [200, 200]

    withdrawn = target.call("PUT", f"/assets/{asset_id}/rights", body={**ANYWHERE, "windows": []})
    assert withdrawn["generation"] == 2
    with pytest.raises(ApiError, match="no_window"):
        mint(target, asset_id)
    eventually(lambda: get(url)[0] == 403, "the old URL to be refused")
    assert delivery_of(target, asset_id) == []

    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    delivered(asset_id)
    assert get(mint(target, asset_id))[0] == 200
    assert get(url)[0] == 403


def test_one_key_uploaded_with_a_then_b_then_a_is_one_asset_of_three_versions_and_two_blobs(
    target: Target, put: Any, ingested: Any
) -> None:
    key, a, b = f"versions/{uuid.uuid4()}.jpg", picture(), picture()
    found = [ingested(key, put(key, body)) for body in (a, b, a)]
    assert len({entry["asset_id"] for entry in found}) == 1
    assert len({entry["version_id"] for entry in found}) == 3
    asset = target.call("GET", f"/assets/{found[0]['asset_id']}")
    assert asset["current_version"] == found[2]["version_id"]
    blobs = [item for item in scan(target) if item["kind"]["S"] == "Blob"]
    hashes = {hashlib.sha256(body).hexdigest() for body in (a, b)}
    assert len([blob for blob in blobs if blob["data"]["M"]["sha256"]["S"] in hashes]) == 2


def test_a_new_version_replaces_the_delivered_one_which_stays_until_then(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    key = f"replaced/{uuid.uuid4()}.jpg"
    asset_id = ingested(key, put(key, picture()))["asset_id"]
    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    delivered(asset_id)
    old = mint(target, asset_id)
    assert get(old)[0] == 200

    version = ingested(key, put(key, picture()))["version_id"]
    while target.call("GET", f"/assets/{asset_id}")["delivered"]["version_id"] != version:
        minted = mint(target, asset_id)  # of the one or the other, and of what is there until its successor is recorded
        assert get(minted)[0] == 200 or mint(target, asset_id) != minted
    new = mint(target, asset_id)
    assert version in new
    assert get(new)[0] == 200
    eventually(lambda: get(old)[0] == 403, "the old version to be gone")


def test_a_broken_second_version_leaves_the_first_in_its_place(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    key = f"spoilt/{uuid.uuid4()}.jpg"
    first = ingested(key, put(key, picture()))
    target.call("PUT", f"/assets/{first['asset_id']}/rights", body=ANYWHERE)
    delivered(first["asset_id"])
    second = ingested(key, put(key, b"no picture any more"))
    assert second["asset_id"] == first["asset_id"]
    asset = target.call("GET", f"/assets/{first['asset_id']}")
    assert (asset["status"], asset["current_version"]) == ("accepted", first["version_id"])
    assert get(mint(target, first["asset_id"]))[0] == 200


def test_the_same_bytes_uploaded_under_many_keys_at_once_are_one_asset(target: Target, put: Any, ingested: Any) -> None:
    body, folder = picture(), uuid.uuid4()
    keys = [f"copies/{folder}/{number}.jpg" for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        versions = list(pool.map(lambda key: put(key, body), keys))
    found = [ingested(key, version) for key, version in zip(keys, versions, strict=True)]
    assert len({entry["asset_id"] for entry in found}) == 1
    assert len([entry for entry in found if entry["version_id"]]) == 1


def test_a_file_that_is_no_image_is_a_quarantined_asset_with_a_reason(target: Target, put: Any, ingested: Any) -> None:
    bodies = {"unrecognised_format": b"not a picture", "empty_file": b"", "undecodable": SHOT[: len(SHOT) // 2]}
    for code, body in bodies.items():
        key = f"broken/{uuid.uuid4()}.jpg"
        asset = target.call("GET", f"/assets/{ingested(key, put(key, body))['asset_id']}")
        assert (asset["status"], [p["code"] for p in asset["inspection"]["problems"]]) == ("quarantined", [code])


def test_listing_pages_through_every_asset_once_newest_first(target: Target, put: Any, ingested: Any) -> None:
    for number in range(5):
        key = f"listing/{uuid.uuid4()}-{number}.jpg"
        ingested(key, put(key, picture()))
    seen, cursor = [], None
    while True:
        page = target.call("GET", "/assets", query={"limit": "3"} | ({"cursor": cursor} if cursor else {}))
        seen += page["assets"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({asset["asset_id"] for asset in seen}) == len(seen) >= 5
    created = [asset["created_at"] for asset in seen]
    assert created == sorted(created, reverse=True)
    truth = {item["data"]["M"]["asset_id"]["S"] for item in scan(target) if item["kind"]["S"] == "Asset"}
    assert {asset["asset_id"] for asset in seen} == truth


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/assets/a" + "2" * 25, None, 404, "asset_not_found"),
        ("GET", "/assets?limit=1000", None, 422, "invalid_request"),
        ("POST", "/uploads", {"key": "../../etc/passwd"}, 422, "invalid_key"),
        ("POST", "/uploads", {"key": "a.jpg", "price": 9}, 422, "invalid_request"),
        ("PUT", "/assets/a" + "2" * 25 + "/rights", {"territories": ["Deutschland"]}, 422, "invalid_request"),
        ("GET", "/assets/a" + "2" * 25 + "/renditions/web-320.jpg/url?territory=DE", None, 404, "asset_not_found"),
    ],
)
def test_wrong_requests_get_a_typed_answer(
    target: Target, method: str, path: str, body: Any, status: int, code: str
) -> None:
    path, _, query = path.partition("?")
    with pytest.raises(ApiError) as error:
        target.call(method, path, body=body, query=dict([query.split("=")]) if query else None)
    assert (error.value.status, error.value.code) == (status, code)


def test_functions_can_do_what_their_role_says_and_nothing_else(target: Target) -> None:
    """With the credentials of a function's own role, what its job does not need is denied by the stack itself."""
    table, delivery = target.outputs["CatalogTable"], target.outputs["DeliveryBucketName"]
    masters = target.outputs["MastersBucketName"]
    key = {"pk": {"S": "x"}, "sk": {"S": "y"}}
    denied = {
        "SignedUrlRole": [
            ("dynamodb", "put_item", {"TableName": table, "Item": key}),
            ("s3", "get_object", {"Bucket": masters, "Key": "x"}),
        ],
        "RenditionsRole": [("s3", "put_object", {"Bucket": delivery, "Key": "x", "Body": b""})],
        "EnforceRole": [("s3", "get_object", {"Bucket": masters, "Key": "x"})],
        "CatalogApiRole": [
            ("secretsmanager", "get_secret_value", {"SecretId": target.outputs["SigningSecretId"]}),
            ("dynamodb", "delete_item", {"TableName": table, "Key": key}),
        ],
    }
    for role, calls in denied.items():
        session = target.client("sts").assume_role(RoleArn=role_arn(target, role), RoleSessionName="test")
        held = session["Credentials"]
        names = {
            "aws_access_key_id": held["AccessKeyId"],
            "aws_secret_access_key": held["SecretAccessKey"],
            "aws_session_token": held["SessionToken"],
        }
        for service, operation, arguments in calls:
            client = target.session.client(service, endpoint_url=target.endpoint, **names)
            with pytest.raises(client.exceptions.ClientError) as error:
                getattr(client, operation)(**arguments)
            code = error.value.response["Error"]["Code"]
            assert code in {"AccessDenied", "AccessDeniedException"}, (role, operation)


def released(target: Target, put: Any, ingested: Any, delivered: Any) -> str:
    """Upload a picture of its own and release it for everyone; return the asset's id once it is delivered."""
    key = f"released/{uuid.uuid4()}.jpg"
    asset_id: str = ingested(key, put(key, picture()))["asset_id"]
    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    delivered(asset_id)
    return asset_id


def delivery_of(target: Target, asset_id: str) -> list[str]:
    bucket = target.outputs["DeliveryBucketName"]
    answer = target.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{asset_id}/")
    return [entry["Key"] for entry in answer.get("Contents", [])]


def role_arn(target: Target, logical_id: str) -> str:
    resource = target.client("cloudformation").describe_stack_resource(
        StackName=target.stack, LogicalResourceId=logical_id
    )
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    return str(target.client("iam").get_role(RoleName=name)["Role"]["Arn"])


def post(url: str, fields: dict[str, str], body: bytes) -> str:
    """Post a form as a browser does; return S3's version id."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
    data = b"".join([*parts, head, body, f"\r\n--{boundary}--\r\n".encode()])
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers)) as answer:
        assert answer.status in {200, 201, 204}, json.dumps(dict(answer.headers))
        return str(answer.headers["x-amz-version-id"])
