"""The transcoder that answers later: AWS Elemental MediaConvert, for films that no function has the time for.

It reads and writes the renditions bucket alone: a master is copied there first, since a job cannot name a version of an
object, and the file that comes back is labelled here before it is anybody's rendition.
"""

import hashlib
import re
from typing import NamedTuple

from botocore.exceptions import ClientError

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.adapters.mediaconvert_job import can_make, job_settings
from assetwire.domain.errors import InvalidRequest, NotFound
from assetwire.domain.inspection import Problem
from assetwire.domain.transcode_plan import FilmTask, bytes_at_most
from assetwire.ports.transcoding import Labeller, Order, Progress, State, TranscodedFile

_PIECE = 1024 * 1024
_LARGEST_COPY = 5 * 1024**3
"""Bytes that one CopyObject takes."""
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,5}")
_NOT_TAKEN = frozenset({"BadRequestException"})
_ASKING = 5.0
"""Seconds that a job takes to be asked for: its master is copied by S3 itself."""


class Place(NamedTuple):
    """Where the jobs run, as whom they read and write, and the bucket that they do it in."""

    queue: str
    role: str
    bucket: str


class MediaConvert:
    """Makes films elsewhere: an order that is begun is a job, and its ticket the job's id."""

    def __init__(self, place: Place, *, labeller: Labeller, room: int) -> None:
        """Take orders whose results fit into `room` bytes of disk, twice: as they come, and labelled."""
        self._place, self._labeller, self._room = place, labeller, room

    def refuses(self, order: Order) -> Problem | None:
        """Return why a job is not asked for: it is no film of H.264 in MP4, or too large for a function's disk."""
        if not can_make(order.transcode.task):
            message = f"{order.transcode.name} is not made by MediaConvert"
            return Problem(code="too_long", field="duration_seconds", message=message)
        size = max(2 * bytes_at_most(order.transcode, order.inspection), order.inspection.bytes)
        if size > min(self._room, _LARGEST_COPY):
            message = f"it would take {size} bytes, more than {self._room}"
            return Problem(code="too_large", field="bytes", message=message)
        return None

    def takes(self, order: Order) -> float:  # noqa: ARG002  a job is asked for as fast, whatever it makes
        """Return the seconds that asking for a job takes."""
        return _ASKING

    def begin(self, order: Order) -> str:
        """Copy the master to where the job may read it, and create the job; within a minute, the same order is one job.

        Raises:
            NotFound: the master is gone.
            Archived: the master is in cold storage.
            InvalidRequest: MediaConvert does not take the job.
            Unavailable: it could not be asked.
        """
        task = order.transcode.task
        if not isinstance(task, FilmTask):
            raise InvalidRequest(f"{order.transcode.name} is not made by MediaConvert", code="not_taken")
        source, bucket = self._lay_ready(order), self._place.bucket
        destination = f"s3://{bucket}/{_staged(order).removesuffix('.mp4')}"
        with translated(f"creating a job for {order.key}"):
            try:
                answer = client("mediaconvert").create_job(
                    ClientRequestToken=hashlib.sha256(order.key.encode()).hexdigest(),
                    Role=self._place.role,
                    Queue=self._place.queue,
                    UserMetadata=_labels(order),
                    Settings=job_settings(
                        task, order.inspection, source=f"s3://{bucket}/{source}", destination=destination
                    ),
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _NOT_TAKEN:
                    raise InvalidRequest(f"MediaConvert refused: {error}"[:500], code="not_taken") from error
                raise
        return str(answer["Job"]["Id"])

    def look(self, ticket: str, order: Order) -> State:  # noqa: ARG002  a job knows what it makes
        """Return the state of a job; one that is unknown, as after 90 days, has failed."""
        try:
            with translated(f"reading job {ticket}"):
                job = client("mediaconvert").get_job(Id=ticket)["Job"]
        except NotFound:
            return _failed("job_lost", f"MediaConvert knows no job {ticket}")
        match job.get("Status"):
            case "COMPLETE":
                return State(Progress.DONE)
            case "ERROR":
                said = f"{job.get('ErrorCode', '')} {job.get('ErrorMessage', '')}".strip()
                return _failed("job_failed", f"MediaConvert: {said or 'no reason given'}")
            case "CANCELED":
                return _failed("job_cancelled", f"somebody cancelled job {ticket}")
            case _:
                return State(Progress.WORKING)

    def collect(self, ticket: str, order: Order) -> TranscodedFile:
        """Fetch what a job made, and label it.

        Raises:
            NotFound: it is not there, or no film.
        """
        made, out = order.folder / f"{ticket}.mp4", order.folder / order.transcode.name
        with translated(f"reading s3://{self._place.bucket}/{_staged(order)}"):
            body = client("s3").get_object(Bucket=self._place.bucket, Key=_staged(order))["Body"]
            with made.open("wb") as file:
                for piece in body.iter_chunks(_PIECE):
                    file.write(piece)
        labelled = self._labeller.label(made, order.transcode, order.inscription, out=out)
        made.unlink()
        if labelled is None:
            raise NotFound(f"what job {ticket} made cannot be read", code="not_made")
        return labelled

    def _lay_ready(self, order: Order) -> str:
        """Copy the version of the master that counts into the renditions bucket, under one key for all its films."""
        folder = order.key.rsplit("/", 2)[0]
        extension = order.upload.file_name.rpartition(".")[2]
        key = f"{folder}/remote/master{f'.{extension}' if _EXTENSION.fullmatch(extension) else ''}"
        upload = order.upload
        source = {"Bucket": upload.bucket, "Key": upload.key}
        if upload.s3_version not in {"", "null"}:
            source["VersionId"] = upload.s3_version
        with translated(f"copying s3://{upload.bucket}/{upload.key}"):
            client("s3").copy_object(Bucket=self._place.bucket, Key=key, CopySource=source)
        return key


def _staged(order: Order) -> str:
    """Return the key at which a job leaves its film: beside the rendition that it becomes."""
    folder, _, name = order.key.rpartition("/")
    return f"{folder}/remote/{name}"


def _labels(order: Order) -> dict[str, str]:
    """Return what a job, and every event of it, says of the order: whose film it makes."""
    asset_id, version_id = order.key.split("/")[:2]
    return {"asset_id": asset_id, "version_id": version_id, "name": order.transcode.name}


def _failed(code: str, message: str) -> State:
    return State(Progress.FAILED, Problem(code=code, field="file", message=message[:1000]))
