"""Transcoders: the fakes, this machine and MediaConvert keep the same promises, as far as that is played here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import av
import pytest

from assetwire.adapters.clients import client
from assetwire.adapters.mediaconvert import MediaConvert, Place
from assetwire.domain.asset import Upload
from assetwire.domain.errors import Archived, InvalidRequest, NotFound, Unavailable
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Inspection, Kind
from assetwire.domain.metadata import Metadata
from assetwire.domain.transcode_plan import Transcode, wanted_transcodes
from assetwire.media.transcode.local import LocalTranscoder
from assetwire.ports.transcoding import Labeller, Order, Progress, Transcoder
from fakes import some
from fakes.films import film
from fakes.mediaconvert import PlayedMediaConvert
from fakes.transcoding import FakeLabeller, FakeTranscoder

Aws = Callable[[str], Any]
INSIDE = Inscription(fields={"title": {"x-default": "Shoe"}, "copyright_notice": {"x-default": "© Studio"}})
PLACE = Place("arn:aws:mediaconvert:us-east-1:123456789012:queues/q", "arn:aws:iam::123456789012:role/r", "renditions")
ROOM = 10**9


class Bench(NamedTuple):
    """A transcoder, masters that it can reach, and how its work gets done."""

    transcoder: Transcoder
    put: Callable[[bytes], Upload]
    work: Callable[[], None]


def inspection(size: int, *, seconds: float = 1.0, frame_rate: float = 25.0) -> Inspection:
    technical = {"frame_rate": frame_rate, "audio_tracks": 0}
    return some.inspection(
        kind=Kind.VIDEO,
        media_type="video/mp4",
        width=96,
        height=64,
        bytes=size,
        duration_seconds=seconds,
        metadata=Metadata(technical=technical),
    )


def transcode(name: str = "video-480.mp4") -> Transcode:
    return next(each for each in wanted_transcodes(inspection(1)) if each.name == name)


def order(upload: Upload, data: bytes, folder: Path, name: str = "video-480.mp4") -> Order:
    what = transcode(name)

    def master() -> Path:
        (folder / "master").write_bytes(data)
        return folder / "master"

    key = f"{some.asset_id()}/{some.version().version_id}/{what.digest(INSIDE.digest)}/{name}"
    return Order(what, upload, inspection(len(data)), INSIDE, key, master, folder)


@pytest.fixture
def local() -> LocalTranscoder:
    return LocalTranscoder(longest=600, room=ROOM, left=lambda: 60)


@pytest.fixture
def played(aws: Aws) -> PlayedMediaConvert:
    s3 = aws("s3")
    for bucket in ("masters", "renditions"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="masters", VersioningConfiguration={"Status": "Enabled"})
    service = PlayedMediaConvert(s3)
    service.join(client("mediaconvert"))
    return service


@pytest.fixture
def convert(played: PlayedMediaConvert, local: LocalTranscoder) -> MediaConvert:
    return MediaConvert(PLACE, labeller=local, room=ROOM)


def put_in_s3(s3: Any, data: bytes, **options: str) -> Upload:
    version = s3.put_object(Bucket="masters", Key="films/a film.mov", Body=data, **options)["VersionId"]
    return some.upload("films/a film.mov", s3_version=version)


@pytest.fixture(params=["fake at once", "fake later", "local", "mediaconvert"])
def bench(request: pytest.FixtureRequest, aws: Aws) -> Bench:
    match request.param:
        case "fake at once":
            return Bench(FakeTranscoder(), lambda data: some.upload(), lambda: None)
        case "fake later":
            fake = FakeTranscoder(at_once=False)
            return Bench(fake, lambda data: some.upload(), lambda: fake.end("video-480.mp4"))
        case "local":
            return Bench(request.getfixturevalue("local"), lambda data: some.upload(), lambda: None)
        case _:
            played = request.getfixturevalue("played")
            made = request.getfixturevalue("convert")
            return Bench(made, lambda data: put_in_s3(aws("s3"), data), played.work)


def test_what_is_ordered_is_made_once_its_work_is_done(bench: Bench, tmp_path: Path) -> None:
    data = film(tmp_path / "a.mp4").read_bytes()
    wanted = order(bench.put(data), data, tmp_path)
    assert bench.transcoder.refuses(wanted) is None
    assert bench.transcoder.takes(wanted) > 0
    ticket = bench.transcoder.begin(wanted)
    assert bench.transcoder.look(ticket, wanted).progress in {Progress.WORKING, Progress.DONE}
    bench.work()
    assert bench.transcoder.look(ticket, wanted).progress is Progress.DONE
    made = bench.transcoder.collect(ticket, wanted)
    assert made.path == tmp_path / "video-480.mp4"
    assert (made.width, made.height, made.bytes) == (96, 64, made.path.stat().st_size)


def test_what_is_begun_twice_has_one_ticket(bench: Bench, tmp_path: Path) -> None:
    data = film(tmp_path / "a.mp4").read_bytes()
    wanted = order(bench.put(data), data, tmp_path)
    assert bench.transcoder.begin(wanted) == bench.transcoder.begin(wanted)


def test_a_damaged_master_fails_with_a_reason_or_never_gets_there(bench: Bench, tmp_path: Path) -> None:
    data = b"damaged film"
    wanted = order(bench.put(data), data, tmp_path)
    ticket = bench.transcoder.begin(wanted)
    if bench.transcoder.look(ticket, wanted).progress is Progress.WORKING and isinstance(
        bench.transcoder, FakeTranscoder
    ):
        return  # it knows nothing of content until it is told
    bench.work()
    state = bench.transcoder.look(ticket, wanted)
    assert state.progress is Progress.FAILED
    assert state.problem is not None
    assert state.problem.message
    with pytest.raises(NotFound):
        bench.transcoder.collect(ticket, wanted)


class TestMediaConvert:
    """What only the service that answers later can do wrong."""

    @pytest.fixture
    def data(self, tmp_path: Path) -> bytes:
        return film(tmp_path / "a.mp4").read_bytes()

    def test_a_job_reads_the_version_that_counts_from_the_renditions_bucket(
        self, aws: Aws, convert: MediaConvert, played: PlayedMediaConvert, tmp_path: Path, data: bytes
    ) -> None:
        wanted = order(put_in_s3(aws("s3"), data), data, tmp_path)
        convert.begin(wanted)
        (job,) = played.jobs.values()
        folder = wanted.key.rsplit("/", 2)[0]
        assert job["settings"]["inputs"][0]["fileInput"] == f"s3://renditions/{folder}/remote/master.mov"
        assert aws("s3").get_object(Bucket="renditions", Key=f"{folder}/remote/master.mov")["Body"].read() == data
        assert job["userMetadata"] == {
            "asset_id": some.asset_id(),
            "version_id": some.version().version_id,
            "name": "video-480.mp4",
        }
        assert (job["role"], job["queue"]) == (PLACE.role, PLACE.queue)

    def test_what_comes_back_carries_our_labels_and_none_of_its_own(
        self, aws: Aws, convert: MediaConvert, played: PlayedMediaConvert, tmp_path: Path, data: bytes
    ) -> None:
        wanted = order(put_in_s3(aws("s3"), data), data, tmp_path)
        ticket = convert.begin(wanted)
        played.work()
        made = convert.collect(ticket, wanted)
        with av.open(str(made.path)) as opened:
            assert (opened.metadata["title"], opened.metadata["copyright"]) == ("Shoe", "© Studio")
        assert b"MediaConvert" not in made.path.read_bytes()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "video-480.mp4"]

    def test_a_master_that_is_gone_or_cold_is_told_apart(
        self, aws: Aws, convert: MediaConvert, played: PlayedMediaConvert, tmp_path: Path, data: bytes
    ) -> None:
        gone = some.upload("gone.mov", s3_version="null")
        with pytest.raises(NotFound):
            convert.begin(order(gone, data, tmp_path))
        cold = put_in_s3(aws("s3"), data, StorageClass="GLACIER")
        with pytest.raises(Archived):
            convert.begin(order(cold, data, tmp_path))

    @pytest.mark.parametrize(
        ("code", "error"), [("BadRequestException", InvalidRequest), ("TooManyRequestsException", Unavailable)]
    )
    def test_settings_that_are_not_taken_are_told_from_a_service_that_is_busy(
        self,
        aws: Aws,
        convert: MediaConvert,
        played: PlayedMediaConvert,
        tmp_path: Path,
        data: bytes,
        code: str,
        error: type[Exception],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)  # botocore waits before it tries again
        played.refusal = code
        with pytest.raises(error):
            convert.begin(order(put_in_s3(aws("s3"), data), data, tmp_path))

    @pytest.mark.parametrize(
        ("job", "code"),
        [
            ({"status": "ERROR", "errorCode": 1404, "errorMessage": "no such input"}, "job_failed"),
            ({"status": "CANCELED"}, "job_cancelled"),
            (None, "job_lost"),
        ],
    )
    def test_every_end_of_a_job_but_one_is_a_failure_with_its_reason(
        self,
        aws: Aws,
        convert: MediaConvert,
        played: PlayedMediaConvert,
        tmp_path: Path,
        data: bytes,
        job: dict[str, Any] | None,
        code: str,
    ) -> None:
        wanted = order(put_in_s3(aws("s3"), data), data, tmp_path)
        ticket = convert.begin(wanted)
        if job is None:
            played.jobs.clear()
        else:
            played.jobs[ticket] |= job
        state = convert.look(ticket, wanted)
        assert state.progress is Progress.FAILED
        assert state.problem is not None
        assert state.problem.code == code

    def test_what_a_job_left_that_is_no_film_is_not_made(
        self, aws: Aws, convert: MediaConvert, played: PlayedMediaConvert, tmp_path: Path, data: bytes
    ) -> None:
        wanted = order(put_in_s3(aws("s3"), data), data, tmp_path)
        ticket = convert.begin(wanted)
        folder, _, name = wanted.key.rpartition("/")
        aws("s3").put_object(Bucket="renditions", Key=f"{folder}/remote/{name}", Body=b"no film")
        with pytest.raises(NotFound):
            convert.collect(ticket, wanted)

    @pytest.mark.parametrize("name", ["video-480.webm", "preview-480.mp4", "loop-320.webp"])
    def test_what_it_is_not_asked_for_is_refused(self, convert: MediaConvert, tmp_path: Path, name: str) -> None:
        refused = convert.refuses(order(some.upload(), b"x", tmp_path, name))
        assert refused is not None
        assert refused.code == "too_long"

    def test_what_would_not_fit_on_the_way_back_is_refused(self, local: Labeller, tmp_path: Path) -> None:
        small = MediaConvert(PLACE, labeller=local, room=1_000_000)
        refused = small.refuses(order(some.upload(), b"x", tmp_path))
        assert refused is not None
        assert refused.code == "too_large"


class TestLabellers:
    """A labeller copies what was made, with other labels."""

    @pytest.fixture(params=["fake", "local"])
    def made(self, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Labeller, Path]:
        before = tmp_path / "before.mp4"
        if request.param == "fake":
            before.write_text(f"{transcode().made} …", encoding="utf-8")
            return FakeLabeller(), before
        return request.getfixturevalue("local"), film(before)

    def test_a_copy_has_a_size_and_a_checksum_of_its_own(self, made: tuple[Labeller, Path], tmp_path: Path) -> None:
        labeller, before = made
        copies = []
        for title in ("one", "two"):
            inside = Inscription(fields={"title": {"x-default": title}})
            copies.append(labeller.label(before, transcode(), inside, out=tmp_path / title))
        one, two = copies
        assert one is not None
        assert two is not None
        assert (one.width, one.height) == (96, 64)
        assert one.sha256 != two.sha256

    def test_what_cannot_be_read_has_no_copy(self, made: tuple[Labeller, Path], tmp_path: Path) -> None:
        labeller, before = made
        before.write_bytes(b"no film")
        assert labeller.label(before, transcode(), INSIDE, out=tmp_path / "out") is None
