"""Sounds and spins as the crash tests deliver them, and how little is made of them."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assetwire.domain.asset import Asset
from assetwire.domain.inspection import Kind
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.spin_manifest import SPIN_TYPE, SpinManifest
from assetwire.domain.transcode_spec import TranscodeSpec
from crash.cases import EVERYWHERE, WEB, picture, record_master, set_rights
from crash.world import World
from fakes.films import sound

_SPECS: dict[str, dict[str, Any]] = {
    "waveform": {"makes": "peaks", "points": 100},
    "audio": {
        "makes": "sounds",
        "takes": {"full": {}},
        "encodings": [{"format": "mp3", "sound": {"codec": "mp3", "kilobits": 64}}],
    },
    "spin": {"makes": "turn", "frames": {"32": {"width": 32}}, "encodings": [{"format": "webp", "quality": 78}]},
}
BOOK = SpecBook(
    (WEB,), transcodes=tuple(TranscodeSpec.model_validate({"name": n, "what": w}) for n, w in _SPECS.items())
)
"""What is made in these tests: little, since every file is a call to stop at."""
SOUND_NAMES = {"waveform-peaks.json", "audio-full.mp3"}
SPIN_KEY, FRAME_KEYS = "shoe/red.spin.json", [f"shoe/{number}.png" for number in range(8)]
SPIN_NAMES = {f"spin-{number:03}-32.webp" for number in range(1, 9)} | {"web-320.webp", "web-320.jpg", "spin.json"}
SOUND_KEY = "interview.wav"


@cache
def tone(hertz: float = 440.0) -> bytes:
    """Return a fifth of a second of a tone, as a WAV."""
    with TemporaryDirectory() as folder:
        file = sound(Path(folder) / "a.wav", codec="pcm_s16le", seconds=0.2, rate=8000, layout="mono", hertz=hertz)
        return file.read_bytes()


def record_sound(world: World, data: bytes, *, key: str = SOUND_KEY, minute: int = 0) -> Asset:
    """Upload a sound and record it as accepted."""
    facts = {"kind": Kind.AUDIO, "media_type": "audio/wav", "width": None, "height": None, "duration_seconds": 0.2}
    return record_master(world, data, key=key, minute=minute, **facts)


def record_spin(world: World) -> Asset:
    """Upload eight photographs that may be seen everywhere, and the manifest that makes a spin of them."""
    for shade, key in enumerate(FRAME_KEYS):
        set_rights(world, record_master(world, picture(shade), key=key).asset_id, EVERYWHERE)
    manifest = SpinManifest(spin=1, frames=tuple(key.rpartition("/")[2] for key in FRAME_KEYS))
    facts = {"kind": Kind.SPIN, "media_type": SPIN_TYPE, "width": None, "height": None}
    return record_master(world, manifest.text().encode(), key=SPIN_KEY, **facts)
