"""libvips, told which loaders it may use: those of the formats that Assetwire reads, and no others."""

from pathlib import Path
from typing import Any

import pyvips

_LOADERS = (
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp",
    "VipsForeignLoadTiff",
    "VipsForeignLoadHeif",
)

pyvips.operation_block_set("VipsForeignLoad", True)
for _loader in _LOADERS:
    pyvips.operation_block_set(_loader, False)
pyvips.cache_set_max(0)  # every master is read once: a cache of operations would only hold memory

FAIL_ON = "error"
"""How libvips treats damaged pixels: truncation and errors fail.

What a decoder itself mends with a warning passes, as in every viewer: real cameras write such files.
"""

EngineError = pyvips.Error


def read_header(file: Path) -> Any:
    """Return an image whose header is read, and whose pixels are not.

    libvips takes a trailing `[…]` of a path as options to the loader: callers name their files themselves.

    Raises:
        EngineError: the content is of no format that we read.
    """
    return pyvips.Image.new_from_file(str(file), access="sequential", fail_on=FAIL_ON)


def shrink(file: Path, width: int, height: int, **options: Any) -> Any:
    """Return an upright image at this size, shrunk while it loads as far as its format can.

    From a path and not from a stream: libvips 8.18 forgets `fail_on` for streams, and takes damaged files.

    Raises:
        EngineError: the content is of no format that we read; damage shows when the pixels are asked for.
    """
    return pyvips.Image.thumbnail(str(file), width, height=height, fail_on=FAIL_ON, **options)
