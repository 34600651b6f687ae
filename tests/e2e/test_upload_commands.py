"""`assetwire upload` against the stack: parallel, once, and resumed where it broke off."""

import hashlib
import uuid
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import EndpointConnectionError
from test_main_job import post

from assetwire_cli.target import Target
from assetwire_cli.uploader import Planned, Uploader, plan
from watching import picture

PART = 16 * 1024 * 1024


class Flaky:
    """An S3 client that counts parts, and loses the connection after some."""

    def __init__(self, client: Any, *, parts: int) -> None:
        self._client, self._left, self.sent = client, parts, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def upload_part(self, **arguments: Any) -> Any:
        if not self._left:
            raise EndpointConnectionError(endpoint_url="the network")
        self._left -= 1
        self.sent += 1
        return self._client.upload_part(**arguments)


def nothing(planned: Planned, count: int) -> None:
    pass


def test_a_large_upload_that_broke_off_goes_on_where_it_was(target: Target, tmp_path: Path) -> None:
    content = bytes(PART) + b"a" * PART + b"b" * PART + uuid.uuid4().bytes
    (tmp_path / "large.tif").write_bytes(content)
    planned = plan([tmp_path], f"large/{uuid.uuid4()}")
    bucket = target.outputs["MastersBucketName"]

    broken = Flaky(target.client("s3"), parts=2)
    (result,) = Uploader(broken, bucket, multipart_from=PART).upload(planned, progress=nothing)
    assert (result.state, broken.sent) == ("failed", 2)

    again = Flaky(target.client("s3"), parts=10)
    (result,) = Uploader(again, bucket, multipart_from=PART).upload(planned, progress=nothing)
    assert (result.state, again.sent) == ("uploaded", 2)
    stored = target.client("s3").get_object(Bucket=bucket, Key=planned[0].key)["Body"].read()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(content).digest()

    (result,) = Uploader(target.client("s3"), bucket, multipart_from=PART).upload(planned, progress=nothing)
    assert result.state == "unchanged"


def test_a_folder_is_uploaded_once_and_only_what_changed_again(target: Target, tmp_path: Path, ingested: Any) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.jpg", "sub/b ü.jpg", ".hidden"):
        (tmp_path / name).write_bytes(picture())
    planned = plan([tmp_path], f"folder/{uuid.uuid4()}")
    uploader = lambda: Uploader(target.client("s3"), target.outputs["MastersBucketName"])  # noqa: E731
    first = list(uploader().upload(planned, progress=nothing))
    assert [result.state for result in first] == ["uploaded", "uploaded"]
    assert [Path(entry.key).name for entry in planned] == ["a.jpg", "b ü.jpg"]
    for result in first:
        assert ingested(result.planned.key, str(result.s3_version))["version_id"]

    (tmp_path / "a.jpg").write_bytes(picture())
    second = list(uploader().upload(plan([tmp_path], str(Path(planned[0].key).parent)), progress=nothing))
    assert [result.state for result in second] == ["uploaded", "unchanged"]
    assert second[1].s3_version == first[1].s3_version


def test_a_form_takes_only_its_own_key(target: Target) -> None:
    form = target.call("POST", "/uploads", body={"key": "studio/a.jpg"})
    assert form["maximum_bytes"] == 3 * 1024**3
    assert form["fields"]["key"] == "studio/a.jpg"
    with pytest.raises(HTTPError, match="403"):
        post(form["url"], {**form["fields"], "key": "studio/b.jpg"}, picture())
