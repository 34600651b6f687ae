"""One uploaded file on its way through the stack, watched from outside: through the API and the edge alone."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.domain.spec import Format, profiles
from assetwire_cli import signing_keys
from assetwire_cli.target import ApiError, Target
from assetwire_cli.uploader import Uploaded

_POLL_SECONDS = 0.25
_SHORT_LIFE = 2
"""Seconds that the URL lives which is asked for after its end."""


class Step(StrEnum):
    """How far a file has come."""

    UPLOADED = "uploaded"
    INGESTED = "ingested"
    LICENSED = "licensed"
    DELIVERED = "delivered"
    QUARANTINED = "quarantined"


@dataclass
class Journey:
    """What is known of one file; each answer is what the edge said (an HTTP status, and its reason if refused)."""

    upload: Uploaded
    reached: Step = Step.UPLOADED
    asset_id: str | None = None
    version_id: str | None = None
    asset: dict[str, Any] | None = None
    url: str | None = None
    short: str | None = None
    signed: str = ""
    unsigned: str = ""
    forged: str = ""
    altered: str = ""
    expired: str = ""
    other_territory: str = ""
    elsewhere: str = ""
    failure: str = ""

    @property
    def file(self) -> str:
        """The file's path, as uploaded."""
        return self.upload.planned.key.removeprefix("demo/")

    @property
    def done(self) -> bool:
        """Whether nothing more is waited for."""
        return bool(self.failure) or self.reached in {Step.DELIVERED, Step.QUARANTINED}

    @property
    def what(self) -> str:
        """What ingest found."""
        if self.asset is None:
            return self.reached.value
        read = self.asset["inspection"]
        if self.reached is Step.QUARANTINED:
            return "quarantined: " + ", ".join(problem["code"] for problem in read["problems"])
        turned = read["metadata"]["technical"].get("orientation", 1)
        details = [read["media_type"].removeprefix("image/"), f"{read['width']}×{read['height']}"]
        details += [read["metadata"]["technical"].get("icc_profile") or read["metadata"]["technical"]["colour_space"]]
        details += [f"turned ({turned})"] if turned != 1 else []
        details += ["same bytes as another"] if self.version_id is None else []
        return ", ".join(details)

    @property
    def renditions(self) -> str:
        """How many renditions are delivered."""
        delivered = (self.asset or {}).get("delivered") or {}
        return str(len(delivered.get("renditions", []))) if self.reached is Step.DELIVERED else "-"

    def answers(self) -> tuple[str, ...]:
        """What the edge said to each URL, and the API for another territory."""
        refused = (self.unsigned, self.forged, self.altered, self.expired, self.elsewhere)
        said = (self.signed, *refused, self.other_territory)
        return tuple(answer or "-" for answer in said)


def follow(
    target: Target, uploads: list[Uploaded], rights: dict[str, Any], *, deadline: float, say: Callable[[str], None]
) -> list[Journey]:
    """Watch files until each is delivered or quarantined, and try its URLs; what fails is in `failure`."""
    journeys = [Journey(upload, failure=upload.error) for upload in uploads]
    stranger = CloudFrontSigner(signing_keys.key_name("A"), signing_keys.new_pair("ecdsa").private)
    told = 0
    while True:
        for journey in journeys:
            if not journey.done:
                _advance(journey, target, rights, stranger)
        done = sum(journey.done for journey in journeys)
        if done != told:
            say(f"{done} of {len(journeys)} arrived")
            told = done
        if done == len(journeys):
            break
        if time.monotonic() > deadline:
            for journey in journeys:
                if not journey.done:
                    journey.failure = f"did not get past {journey.reached.value} in time"
            break
        time.sleep(_POLL_SECONDS)
    _try_expired(journeys)
    return journeys


def _advance(journey: Journey, target: Target, rights: dict[str, Any], stranger: CloudFrontSigner) -> None:
    upload = journey.upload
    if journey.asset_id is None:
        query = {"key": upload.planned.key, "s3_version": str(upload.s3_version)}
        try:
            found = target.call("GET", "/uploads", query=query)
        except ApiError as error:
            if error.code == "upload_not_found":
                return
            raise
        journey.asset_id, journey.version_id = found["asset_id"], found["version_id"]
        journey.reached = Step.INGESTED
    journey.asset = target.call("GET", f"/assets/{journey.asset_id}")
    if journey.asset["status"] == "quarantined":
        journey.reached = Step.QUARANTINED
        return
    if journey.reached is Step.INGESTED:
        journey.asset = target.call("PUT", f"/assets/{journey.asset_id}/rights", body=rights)
        journey.reached = Step.LICENSED
    delivered = journey.asset["delivered"] or {}
    current = (journey.asset["generation"], journey.asset["current_version"])
    if (delivered.get("generation"), delivered.get("version_id")) == current and delivered.get("renditions"):
        try:
            _try_urls(journey, target, stranger)
        except ApiError as error:
            if error.code != "not_delivered":  # the same bytes were licensed anew under another name, just now
                journey.failure = error.message
            return
        journey.reached = Step.DELIVERED


def _try_urls(journey: Journey, target: Target, stranger: CloudFrontSigner) -> None:
    """Mint a URL, get its bytes, and ask for it in each way that must be refused."""
    assert journey.asset is not None  # noqa: S101 - for the type checker: it was read just before
    name = _widest(journey.asset["delivered"]["renditions"])
    path = f"/assets/{journey.asset_id}/renditions/{name}/url"
    journey.url = target.call("GET", path, query={"territory": "DE", "usage": "web", "ttl": "86400"})["url"]
    short = target.call("GET", path, query={"territory": "DE", "usage": "web", "ttl": str(_SHORT_LIFE)})
    journey.short = short["url"]
    try:
        target.call("GET", path, query={"territory": "US", "usage": "web"})
        journey.other_territory, journey.failure = "200", "a URL was minted for a territory that is not licensed"
    except ApiError as error:
        journey.other_territory = f"{error.status} {error.code}"

    base, query = journey.url.split("?")
    status, reason, body = _get(journey.url)
    journey.signed = f"{status}, {len(body)} bytes"
    if status != 200 or not body.startswith(b"\xff\xd8\xff"):
        journey.failure = f"the signed URL answered {status} {reason}"
    expires = int(query.split("Expires=")[1].split("&")[0])
    ways = {
        "unsigned": base,
        "forged": stranger.sign(base, expires=expires),
        "altered": journey.url.replace(f"Expires={expires}", f"Expires={expires + 3600}"),
    }
    for way, url in ways.items():
        _must_be_refused(journey, way, url)
    _must_be_refused(journey, "elsewhere", journey.url, country="US")


def _widest(delivered: list[str]) -> str:
    """Return the widest JPEG for the web of what is delivered."""
    (web,) = (profile for profile in profiles() if profile.name == "web")
    jpegs = (output.name for output in web.outputs if output.encoding.format is Format.JPEG)
    return [name for name in jpegs if name in delivered][-1]  # a ladder goes from narrow to wide


def _try_expired(journeys: list[Journey]) -> None:
    waiting = [journey for journey in journeys if journey.short]
    if waiting:
        time.sleep(_SHORT_LIFE + 0.5)
    for journey in waiting:
        _must_be_refused(journey, "expired", str(journey.short))


def _must_be_refused(journey: Journey, way: str, url: str, country: str = "DE") -> None:
    status, reason, _ = _get(url, country)
    setattr(journey, way, f"{status} {reason}".strip())
    if status != 403:
        journey.failure = f"the {way} URL was answered with {status}"


def _get(url: str, country: str = "DE") -> tuple[int, str, bytes]:
    """Return status, the local edge's reason, and the body, for a viewer in a country."""
    request = urllib.request.Request(url, headers={"CloudFront-Viewer-Country": country})  # noqa: S310 - the stack's URL
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, "", answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("X-Assetwire-Edge-Reason", ""), error.read()
