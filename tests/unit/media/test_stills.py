"""Pictures that other decoders bring into memory: the same pixels however they are handed over, in less memory."""

from pathlib import Path

import pytest
from PIL import Image

from assetwire.domain.errors import Undecodable
from assetwire.media import stills
from assetwire.media.picture import picture
from fakes.masters import encoded


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("strip", [1, 1000, 5000, 16 * 1024**2])
def test_a_picture_is_the_same_in_strips_of_any_height(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, strip: int
) -> None:
    monkeypatch.setattr(stills, "_STRIP", strip)
    image = Image.effect_noise((70, 53), 90).convert(mode)
    (tmp_path / "master").write_bytes(encoded(image, "BMP"))
    found = stills.still(tmp_path / "master", "image/bmp", longest_edge=70)
    assert (found.width, found.height) == image.size
    assert bytes(found.write_to_memory()) == image.tobytes()


def test_a_picture_that_wants_too_much_memory_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_: Image.Image) -> None:
        raise MemoryError

    (tmp_path / "master").write_bytes(encoded(Image.new("RGB", (8, 8)), "BMP"))
    monkeypatch.setattr("PIL.BmpImagePlugin.BmpImageFile.load", load)
    with pytest.raises(Undecodable) as refused:
        picture(tmp_path / "master", "image/bmp", longest_edge=8)
    assert refused.value.code == "too_much_memory"
