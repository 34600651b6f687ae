"""The journey that `assetwire demo` takes every file on, in the rights that it gives."""

import time
import uuid
from pathlib import Path
from typing import Any

from assetwire_cli.journey import Step, follow
from assetwire_cli.target import Target
from assetwire_cli.uploader import Uploader, plan
from watching import eventually, is_complete, picture

RIGHTS: dict[str, Any] = {"windows": [{}], "territories": ["AT", "CH", "DE"], "usages": ["web", "marketplace"]}


def nothing(*_: object) -> None:
    pass


def test_a_file_is_followed_to_its_signed_url_and_every_other_way_is_refused(target: Target, tmp_path: Path) -> None:
    (tmp_path / "shoe.jpg").write_bytes(picture())
    planned = plan([tmp_path], f"demo/{uuid.uuid4()}")
    uploads = list(Uploader(target.client("s3"), target.outputs["MastersBucketName"]).upload(planned, progress=nothing))

    def followed() -> str:
        (journey,) = follow(target, uploads, RIGHTS, deadline=time.monotonic() + 60, say=nothing)
        assert (journey.failure, journey.reached) == ("", Step.DELIVERED)
        assert [answer[:3] for answer in journey.answers()] == ["200", *["403"] * 6]
        return str(journey.asset_id)

    asset_id = followed()
    eventually(lambda: is_complete(target, asset_id), "what channels ask for to be delivered as well")
    followed()
