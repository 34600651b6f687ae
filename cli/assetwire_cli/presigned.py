"""Uploads through the API alone: each file by a form or in parts, every byte bound to its SHA-256 before it is sent."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from assetwire.domain.errors import AssetwireError
from assetwire_cli.failure import Failure
from assetwire_cli.target import ApiError, Target
from assetwire_cli.uploader import Planned, Progress, Sending, Uploaded

IN_PARTS_FROM = 32 * 1024 * 1024
"""Bytes from which a file goes in parts; a smaller one is in memory while it is sent."""
_SIGNED_AT_ONCE = 20
"""Parts that are signed by one call: they are sent long before their URLs end."""
_ATTEMPTS = 4
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})


class PresignedUploader(Sending):
    """Sends files with no permission but to call the API; uploads in parts that broke off are noted in `notes`."""

    def __init__(self, place: Target, *, workers: int = 4, notes: Path | None = None, http: Any = None) -> None:
        super().__init__(workers)
        self._place = place
        self._notes = notes or Path(typer.get_app_dir("assetwire")) / "uploads"
        self._http = http or URLLib3Session(timeout=120, max_pool_connections=32)

    def upload(self, files: list[Planned], *, progress: Callable[[Planned, int], None]) -> Iterator[Uploaded]:
        """Upload files, several at a time, and yield what became of each, in the order given."""
        return self._all(files, lambda planned: self._one(planned, self._done_of(planned, progress)))

    def _one(self, planned: Planned, done: Progress) -> Uploaded:
        if planned.refused:
            return Uploaded(planned, "failed", None, planned.refused)
        try:
            send = self._in_parts if planned.bytes >= IN_PARTS_FROM else self._whole
            return Uploaded(planned, "uploaded", send(planned, done))
        except AssetwireError as error:
            return Uploaded(planned, "failed", None, f"{error.code}: {error.message}")
        except OSError as error:
            return Uploaded(planned, "failed", None, str(error))

    # --- one form ---

    def _whole(self, planned: Planned, done: Callable[[int], None]) -> str:
        content = planned.file.read_bytes()
        wanted = {"key": planned.key, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        if not content:
            raise Failure("the file is empty", code="empty_file")
        form = self._place.call("POST", "/uploads", body=wanted)
        body, boundary = _multipart_form(form["fields"], content)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = self._send("POST", form["url"], body, headers)
        done(planned.bytes)
        return str(answer.headers.get("x-amz-version-id", "null"))

    # --- in parts ---

    def _in_parts(self, planned: Planned, done: Callable[[int], None]) -> str:
        note = self._note_of(planned)
        upload_id, there = self._begun(planned, note)
        known = {"key": planned.key, "upload_id": upload_id, "bytes": planned.bytes}
        each, missing = self._part_bytes(note), []
        for number, offset in enumerate(range(0, planned.bytes, each), start=1):
            content = _read(planned.file, offset, min(each, planned.bytes - offset))
            checksum = hashlib.sha256(content).hexdigest()
            if there.get(number) == (len(content), checksum):
                done(len(content))
            else:
                missing.append({"number": number, "sha256": checksum})
        for start in range(0, len(missing), _SIGNED_AT_ONCE):
            wanted = {**known, "parts": missing[start : start + _SIGNED_AT_ONCE]}
            for part in self._place.call("POST", "/uploads/multipart/parts", body=wanted)["urls"]:
                content = _read(planned.file, part["offset"], part["bytes"])
                self._send("PUT", part["url"], content, part["headers"])
                done(len(content))
        completed = self._place.call("POST", "/uploads/multipart/complete", body=known)
        note.unlink(missing_ok=True)
        return str(completed["s3_version"])

    def _begun(self, planned: Planned, note: Path) -> tuple[str, dict[int, tuple[int, str]]]:
        """Return the upload that was begun before and what is there of it, or a new one."""
        if note.exists():
            upload_id = str(json.loads(note.read_text())["upload_id"])
            try:
                return upload_id, self._parts(planned.key, upload_id)
            except ApiError as error:
                if error.code != "multipart_not_found":
                    raise
        wanted = {"key": planned.key, "bytes": planned.bytes, "checksums": True}
        begun = self._place.call("POST", "/uploads/multipart", body=wanted)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"upload_id": begun["upload_id"], "part_bytes": begun["part_bytes"]}))
        return str(begun["upload_id"]), {}

    def _parts(self, key: str, upload_id: str) -> dict[int, tuple[int, str]]:
        found: dict[int, tuple[int, str]] = {}
        after: int | None = 0
        while after is not None:
            query = {"key": key, "upload_id": upload_id, "after": str(after)}
            page = self._place.call("GET", "/uploads/multipart", query=query)
            found.update({part["number"]: (part["bytes"], part["sha256"]) for part in page["parts"]})
            after = page["next_after"]
        return found

    def _note_of(self, planned: Planned) -> Path:
        """Return where the upload of this file, as it is now, is noted: a file that changed is another upload."""
        changed = planned.file.stat().st_mtime_ns
        cause = json.dumps([self._place.api_url, planned.key, planned.bytes, changed])
        return self._notes / f"{hashlib.sha256(cause.encode()).hexdigest()[:32]}.json"

    @staticmethod
    def _part_bytes(note: Path) -> int:
        return int(json.loads(note.read_text())["part_bytes"])

    def _send(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Any:
        """Send bytes to a URL that was signed for them; what may pass is tried again."""
        failure = ""
        for attempt in range(_ATTEMPTS):
            if attempt and self._stop.wait(2.0**attempt / 2):
                break
            request = AWSRequest(method, url, data=body, headers={**headers, "Content-Length": str(len(body))})
            try:
                answer = self._http.send(request.prepare())
            except BotoCoreError as error:
                failure = str(error)
                continue
            if answer.status_code < 300:
                return answer
            failure = f"{answer.status_code} {answer.text[:300]}"
            if answer.status_code not in _RETRIED:
                break
        raise Failure(f"S3 did not take it: {failure}", code="not_taken_by_s3")


def _read(file: Path, offset: int, length: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(offset)
        content = opened.read(length)
    if len(content) != length:
        raise OSError(f"{file} became shorter while it was read")
    return content


def _multipart_form(fields: dict[str, str], content: bytes) -> tuple[bytes, str]:
    """Return a form's body, with the file as its last field, and the boundary between its fields."""
    boundary = uuid.uuid4().hex
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), boundary
