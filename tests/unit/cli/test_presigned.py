"""`assetwire upload --presigned`: every byte is bound to its SHA-256, and what broke off goes on where it was."""

import base64
import hashlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import EndpointConnectionError

from assetwire.domain.errors import NotFound
from assetwire.ports import PartsPage, UploadedPart
from assetwire.services import uploads
from assetwire_cli import presigned
from assetwire_cli.presigned import PresignedUploader
from assetwire_cli.target import ApiError
from assetwire_cli.uploader import Planned, Uploaded
from fakes.stores import FakeMasters

MEBIBYTE = 1024 * 1024


class S3(FakeMasters):
    """A bucket behind URLs: it takes what a form or a part is bound to, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.sent: list[str] = []
        self.failures: list[int | None] = []
        """Of the next requests: a status, or None for a connection that breaks."""

    def send(self, request: Any) -> Any:
        if self.failures:
            status = self.failures.pop(0)
            if status is None:
                raise EndpointConnectionError(endpoint_url=request.url)
            return SimpleNamespace(status_code=status, text="<Code>Broken</Code>", headers={})
        assert request.headers["Content-Length"] == str(len(request.body))
        if request.method == "POST":
            fields, content = _form(request.body, request.headers["Content-Type"])
            assert fields["x-amz-checksum-sha256"] == base64.b64encode(hashlib.sha256(content).digest()).decode()
            self.objects[fields["key"]] = content
            self.sent.append(fields["key"])
            return SimpleNamespace(status_code=204, text="", headers={"x-amz-version-id": "v1"})
        query = parse_qs(urlsplit(request.url).query)
        number, digest = int(query["partNumber"][0]), hashlib.sha256(request.body)
        assert request.headers["x-amz-checksum-sha256"] == base64.b64encode(digest.digest()).decode()
        self._parts[query["uploadId"][0]][number] = UploadedPart(number, len(request.body), "e", digest.hexdigest())
        self.sent.append(f"part {number}")
        return SimpleNamespace(status_code=200, text="", headers={})

    def uploaded_parts(self, key: str, upload_id: str, *, after: int) -> PartsPage:
        page = super().uploaded_parts(key, upload_id, after=after)
        return PartsPage(page.parts[:1], page.parts[0].number if page.parts[1:] else None)  # pages of one part


class Api:
    """The API of uploads without its HTTP."""

    api_url = "https://api.example/v1"

    def __init__(self, s3: S3) -> None:
        self._s3 = s3
        self.calls: list[str] = []

    def call(self, method: str, path: str, *, query: Any = None, body: Any = None) -> Any:
        self.calls.append(f"{method} {path}")
        given, most = dict(query or body), {"masters": self._s3, "maximum_bytes": 200 * MEBIBYTE}
        key, size = given["key"], given.get("bytes")
        try:
            match f"{method} {path}":
                case "POST /uploads":
                    return uploads.request_upload(key, size=size, sha256=given["sha256"], **most)._asdict()
                case "POST /uploads/multipart":
                    return uploads.begin_multipart(key, size=size, checksums=True, **most)._asdict()
                case "GET /uploads/multipart":
                    done = uploads.list_parts(key, given["upload_id"], after=int(given["after"]), masters=self._s3)
                    return {"parts": [part._asdict() for part in done.parts], "next_after": done.next_after}
                case "POST /uploads/multipart/parts":
                    wanted = [uploads.WantedPart(**part) for part in given["parts"]]
                    signed = uploads.sign_parts(key, given["upload_id"], size=size, wanted=wanted, **most)
                    return {"urls": [url._asdict() for url in signed.urls]}
                case "POST /uploads/multipart/complete":
                    return uploads.complete_multipart(key, given["upload_id"], size=size, **most)._asdict()
        except NotFound as error:
            raise ApiError(404, error.code, error.message) from error
        raise AssertionError(path)


@pytest.fixture
def s3() -> S3:
    return S3()


@pytest.fixture
def film(tmp_path: Path) -> Planned:
    (tmp_path / "film.mp4").write_bytes(b"".join(bytes([n]) * MEBIBYTE for n in range(40)) + b"end")
    return Planned(tmp_path / "film.mp4", "a/film.mp4", 40 * MEBIBYTE + 3)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presigned, "_SIGNED_AT_ONCE", 2)
    monkeypatch.setattr("threading.Event.wait", lambda event, seconds=None: event.is_set())


def sent(s3: S3, tmp_path: Path, *files: Planned) -> list[Uploaded]:
    place: Any = Api(s3)
    told: list[int] = []
    uploader = PresignedUploader(place, workers=1, notes=tmp_path / "notes", http=s3)
    results = list(uploader.upload(list(files), progress=lambda _, count: told.append(count)))
    if all(result.state == "uploaded" for result in results):
        assert sum(told) == sum(file.bytes for file in files)
    return results


def test_a_small_file_goes_by_a_form_for_its_bytes_alone(s3: S3, tmp_path: Path) -> None:
    (tmp_path / "shoe.jpg").write_bytes(b"pixels\r\n--")
    (result,) = sent(s3, tmp_path, Planned(tmp_path / "shoe.jpg", "a/Schüh.jpg", 10))
    assert (result.state, result.s3_version) == ("uploaded", "v1")
    assert s3.objects == {"a/Schüh.jpg": b"pixels\r\n--"}


def test_a_large_file_goes_in_parts_and_leaves_no_note(s3: S3, tmp_path: Path, film: Planned) -> None:
    (result,) = sent(s3, tmp_path, film)
    assert (result.state, result.s3_version) == ("uploaded", "of upload-1")
    assert s3.sent == ["part 1", "part 2", "part 3"]
    assert list((tmp_path / "notes").iterdir()) == []


def test_what_broke_off_goes_on_where_it_was(s3: S3, tmp_path: Path, film: Planned) -> None:
    s3.failures = []
    original = s3.send

    def breaks(request: Any) -> Any:
        if len(s3.sent) == 2:
            return SimpleNamespace(status_code=403, text="<Code>AccessDenied</Code>", headers={})
        return original(request)

    s3.send = breaks  # type: ignore[method-assign]
    (result,) = sent(s3, tmp_path, film)
    assert (result.state, "AccessDenied" in result.error) == ("failed", True)
    s3.send = original  # type: ignore[method-assign]
    (result,) = sent(s3, tmp_path, film)
    assert (result.state, s3.sent) == ("uploaded", ["part 1", "part 2", "part 3"])


def test_an_upload_that_is_gone_by_now_begins_anew(s3: S3, tmp_path: Path, film: Planned) -> None:
    s3.failures = [403]
    assert sent(s3, tmp_path, film)[0].state == "failed"
    s3.abort_multipart(film.key, "upload-1")
    assert sent(s3, tmp_path, film)[0].s3_version == "of upload-2"


def test_a_file_that_changed_is_another_upload(s3: S3, tmp_path: Path, film: Planned) -> None:
    s3.failures = [403]
    assert sent(s3, tmp_path, film)[0].state == "failed"
    film.file.write_bytes(b"x" * film.bytes)
    assert sent(s3, tmp_path, film)[0].s3_version == "of upload-2"


def test_what_may_pass_is_tried_again(s3: S3, tmp_path: Path, film: Planned) -> None:
    s3.failures = [503, None, 500]
    assert sent(s3, tmp_path, film)[0].state == "uploaded"


@pytest.mark.parametrize(("failures", "tries"), [([403], 1), ([503] * 4, 4)])
def test_a_file_that_s3_does_not_take_costs_that_file_alone(
    s3: S3, tmp_path: Path, failures: list[int | None], tries: int
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x")
    s3.failures = list(failures)
    first, second = sent(s3, tmp_path, Planned(tmp_path / "a", "a", 1), Planned(tmp_path / "b", "b", 1))
    assert (first.state, "not_taken_by_s3" in first.error, second.state) == ("failed", True, "uploaded")
    assert len(failures) == tries


def test_an_empty_file_and_one_without_key_are_told_of(s3: S3, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    results = sent(s3, tmp_path, Planned(tmp_path / "empty", "e", 0), Planned(tmp_path / "x", "x", 0, refused="no key"))
    assert [(result.state, result.error.split(":")[0]) for result in results] == [
        ("failed", "empty_file"),
        ("failed", "no key"),
    ]


def _form(body: bytes, content_type: str) -> tuple[dict[str, str], bytes]:
    boundary = content_type.split("boundary=")[1].encode()
    fields: dict[str, str] = {}
    content = b""
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, value = part[2:-2].partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        assert name is not None
        if name[1] == b"file":
            content = value
        else:
            fields[name[1].decode()] = value.decode()
    return fields, content
