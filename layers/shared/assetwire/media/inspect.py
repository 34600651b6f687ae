"""Inspect: what a master says about itself, or why it is refused. No decoder runs in this process."""

import atexit
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetwire.domain.errors import NotUnderstood
from assetwire.domain.inspection import Inspection, Kind, Status
from assetwire.domain.spin_manifest import LARGEST_MANIFEST, SPIN_TYPE, parse_manifest
from assetwire.media.packages import ENCRYPTED_OFFICE
from assetwire.media.readers import READERS, RECORDED
from assetwire.media.sandbox import Ending, Run, Sandbox
from assetwire.media.sniff import Sniffed, sniff

SECONDS = 7.0
"""Seconds that reading one master takes at the most, from its first byte to its barcodes, on a whole processor."""
_EXAMINE = "assetwire.media.examine:examine"
EVIDENCE = ("appearance", "perceptual_hash", "barcodes")
"""Stages that tell what a picture shows, and nothing of whether it is good to render."""
_EVIDENT = ("appearance", "perceptual_hash", "identifiers")
"""Facts that these stages report."""
_MAY_BE_SKIPPED = frozenset({"extent", "metadata"})
"""Stages before the pixels whose crash costs what they would have found, and not the master."""
_REASONS = {
    Ending.CRASHED: "the decoder crashed",
    Ending.TOO_SLOW: "decoding takes too long",
    Ending.TOO_MUCH_MEMORY: "decoding wants more memory than it may have",
    Ending.FINISHED: "it came to no result",
}

_sandbox = Sandbox()
atexit.register(_sandbox.close)


def inspect(
    file: Path,
    *,
    sha256: str,
    size: int,
    maximum_bytes: int,
    maximum_pixels: int,
    seconds: float = SECONDS,
    without: Collection[str] = (),
) -> Inspection:
    """Inspect a local file by its content; nothing in it raises, everything wrong with it is in `problems`.

    Limits are checked before anything is decoded; then the pixels are decoded once, to find damage. Stages that the
    caller has no use for, of `EVIDENCE`, are left out if they are named in `without`.
    """
    found = _Found({"sha256": sha256, "bytes": size})
    if size == 0:
        return found.refused("empty_file", "the file has no bytes")
    if size > maximum_bytes:
        return found.refused("too_large", f"{size} bytes are more than {maximum_bytes}", "bytes")
    known = sniff(file)
    if known is None:
        return found.refused("unrecognised_format", "the content is of no format that we know")
    found.facts |= {"kind": known.kind, "media_type": known.media_type}
    if known.media_type == ENCRYPTED_OFFICE:
        found.facts["encrypted"] = True
        return found.refused("encrypted", "it cannot be opened without a password", "encrypted")
    if known.media_type == SPIN_TYPE:
        return _spin(file, found)
    if known.media_type in RECORDED:
        return found.accepted()
    if known.media_type not in READERS:
        return found.refused("unsupported_media_type", f"{known.media_type} is not read")
    return _examined(file, known, found, maximum_pixels=maximum_pixels, seconds=seconds, leave_out=without)


def _spin(file: Path, found: "_Found") -> Inspection:
    """Read the manifest of a spin: text, which no decoder is needed for."""
    try:
        with file.open("rb") as opened:
            manifest = parse_manifest(opened.read(LARGEST_MANIFEST + 1))
    except NotUnderstood as error:
        return found.refused(error.code, error.message)
    said = {"frames": len(manifest.frames), "rows": manifest.rows, "columns": manifest.across}
    found.metadata["technical"] |= said
    return found.accepted()


def _examined(
    file: Path, known: Sniffed, found: "_Found", *, maximum_pixels: int, seconds: float, leave_out: Collection[str]
) -> Inspection:
    """Have the file examined in the sandbox; once more, without it, if a stage broke that may be left out."""
    without = list(leave_out)
    pace = max(1.0, seconds / SECONDS)  # who has a smaller share of a processor gives more time, to every stage
    while True:
        arguments = {
            "file": str(file),
            "media_type": known.media_type,
            "size": found.facts["bytes"],
            "maximum_pixels": maximum_pixels,
            "without": without,
            "until": time.monotonic() + seconds,
            "pace": pace,
        }
        run = _sandbox.run(_EXAMINE, arguments, seconds=seconds)
        if run.ending is Ending.FINISHED or run.stage not in _MAY_BE_SKIPPED:
            break
        found.lose(run)
        without.append(run.stage)
        seconds = max(2.0, seconds - run.seconds)
    for report in run.reports:
        found.add(report)
    if found.problems:
        return found.refused()
    if not found.is_checked:
        code = "undecodable" if run.ending is Ending.FINISHED else run.ending.value
        return found.refused(code, f"{_REASONS[run.ending]}, at the stage of {run.stage}")
    if run.ending is not Ending.FINISHED:
        found.lose(run)
    return found.accepted()


@dataclass
class _Found:
    """What is known of a file so far."""

    facts: dict[str, Any]
    metadata: dict[str, Any] = field(default_factory=lambda: {"technical": {}, "private": {}})
    problems: list[dict[str, str]] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    is_checked: bool = False

    def add(self, report: dict[str, Any]) -> None:
        """Take one report of the child."""
        self.warnings += report.get("warnings", [])
        self.is_checked = self.is_checked or "checked" in report
        if "problem" in report:
            self.problems.append(report["problem"])
        if "facts" in report:
            facts = dict(report["facts"])
            self._add_metadata({"technical": facts.pop("technical"), "private": facts.pop("private")})
            self.facts |= facts | {"kind": Kind(facts["kind"])}
        if "metadata" in report:
            self._add_metadata(report["metadata"])
        self.facts |= {name: report[name] for name in _EVIDENT if name in report}

    def _add_metadata(self, more: dict[str, Any]) -> None:
        for name in ("technical", "private"):  # what a header says stands over what metadata says of it
            self.metadata[name] = more[name] | self.metadata[name]
        self.metadata |= {name: more[name] for name in ("fields", "conflicts") if name in more}

    def lose(self, run: Run) -> None:
        """Note that a stage was lost, and why."""
        message = f"it was given up: {_REASONS[run.ending]}"
        self.warnings.append({"code": f"{run.stage}_lost", "field": run.stage, "message": message})

    def accepted(self) -> Inspection:
        """Return the inspection of a master that is accepted."""
        return self._as(Status.ACCEPTED)

    def refused(self, code: str = "", message: str = "", about: str = "file") -> Inspection:
        """Return the inspection of a master that is refused, for one more reason if there is a code."""
        if code:
            self.problems.append({"code": code, "field": about, "message": message})
        return self._as(Status.QUARANTINED)

    def _as(self, status: Status) -> Inspection:
        return Inspection.model_validate(
            {
                "status": status,
                **self.facts,
                "metadata": self.metadata,
                "problems": self.problems,
                "warnings": self.warnings,
            }
        )
