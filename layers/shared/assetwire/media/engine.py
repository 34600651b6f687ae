"""libvips, told which loaders it may use: those of the formats that Assetwire reads, and no others."""

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
"""How libvips treats damaged pixels: truncation and serious errors fail, instead of giving a half-grey picture."""

Image = pyvips.Image
EngineError = pyvips.Error
