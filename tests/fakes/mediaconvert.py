"""AWS Elemental MediaConvert at the wire of botocore's client: jobs are taken, and make films when they are told to.

What is played: the REST of CreateJob and GetJob as botocore has it, one job a token, states, errors by their code.
Whether the real service takes our settings is not known from this: its own rules stand in no model.
"""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from fakes.films import film


class PlayedMediaConvert:
    """The service, and the S3 client by which it reads and writes."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self.jobs: dict[str, dict[str, Any]] = {}
        self.by_token: dict[str, str] = {}
        self.refusal: str | None = None
        """Code that the next job is refused with."""

    def join(self, client: Any) -> None:
        """Answer a client in place of AWS."""
        client.meta.events.register_first("before-send.mediaconvert", self)

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        path = request.url.partition("/2017-08-29/")[2]
        if request.method == "POST" and path == "jobs":
            return self._create(json.loads(request.body))
        job = self.jobs.get(path.removeprefix("jobs/"))
        if job is None:
            return _answer(404, {"message": "no such job"}, error="NotFoundException")
        return _answer(200, {"job": job})

    def _create(self, body: dict[str, Any]) -> AWSResponse:
        if self.refusal is not None:
            return _answer(400, {"message": "not like this"}, error=self.refusal)
        known = self.by_token.get(body["clientRequestToken"])
        if known is None:
            known = f"1515368087458-{len(self.jobs) + 1}"
            self.by_token[body["clientRequestToken"]] = known
            asked = {name: body[name] for name in ("settings", "userMetadata", "role", "queue")}
            self.jobs[known] = {"id": known, "status": "SUBMITTED", **asked}
        return _answer(201, {"job": self.jobs[known]})

    def work(self) -> None:
        """Do every job: read its input, and write a film of the size that it asks for."""
        for job in self.jobs.values():
            (read,), (group,) = job["settings"]["inputs"], job["settings"]["outputGroups"]
            bucket, key = _place(read["fileInput"])
            if self._s3.get_object(Bucket=bucket, Key=key)["Body"].read().startswith(b"damaged"):
                job |= {"status": "ERROR", "errorCode": 1040, "errorMessage": "it cannot be read"}
                continue
            (output,) = group["outputs"]
            video = output["videoDescription"]
            bucket, base = _place(group["outputGroupSettings"]["fileGroupSettings"]["destination"])
            with tempfile.TemporaryDirectory() as folder:
                size = (video["width"], video["height"])
                made = film(Path(folder) / "made.mp4", size=size, frames=5, tags={"title": "MediaConvert's own"})
                self._s3.put_object(Bucket=bucket, Key=f"{base}.{output['extension']}", Body=made.read_bytes())
            job["status"] = "COMPLETE"


def _place(uri: str) -> tuple[str, str]:
    found = re.fullmatch(r"s3://([^/]+)/(.+)", uri)
    assert found is not None
    return found[1], found[2]


def _answer(status: int, body: dict[str, Any], *, error: str = "") -> AWSResponse:
    headers = {"Content-Type": "application/json"} | ({"x-amzn-ErrorType": error} if error else {})
    return AWSResponse("https://mediaconvert", status, headers, MockRawResponse(json.dumps(body).encode()))
