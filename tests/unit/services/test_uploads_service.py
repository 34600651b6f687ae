"""Uploads without S3 permissions: what is signed is bound to a key, a size and a checksum."""

import hashlib

import pytest

from assetwire.domain.asset import UploadRecord
from assetwire.domain.errors import InvalidRequest, NotFound
from assetwire.domain.uploads import part_bytes, parts
from assetwire.services.uploads import (
    WantedPart,
    abort_multipart,
    begin_multipart,
    complete_multipart,
    find_upload,
    list_parts,
    request_upload,
    sign_parts,
)
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.stores import FakeMasters

SHA256 = hashlib.sha256(b"shoe").hexdigest()
KEY = "a/film.mp4"
MAXIMUM = 100 * 1024 * 1024
SIZE = 2 * part_bytes(1) + 7
"""Of a file in three parts, the last of which is short."""


class TestForms:
    """A form takes one file under one sound key."""

    def test_a_form_says_what_it_takes(self) -> None:
        form = request_upload("a/shoe.jpg", masters=FakeMasters(), maximum_bytes=1000)
        assert (form.key, form.maximum_bytes, form.sha256, form.expires_in) == ("a/shoe.jpg", 1000, None, 900)
        assert form.fields == {"key": "a/shoe.jpg", "policy": "1 to 1000 bytes, 900 s"}

    def test_a_form_for_known_bytes_takes_no_others(self) -> None:
        form = request_upload("a/shoe.jpg", size=4, sha256=SHA256, masters=FakeMasters(), maximum_bytes=1000)
        assert (form.maximum_bytes, form.sha256) == (4, SHA256)
        assert form.fields["policy"] == "4 to 4 bytes, 900 s"
        assert "x-amz-checksum-sha256" in form.fields

    @pytest.mark.parametrize("size", [0, 1001])
    def test_a_file_that_would_be_refused_gets_no_form(self, size: int) -> None:
        with pytest.raises(InvalidRequest) as refused:
            request_upload("a/shoe.jpg", size=size, masters=FakeMasters(), maximum_bytes=1000)
        assert refused.value.code == "invalid_size"

    def test_what_became_of_an_upload_is_told_once_it_is_ingested(self) -> None:
        catalog, version = FakeCatalog(), some.version()
        with pytest.raises(NotFound) as missing:
            find_upload("masters", "shoe.jpg", "v1", catalog=catalog)
        assert missing.value.code == "upload_not_found"
        note = UploadRecord(upload=version.upload, asset_id=version.asset_id, version_id=version.version_id)
        catalog.record(note)
        assert find_upload("masters", "shoe.jpg", "v1", catalog=catalog) == note


class TestMultipart:
    """A large file goes in parts, each bound to its size, and is whole or not there."""

    @pytest.fixture
    def masters(self) -> FakeMasters:
        return FakeMasters()

    @pytest.fixture
    def upload_id(self, masters: FakeMasters) -> str:
        begun = begin_multipart(KEY, size=SIZE, checksums=True, masters=masters, maximum_bytes=MAXIMUM)
        assert (begun.parts, begun.part_bytes, begun.bytes, begun.checksums) == (3, part_bytes(SIZE), SIZE, True)
        return begun.upload_id

    def complete(self, masters: FakeMasters, upload_id: str) -> str:
        return complete_multipart(KEY, upload_id, size=SIZE, masters=masters, maximum_bytes=MAXIMUM).s3_version

    def test_a_url_of_a_part_is_bound_to_its_size_and_its_checksum(self, masters: FakeMasters, upload_id: str) -> None:
        wanted = [WantedPart(3, SHA256), WantedPart(1, None)]
        signed = sign_parts(KEY, upload_id, size=SIZE, wanted=wanted, masters=masters, maximum_bytes=MAXIMUM)
        third, first = signed.urls
        assert (third.number, third.offset, third.bytes) == (3, 2 * part_bytes(SIZE), 7)
        assert set(third.headers) == {"Content-Length", "x-amz-checksum-sha256"}
        assert (third.headers["Content-Length"], first.headers) == ("7", {"Content-Length": str(part_bytes(SIZE))})

    @pytest.mark.parametrize("numbers", [[], [4], [0], [1] * 101])
    def test_parts_that_there_are_not_or_too_many_are_not_signed(
        self, masters: FakeMasters, upload_id: str, numbers: list[int]
    ) -> None:
        wanted = [WantedPart(number, None) for number in numbers]
        with pytest.raises(InvalidRequest):
            sign_parts(KEY, upload_id, size=SIZE, wanted=wanted, masters=masters, maximum_bytes=MAXIMUM)

    def test_an_upload_is_whole_once_each_part_is_there(self, masters: FakeMasters, upload_id: str) -> None:
        for number in (3, 1):
            masters.put_part(upload_id, number, parts(SIZE)[number - 1].bytes)
        with pytest.raises(InvalidRequest) as refused:
            self.complete(masters, upload_id)
        assert refused.value.code == "incomplete_upload"
        assert refused.value.problems == ({"code": "missing_part", "field": "parts", "message": "part 2"},)
        masters.put_part(upload_id, 2, part_bytes(SIZE))
        assert self.complete(masters, upload_id)
        with pytest.raises(NotFound) as gone:
            self.complete(masters, upload_id)
        assert gone.value.code == "multipart_not_found"

    def test_a_part_of_another_size_and_one_too_many_are_refused(self, masters: FakeMasters, upload_id: str) -> None:
        for each in parts(SIZE):
            masters.put_part(upload_id, each.number, each.bytes)
        masters.put_part(upload_id, 3, 8)
        with pytest.raises(InvalidRequest, match="1 parts are missing or of another size"):
            self.complete(masters, upload_id)
        masters.put_part(upload_id, 3, 7)
        masters.put_part(upload_id, 4, 7)
        with pytest.raises(InvalidRequest, match="1 parts are too many"):
            self.complete(masters, upload_id)

    def test_an_upload_that_broke_off_tells_which_parts_are_there(self, masters: FakeMasters, upload_id: str) -> None:
        masters.put_part(upload_id, 2, part_bytes(SIZE))
        done = list_parts(KEY, upload_id, after=0, masters=masters)
        assert ([(each.number, each.bytes) for each in done.parts], done.next_after) == ([(2, part_bytes(SIZE))], None)
        assert list_parts(KEY, upload_id, after=2, masters=masters).parts == []

    def test_an_upload_that_is_given_up_is_gone_and_giving_up_twice_is_no_error(
        self, masters: FakeMasters, upload_id: str
    ) -> None:
        for _ in range(2):
            abort_multipart(KEY, upload_id, masters=masters)
        with pytest.raises(NotFound):
            list_parts(KEY, upload_id, after=0, masters=masters)

    @pytest.mark.parametrize("size", [0, MAXIMUM + 1])
    def test_a_file_that_would_be_refused_is_not_begun(self, masters: FakeMasters, size: int) -> None:
        with pytest.raises(InvalidRequest) as refused:
            begin_multipart(KEY, size=size, checksums=False, masters=masters, maximum_bytes=MAXIMUM)
        assert refused.value.code == "invalid_size"
