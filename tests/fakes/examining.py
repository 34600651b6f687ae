"""Masters that are inspected as ingest does, with bounds that tests can reach."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from assetwire.domain.inspection import Inspection
from assetwire.media.inspect import inspect

MAXIMUM_BYTES, MAXIMUM_PIXELS = 5_000_000, 1_000_000


ORIENTATION = 0x0112


Examine = Callable[[bytes], Inspection]


def examined(file: Path, data: bytes, **limits: int) -> Inspection:
    """Write a master, and return what an inspection says of it."""
    file.write_bytes(data)
    known = {"maximum_bytes": MAXIMUM_BYTES, "maximum_pixels": MAXIMUM_PIXELS} | limits
    return inspect(file, sha256=hashlib.sha256(data).hexdigest(), size=len(data), **known)


def codes(inspection: Inspection) -> list[str]:
    return [problem.code for problem in inspection.problems]
