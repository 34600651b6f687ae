"""Preflight: which slots of a channel an asset can fill at a moment, and why not the others. It renders nothing.

Pure and total: whatever is known of an asset, the answer is a report, with every problem that stands in the way.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.channels import Channel, Channels, shipped_channels
from assetwire.domain.decisions import Reason, decide
from assetwire.domain.inspection import Inspection, Kind, Problem, Status
from assetwire.domain.media_spec import MediaSpec, Slot
from assetwire.domain.metadata import FieldValue
from assetwire.domain.model import Instant, Value
from assetwire.domain.plan import Geometry, Subject, geometry
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.spec import Fit, Frame, Output, Spec
from assetwire.domain.subject import subject_of
from assetwire.domain.validation import speaks

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "no_edition": "the channel's media spec does not hold at this moment: not yet, or no more",
        "not_accepted": "the asset is quarantined, withdrawn or deleted",
        "not_a_picture": "the master is no picture, or its size is not known",
        "too_small": "the file would have fewer pixels than the channel asks",
        "too_large": "the file would have more pixels than the channel allows",
        "wrong_aspect": "the file would not have the shape that the channel asks",
        "background_not_white": "less of the picture's border is pure white than the channel asks",
        "no_alt_text": "the picture has no text alternative in the channel's language",
    }
    | {reason.value: f"the rights: {reason.value.replace('_', ' ')}" for reason in Reason if reason != Reason.ALLOWED}
)
"""Every code of a problem: with one of them a slot cannot be filled."""

WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        "cropped": "a part of the picture is cut off, away from its focus",
        "padded": "background is added around the picture, so that the file has its shape",
        "cropping_forbidden": "the picture would be cropped, and must not be: it is padded",
        "enlarged": "the picture has fewer pixels than the file",
        "below_advised": "the channel shows a file of this size, and advises a larger one",
        "animation_lost": "the picture moves, and the file does not",
        "background_unknown": "nobody measured the picture's border, and the channel asks for a white one",
        "rights_unknown": "no rights were looked at: a file has none",
    }
)
"""Every code of a warning: the slot can be filled, and somebody may want to know."""


class Candidate(NamedTuple):
    """What a preflight looks at: an asset, or a file that may become one."""

    inspection: Inspection
    fields: Mapping[str, FieldValue]
    """The metadata that counts."""
    refused: str = ""
    """Why it is not shown anywhere, whatever its rights; empty if it may be."""
    rights: Rights | None = None
    has_rights: bool = True
    """Whether it could have rights: a file has none, and is not judged by them."""


class SlotReport(Value):
    """Whether a master can fill a slot, and with which file."""

    slot: str
    role: str
    required: bool
    fillable: bool
    output: str
    """The file's name."""
    width: int | None = None
    """Of the file, in pixels; None if there is no picture."""
    height: int | None = None
    problems: tuple[Problem, ...] = ()
    """Why it cannot be filled."""
    warnings: tuple[Problem, ...] = ()


class ChannelReport(Value):
    """What a channel could be given of an asset at a moment."""

    channel: str
    media_spec: str
    territory: str
    usage: Usage
    at: Instant
    ready: bool
    """Whether every required slot can be filled."""
    switched_on: bool | None = None
    """Whether anything is rendered for it; None of a file, as no house was asked."""
    slots: tuple[SlotReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why there are no slots."""


def candidate_of(asset: Asset) -> Candidate:
    """Return what a preflight looks at of an asset: its current version."""
    refused = "" if asset.status is AssetStatus.ACCEPTED else f"the asset is {asset.status.value}"
    return Candidate(asset.inspection, asset.fields, refused, asset.effective_rights)


def candidate_of_file(inspection: Inspection) -> Candidate:
    """Return what a preflight looks at of a file that nobody uploaded yet."""
    codes = ", ".join(problem.code for problem in inspection.problems)
    refused = "" if inspection.status is Status.ACCEPTED else f"ingest would refuse it: {codes}"
    return Candidate(inspection, inspection.metadata.fields, refused, has_rights=False)


def preflight(
    candidate: Candidate, channel: Channel, spec: MediaSpec, *, at: datetime, switched_on: bool | None = None
) -> ChannelReport:
    """Return which slots of a channel can be filled at a moment, and what stands in the way of the others."""
    edition = spec.edition(at)
    known = {
        "channel": channel.name,
        "media_spec": spec.name,
        "territory": channel.territory,
        "usage": channel.usage,
        "at": at,
        "switched_on": switched_on,
    }
    if edition is None:
        problem = _problem("no_edition", "media_spec", f"no edition of {spec.name} is in effect")
        return ChannelReport(**known, ready=False, problems=(problem,))
    general = tuple(_general_problems(candidate, channel, at))
    subject = _picture(candidate)
    slots = tuple(
        _slot_report(
            slot, candidate, subject, output=spec.output(edition, slot), language=channel.language, general=general
        )
        for slot in edition.slots
    )
    return ChannelReport(**known, ready=all(slot.fillable for slot in slots if slot.required), slots=slots)


def wanted_specs(candidate: Candidate, *, at: datetime, channels: Channels | None = None) -> tuple[Spec, ...]:
    """Return the outputs of media specs that are to be rendered of an asset, as specs: what its channels may get.

    A channel counts if the rights allow its usage in its territory, now or in a window that is yet to come; a slot,
    if the picture itself can fill it, whatever else is missing, such as a text that somebody may write any minute.
    """
    known = shipped_channels() if channels is None else channels
    usages = {c.media_spec: c.usage for c in known.channels.values() if _may_come(candidate.rights, c, at)}
    subject = _picture(candidate)
    if candidate.refused or subject is None:
        return ()
    wanted: list[Spec] = []
    for name, usage in sorted(usages.items()):
        spec = known.specs[name]
        edition = spec.edition(at)
        if edition is not None:
            slots = [s for s in edition.slots if not any(_misses(s, candidate, subject, edition.frames[s.frame]))]
            wanted += spec.specs(edition, slots, usage)
    return tuple(wanted)


def _may_come(rights: Rights | None, channel: Channel, at: datetime) -> bool:
    reason = decide(rights, at=at, territory=channel.territory, usage=channel.usage).reason
    return reason in {Reason.ALLOWED, Reason.EMBARGOED}


def _picture(candidate: Candidate) -> Subject | None:
    """Return the picture that could fill a slot: a photograph or a drawing, and nothing that only stands for a film."""
    inspection = candidate.inspection
    return subject_of(inspection, candidate.fields, candidate.rights) if inspection.kind is Kind.IMAGE else None


def _general_problems(candidate: Candidate, channel: Channel, at: datetime) -> Iterator[Problem]:
    """Yield what stands in the way of every slot."""
    if candidate.refused:
        yield _problem("not_accepted", "status", candidate.refused)
    if not candidate.has_rights:
        return
    decision = decide(candidate.rights, at=at, territory=channel.territory, usage=channel.usage)
    if not decision.allowed:
        said = f"not allowed in {channel.territory} for {channel.usage.value}"
        yield _problem(decision.reason.value, "rights", f"{said}: {decision.reason.value.replace('_', ' ')}")


def _slot_report(
    slot: Slot,
    candidate: Candidate,
    subject: Subject | None,
    *,
    output: Output,
    language: str,
    general: tuple[Problem, ...],
) -> SlotReport:
    problems, warnings = list(general), list[Problem]()
    width = height = None
    if subject is None:
        is_what = candidate.inspection.media_type or "a master of an unknown type"
        problems.append(_problem("not_a_picture", "media_type", f"{is_what} gives no picture of a known size"))
    else:
        width, height = geometry(output.frame, subject).box
        problems += _misses(slot, candidate, subject, output.frame)
        warnings += _warnings(slot, candidate, subject, output)
    if slot.alt_text and not _says(candidate.fields, language):
        problems.append(_problem("no_alt_text", f"alt_text.{language}", f"there is no alt text in {language!r}"))
    if not candidate.has_rights:
        warnings.append(_problem("rights_unknown", "rights", "a file has no rights: an asset needs some"))
    return SlotReport(
        slot=slot.name,
        role=slot.role,
        required=slot.required,
        fillable=not problems,
        output=output.name,
        width=width,
        height=height,
        problems=tuple(problems),
        warnings=tuple(warnings),
    )


def _misses(slot: Slot, candidate: Candidate, subject: Subject, frame: Frame) -> Iterator[Problem]:
    """Yield why the picture itself cannot fill a slot."""
    yield from slot.limits.problems(*geometry(frame, subject).box)
    appearance = candidate.inspection.appearance
    if slot.white_border is not None and appearance is not None and appearance.white_border < slot.white_border:
        said = f"{appearance.white_border:.1%} of the border is pure white, at least {slot.white_border:.1%} is asked"
        yield _problem("background_not_white", "appearance.white_border", said)


def _warnings(slot: Slot, candidate: Candidate, subject: Subject, output: Output) -> Iterator[Problem]:
    frame, how = output.frame, geometry(output.frame, subject)
    size = f"{how.box[0]} × {how.box[1]}"
    if how.cut.width < 1 or how.cut.height < 1:
        said = f"{how.cut.width:.0%} of the width and {how.cut.height:.0%} of the height remain"
        yield _problem("cropped", "aspect", said)
    if how.padded:
        forbidden = frame.fit is Fit.CROP and not subject.may_crop
        said = f"{how.content[0]} × {how.content[1]} stands on {frame.background} of {size}"
        field = "image_alteration_constraints" if forbidden else "aspect"
        yield _problem("cropping_forbidden" if forbidden else "padded", field, said)
    if (factor := _enlarged(how, subject)) > 1:
        yield _problem("enlarged", "width", f"{subject.width} × {subject.height} is enlarged {factor:.2f} times")
    if slot.advised_longest is not None and max(how.box) < slot.advised_longest:
        said = f"{size} is taken, {slot.advised_longest} pixels along the longest edge are advised"
        yield _problem("below_advised", "longest_edge", said)
    if subject.animated and not output.encoding.animated:
        yield _problem("animation_lost", "frames", f"{output.name} shows the first frame alone")
    if slot.white_border is not None and candidate.inspection.appearance is None:
        yield _problem("background_unknown", "appearance", "how white the border is was not measured")


def _enlarged(how: Geometry, subject: Subject) -> float:
    """Return how many times larger the content is than the part of the picture that it shows; 1 if it is not."""
    width, height = subject.width * how.cut.width, subject.height * how.cut.height
    # Sizes are whole pixels: what is rounded up is not enlarged.
    if how.content[0] < width + 1 and how.content[1] < height + 1:
        return 1.0
    return max(how.content[0] / width, how.content[1] / height)


def _says(fields: Mapping[str, FieldValue], language: str) -> bool:
    return "alt_text" in fields and speaks(fields["alt_text"].value, language)


def _problem(code: str, field: str, message: str) -> Problem:
    return Problem(code=code, field=field, message=message)
