"""Where the project's files are, and what this machine is."""

import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
LOCAL = ROOT / ".local"
SAMPLES = ROOT / "samples" / "masters"


def architecture() -> str:
    """Return this machine's processor as Lambda names it."""
    return "arm64" if platform.machine().lower() in {"aarch64", "arm64"} else "x86_64"
