"""A film, a sound, a document and a spin, from uploads to signed URLs: on the deployed stack, with IAM enforced."""

import io
import json
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from test_main_job import mint

from assetwire_cli.target import ApiError, Target
from fakes.films import film, sound
from fakes.masters import pdf
from watching import ANYWHERE, eventually, get, picture

FILM = {
    *("video-480.mp4", "video-480.webm", "preview-480.mp4", "loop-320.webp"),
    *(f"web-320.{kind}" for kind in ("avif", "jpg", "webp")),
}
SOUND = {"waveform-peaks.json", *(f"audio-{take}.{kind}" for take in ("full", "preview") for kind in ("mp3", "m4a"))}
PAGES = {"page-001.webp", "page-002.webp"}
FRAMES = {f"spin-{number:03}-640.webp" for number in range(1, 9)}
TYPES = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".json": "application/json",
}
SIZE = (192, 128)

Shown = Callable[[str, set[str]], None]


def masters(folder: Path) -> dict[str, bytes]:
    """Return a film, a sound, a document and eight photographs, none of which any other test has."""
    mark = uuid.uuid4().bytes
    tags = {"title": f"Master {mark.hex()}", "location": "+48.4011+009.9876/"}
    film(folder / "film.mov", size=SIZE, frames=30, rotation=90, corner=True, tags=tags, tone={"layout": "5.1"})
    sound(folder / "sound.wav", codec="pcm_s16le", seconds=0.6, hertz=300 + mark[0])
    document = pdf() + b"\n% " + mark.hex().encode()
    frames = {f"turn/{number}.jpg": picture(side=64) for number in range(8)}
    made = {name: (folder / name).read_bytes() for name in ("film.mov", "sound.wav")}
    return {**made, "document.pdf": document, **frames}


@pytest.fixture(scope="module")
def assets(target: Target, put: Any, ingested: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Upload everything and let it be seen anywhere; return the asset of each name."""
    folder = f"media-{uuid.uuid4()}"
    versions = {name: put(f"{folder}/{name}", data) for name, data in masters(tmp_path_factory.mktemp("media")).items()}
    found = {name: ingested(f"{folder}/{name}", version)["asset_id"] for name, version in versions.items()}
    for asset_id in found.values():
        target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    wanted = {"key": f"{folder}/red.spin.json", "frames": [f"/{folder}/turn/{number}.jpg" for number in range(8)]}
    made = target.call("POST", "/spins", body=wanted)
    return {**found, "spin": ingested(made["key"], made["s3_version"])["asset_id"]}


@pytest.fixture(scope="module")
def shown(target: Target) -> Shown:
    """Wait until all of these files of an asset are delivered."""

    def shown(asset_id: str, names: set[str]) -> None:
        def ask() -> bool:
            asset = target.call("GET", f"/assets/{asset_id}")
            return names <= set((asset["delivered"] or {}).get("renditions", ()))

        eventually(ask, f"{sorted(names)} of {asset_id} to be delivered", seconds=120)

    return shown


def fetched(target: Target, asset_id: str, name: str) -> bytes:
    """Return a file behind its signed URL; its type is right, and a part of it can be had."""
    url = mint(target, asset_id, name)
    status, body, headers = get(url)
    extension = Path(name).suffix
    assert (status, headers["Content-Type"], headers["Accept-Ranges"]) == (200, TYPES[extension], "bytes")
    part = urllib.request.Request(url, headers={"Range": "bytes=4-7", "CloudFront-Viewer-Country": "DE"})
    with urllib.request.urlopen(part, timeout=30) as answer:
        assert (answer.status, answer.read(), answer.headers["Content-Range"]) == (
            206,
            body[4:8],
            f"bytes 4-7/{len(body)}",
        )
    return body


def test_a_film_is_delivered_upright_in_h264_and_av1_with_a_mute_preview(
    target: Target, assets: dict[str, str], shown: Shown
) -> None:
    asset_id = assets["film.mov"]
    shown(asset_id, FILM)
    data = fetched(target, asset_id, "video-480.mp4")
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"+48.4011" not in data
    with av.open(io.BytesIO(data)) as opened:
        video, audio = opened.streams.video[0], opened.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", SIZE[1], SIZE[0])
        assert (audio.codec_context.name, audio.codec_context.layout.name) == ("aac", "stereo")
        assert next(opened.decode(video)).rotation == 0
    with av.open(io.BytesIO(fetched(target, asset_id, "video-480.webm"))) as opened:
        assert "av1" in opened.streams.video[0].codec_context.name
    with av.open(io.BytesIO(fetched(target, asset_id, "preview-480.mp4"))) as opened:
        assert not opened.streams.audio
    with Image.open(io.BytesIO(fetched(target, asset_id, "loop-320.webp"))) as image:
        assert image.is_animated


def test_a_sound_is_delivered_with_its_peaks(target: Target, assets: dict[str, str], shown: Shown) -> None:
    asset_id = assets["sound.wav"]
    shown(asset_id, SOUND)
    with av.open(io.BytesIO(fetched(target, asset_id, "audio-full.mp3"))) as opened:
        assert "mp3" in opened.streams.audio[0].codec_context.name
        assert opened.duration == pytest.approx(600_000, abs=60_000)
    peaks = json.loads(fetched(target, asset_id, "waveform-peaks.json"))
    assert max(peaks["data"]) == pytest.approx(62, abs=3)  # of 127: half of full scale
    listed = target.call("GET", f"/assets/{asset_id}/renditions")
    assert listed["missing"] == []


def test_a_document_is_delivered_page_by_page(target: Target, assets: dict[str, str], shown: Shown) -> None:
    asset_id = assets["document.pdf"]
    shown(asset_id, PAGES)
    with Image.open(io.BytesIO(fetched(target, asset_id, "page-002.webp"))) as image:
        assert max(image.size) == 1600


def test_a_spin_is_delivered_until_a_frame_may_be_seen_no_more(
    target: Target, assets: dict[str, str], shown: Shown
) -> None:
    asset_id = assets["spin"]
    shown(asset_id, {*FRAMES, "spin.json", "web-320.jpg"})
    told = json.loads(fetched(target, asset_id, "spin.json"))
    assert (told["rows"], told["columns"], len(told["frames"])) == (1, 8, 8)
    names = {image["name"] for frame in told["frames"] for image in frame["images"]}
    assert names >= FRAMES
    with Image.open(io.BytesIO(fetched(target, asset_id, "spin-003-640.webp"))) as image:
        assert image.size == (64, 64)
    target.call("PUT", f"/assets/{assets['turn/5.jpg']}/rights", body={**ANYWHERE, "windows": []})
    eventually(
        lambda: not (target.call("GET", f"/assets/{asset_id}")["delivered"] or {}).get("renditions"),
        "the spin to be taken down",
    )
    with pytest.raises(ApiError, match="no_window"):
        mint(target, asset_id, "spin.json")
