"""Data files of a marketplace that does not ship: its media spec and its channel."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from assetwire.domain.channels import Channel, Channels, channels_of
from assetwire.domain.media_spec import MediaSpec

SPEC: dict[str, Any] = {
    "name": "otto",
    "title": "Otto Market",
    "sources": [{"title": "Its rules", "url": "https://otto.test/rules"}],
    "editions": [
        {
            "ends": "2026-07-01T00:00:00Z",
            "frames": {"main": {"width": 2000, "height": 2000, "fit": "pad"}},
            "encodings": [{"format": "jpeg", "quality": 90}],
            "slots": [
                {
                    "name": "Hauptbild",
                    "title": "Main image",
                    "role": "main",
                    "frame": "main",
                    "required": True,
                    "limits": {"formats": ["jpeg"], "least_width": 1001},
                }
            ],
        }
    ],
}
CHANNEL = {"name": "otto-de", "title": "Otto", "media_spec": "otto", "territory": "DE", "locale": "de-DE"}


def written(folder: Path, *records: dict[str, Any]) -> Path:
    """Write data files below a folder, each where its kind belongs; return the folder."""
    for record in records:
        place = folder / ("channels" if "media_spec" in record else "media_specs")
        place.mkdir(exist_ok=True)
        (place / f"{record['name']}.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def editions_from(*moments: datetime) -> Channels:
    """Return the marketplace with another edition from each moment on: its pictures are a pixel larger each time."""
    starts = [None, *(moment.isoformat() for moment in moments)]
    (first,) = SPEC["editions"]
    editions = [
        first
        | {"frames": {"main": {"width": 2000 + n, "height": 2000 + n, "fit": "pad"}}, "starts": begins, "ends": ends}
        for n, (begins, ends) in enumerate(zip(starts, [*starts[1:], None], strict=True))
    ]
    channel, spec = Channel.model_validate(CHANNEL), MediaSpec.model_validate({**SPEC, "editions": editions})
    return channels_of({channel.name: channel}, {spec.name: spec})
