"""Spins: which assets are one, what is made of them, and what may be done with them."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Kind
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.spec import profiles
from assetwire.domain.spin import delivered_manifest, frame_outputs, problem_of, rights_of
from assetwire.domain.spin_manifest import SpinManifest
from assetwire.domain.transcode_spec import transcodes
from fakes import some
from fakes.some import NOW

MANIFEST = SpinManifest(spin=1, frames=tuple(f"{n}.jpg" for n in range(8)), rows=2)
SPIN = [spec for spec in transcodes() if spec.name == "spin"]
WEB = [spec for spec in profiles() if spec.name in {"web", "thumb"}]


def frame(number: int, **facts: Any) -> Asset:
    key = f"{number}.jpg"
    changed = {name: facts.pop(name) for name in ("status", "rights") if name in facts}
    asset = some.asset(key, **changed)
    inspection = asset.inspection.model_copy(update=facts)
    return asset.model_copy(update={"inspection": inspection})


FRAMES = [frame(number, rights=some.rights()) for number in range(8)]


def replaced(number: int, other: Asset | None) -> list[Asset | None]:
    return [other if place == number else each for place, each in enumerate(FRAMES)]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (None, "frame_missing"),
        (frame(3, status=AssetStatus.QUARANTINED), "frame_not_accepted"),
        (frame(3, status=AssetStatus.WITHDRAWN), "frame_not_accepted"),
        (frame(3, kind=Kind.VIDEO, media_type="video/mp4"), "frame_is_no_image"),
        (frame(3, width=1999), "frames_differ"),
    ],
)
def test_frames_that_make_no_spin_are_named(other: Asset | None, code: str) -> None:
    problem = problem_of(MANIFEST, replaced(3, other))
    assert problem is not None
    assert (problem.code, problem.field) == (code, "frames")
    assert "3.jpg" in problem.message


def test_eight_accepted_photographs_of_one_size_are_a_spin() -> None:
    assert problem_of(MANIFEST, FRAMES) is None


def test_each_frame_is_made_in_each_width_and_the_first_stands_for_all() -> None:
    outputs = frame_outputs(FRAMES, [Inscription()] * 8, turns=SPIN, posters=WEB)
    turned = [output for output in outputs if output.name.startswith("spin-")]
    assert [(output.frame, output.name) for output in turned[:3]] == [
        (0, "spin-001-640.webp"),
        (0, "spin-001-1280.webp"),
        (1, "spin-002-640.webp"),
    ]
    assert len(turned) == 16
    posters = {output.name for output in outputs if not output.name.startswith("spin-")}
    assert {"web-320.webp", "thumb-256.jpg"} <= posters
    assert {output.frame for output in outputs if output.name in posters} == {0}


def test_a_digest_changes_with_the_frames_bytes_and_with_what_is_written_inside() -> None:
    def digests(frames: list[Asset], inside: Inscription = Inscription()) -> set[str]:  # noqa: B008  it is immutable
        return {output.digest for output in frame_outputs(frames, [inside] * 8, turns=SPIN, posters=[])}

    assert digests(FRAMES) == digests(FRAMES)
    other = [*FRAMES[:7], frame(7, sha256="0" * 64)]
    assert len(digests(FRAMES) & digests(other)) == 14
    assert not digests(FRAMES) & digests(FRAMES, Inscription(fields={"credit_line": "x"}))


class TestRights:
    """A spin may be shown where, when and for what every frame of it may be."""

    def test_those_of_equal_frames_are_theirs(self) -> None:
        assert rights_of(FRAMES) == some.rights()

    def test_the_strictest_counts_in_each_respect(self) -> None:
        until = Rights(windows=(Window(ends=NOW),), territories=("DE", "AT"), usages=(Usage.WEB, Usage.PRINT))
        other = Rights(
            windows=(Window(starts=NOW - timedelta(days=1)),),
            territories=("*",),
            excluded_territories=("AT",),
            usages=(Usage.WEB, Usage.SOCIAL),
        )
        both = rights_of([frame(0, rights=until), frame(1, rights=other)])
        assert both.windows == (Window(starts=NOW - timedelta(days=1), ends=NOW),)
        assert (both.territories, both.usages) == (("DE",), (Usage.WEB,))

    def test_windows_that_do_not_meet_leave_none(self) -> None:
        early, late = (some.rights(windows=(window,)) for window in (Window(ends=NOW), Window(starts=NOW)))
        assert rights_of([frame(0, rights=early), frame(1, rights=late)]).windows == ()

    @pytest.mark.parametrize("other", [None, frame(3), frame(3, rights=some.rights(), status=AssetStatus.WITHDRAWN)])
    def test_a_frame_without_rights_or_out_of_use_leaves_nothing(self, other: Asset | None) -> None:
        assert rights_of(replaced(3, other)) == Rights()

    def test_the_holder_is_named_where_all_name_the_same(self) -> None:
        others = [frame(0, rights=some.rights(holder="A")), frame(1, rights=some.rights(holder="B"))]
        assert rights_of(others).holder == ""
        assert rights_of(others[:1]).holder == "A"


def test_the_delivered_manifest_names_every_picture_of_every_frame() -> None:
    outputs = frame_outputs(FRAMES, [Inscription()] * 8, turns=SPIN, posters=WEB)
    version = some.version("a.spin.json")
    made = {output.name: some.rendition(version, output.name) for output in outputs}
    said = delivered_manifest(MANIFEST, outputs, made)
    assert (said["spin"], said["rows"], said["columns"], len(said["frames"])) == (1, 2, 4, 8)
    assert [image["name"] for image in said["frames"][7]["images"]] == ["spin-008-640.webp", "spin-008-1280.webp"]
    assert said["frames"][7]["images"][0]["width"] == 320
    assert "thumb-256.webp" in [image["name"] for image in said["poster"]]
