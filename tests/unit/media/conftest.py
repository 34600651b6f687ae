"""What rendering makes of a master, as fixtures."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from assetwire.domain.inscription import Inscription
from assetwire.domain.plan import Subject, plan
from assetwire.domain.spec import Output
from assetwire.media.render import render
from assetwire.ports import RenderedFile
from fakes.pictures import encoded
from fakes.rendering import Made


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., dict[str, RenderedFile]]:
    """Render outputs of a master; what is said of each file, by each of its names."""

    def files(master: Image.Image | bytes, *outputs: Output, **facts: Any) -> dict[str, RenderedFile]:
        data = master if isinstance(master, bytes) else encoded(master, "PNG")
        (tmp_path / "master").write_bytes(data)
        with Image.open(io.BytesIO(data)) as opened:
            upright = ImageOps.exif_transpose(opened)
            media_type = Image.MIME[opened.format or ""]
        (tmp_path / "out").mkdir(exist_ok=True)
        planned = plan(outputs, Subject(*upright.size, **facts))
        made = render(
            tmp_path / "master", planned, media_type=media_type, inscription=Inscription(), out=tmp_path / "out"
        )
        return {name: file for file in made for name in file.names}

    return files


@pytest.fixture
def made(files: Callable[..., dict[str, RenderedFile]]) -> Made:
    """Render outputs of a master, and reopen each."""

    def made(master: Image.Image | bytes, *outputs: Output, **facts: Any) -> dict[str, Image.Image]:
        found = {}
        for name, file in files(master, *outputs, **facts).items():
            with Image.open(file.path) as image:
                image.load()
                assert image.size == (file.width, file.height)
            found[name] = image
        return found

    return made
