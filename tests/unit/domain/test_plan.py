"""Plans: one decode, each size once, each file once, nothing enlarged, and every source before what is made of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.plan import (
    WHOLE,
    Cut,
    Plan,
    Region,
    Subject,
    digest_of,
    from_json,
    geometry,
    plan,
    to_json,
    wanted,
)
from assetwire.domain.spec import ColourSpace, Encoding, Fit, Format, Frame, Kernel, Output, Spec, profiles

JPEG = Encoding(format=Format.JPEG, quality=80)
WEBP = Encoding(format=Format.WEBP, quality=78, effort=4)
LADDER = Spec(
    name="web", ladder=True, frames={str(w): Frame(width=w) for w in (320, 1280, 640)}, encodings=(WEBP, JPEG)
)
SIZE = st.integers(1, 20_000)
BOX = Frame(width=2000, height=2000, fit=Fit.PAD)
CROP = Frame(width=1200, height=630, fit=Fit.CROP)


def names(spec: Spec, width: int, height: int) -> tuple[str, ...]:
    return tuple(output.name for output in wanted(spec, Subject(width, height)))


def sizes(image: tuple[int, int]) -> list[tuple[int, int]]:
    return [step.size for step in plan(wanted(LADDER, Subject(*image)), Subject(*image)).steps]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ((2000, 1000), [(1280, 640), (640, 320), (320, 160)]),
        ((1000, 500), [(1000, 500), (640, 320), (320, 160)]),
        ((641, 641), [(641, 641), (640, 640), (320, 320)]),
        ((640, 1), [(640, 1), (320, 1)]),
        ((200, 1000), [(200, 1000)]),
        ((1, 1), [(1, 1)]),
    ],
)
def test_a_ladder_ends_with_the_picture_at_its_own_size(
    image: tuple[int, int], expected: list[tuple[int, int]]
) -> None:
    assert sizes(image) == expected


def test_the_last_step_of_a_ladder_takes_the_name_of_the_next_width() -> None:
    assert names(LADDER, 1000, 500)[-2:] == ("web-1280.webp", "web-1280.jpg")


def test_a_format_that_cannot_hold_an_edge_is_left_out() -> None:
    assert names(LADDER, 320, 16_384) == ("web-320.jpg",)


@pytest.mark.parametrize(
    ("image", "content", "box"),
    [
        ((4000, 3000), (2000, 1500), (2000, 2000)),
        ((1200, 800), (1200, 800), (1200, 1200)),
        ((800, 1200), (800, 1200), (1200, 1200)),
        ((2000, 2000), (2000, 2000), (2000, 2000)),
    ],
)
def test_a_padded_box_keeps_its_shape_and_shrinks_around_a_small_picture(
    image: tuple[int, int], content: tuple[int, int], box: tuple[int, int]
) -> None:
    assert geometry(BOX, Subject(*image)) == (WHOLE, content, box)


def test_a_crop_fills_its_box_and_knows_the_part_that_remains() -> None:
    focus = Region(0.1, 0.2, 0.3, 0.3)
    cut = geometry(CROP, Subject(2400, 2400, focus=focus))
    assert cut == (Cut(1.0, 0.525, focus), (1200, 630), (1200, 630))
    assert geometry(CROP, Subject(600, 600)).box == (600, 315)
    assert geometry(CROP, Subject(2400, 1260)).cut == WHOLE


def test_what_may_not_be_cropped_is_padded() -> None:
    assert geometry(CROP, Subject(2400, 2400, may_crop=False)) == (WHOLE, (630, 630), (1200, 630))


def test_enlarging_is_for_frames_that_say_so_and_no_further() -> None:
    assert geometry(Frame(width=900), Subject(300, 200)).box == (300, 200)
    assert geometry(Frame(width=900, enlarge=2), Subject(300, 200)).box == (600, 400)
    assert geometry(Frame(width=900, enlarge=8), Subject(300, 200)).box == (900, 600)


@given(SIZE, SIZE, st.sampled_from([BOX, CROP, Frame(width=700), Frame(height=700), Frame(width=500, height=700)]))
def test_nothing_is_enlarged_and_nothing_exceeds_its_frame(width: int, height: int, frame: Frame) -> None:
    how = geometry(frame, Subject(width, height))
    shown = max(1, round(width * how.cut.width)), max(1, round(height * how.cut.height))
    assert how.content[0] <= shown[0] + 1
    assert how.content[1] <= shown[1] + 1
    assert how.content[0] <= how.box[0] <= (frame.width or 20_000)
    assert how.content[1] <= how.box[1] <= (frame.height or 20_000)


EVERY = tuple(output for spec in profiles() for output in spec.outputs)


@given(SIZE, SIZE, st.sets(st.sampled_from(EVERY), min_size=1))
def test_a_plan_makes_every_output_once_from_sources_that_come_before(
    width: int, height: int, outputs: set[Output]
) -> None:
    made = plan(outputs, Subject(width, height))
    assert sorted(made.names) == sorted(output.name for output in outputs)
    for number, step in enumerate(made.steps):
        if step.source is None:
            continue
        source = made.steps[step.source]
        assert step.source < number
        assert (source.cut, source.colours, source.kernel) == (step.cut, step.colours, step.kernel)
        assert source.size[0] >= step.size[0]
        assert source.size[1] >= step.size[1]
    assert len({(s.cut, s.colours, s.kernel, s.animated) for s in made.steps if s.source is None}) == sum(
        s.source is None for s in made.steps
    )


@given(SIZE, SIZE)
def test_the_whole_is_loaded_as_large_as_the_step_with_the_most_detail_needs(width: int, height: int) -> None:
    subject = Subject(width, height)
    made = plan(EVERY, subject)
    assert made.still is not None
    assert made.still[0] <= width
    assert made.still[1] <= height
    for step in made.steps:
        assert made.still[0] * step.cut.width >= step.size[0] - 1
        assert made.still[1] * step.cut.height >= step.size[1] - 1


def test_a_size_is_made_of_one_twice_as_large_or_of_the_largest() -> None:
    made = plan(wanted(LADDER, Subject(2000, 1000)), Subject(2000, 1000))
    assert [(step.size[0], step.source) for step in made.steps] == [(1280, None), (640, 0), (320, 1)]
    web = next(spec for spec in profiles() if spec.name == "web")
    made = plan(wanted(web, Subject(6000, 4000)), Subject(6000, 4000))
    sources = {step.size[0]: made.steps[step.source].size[0] for step in made.steps if step.source is not None}
    assert sources == {1600: 2400, 1280: 2400, 960: 2400, 640: 1280, 320: 640}


def test_a_kernel_that_loading_does_not_know_has_twice_the_pixels_to_work_on() -> None:
    def loaded(kernel: Kernel, width: int = 500) -> tuple[int, int] | None:
        return plan(
            [Output(name="a.jpg", frame=Frame(width=500, kernel=kernel), encoding=JPEG)], Subject(width, 600)
        ).still

    assert loaded(Kernel.LANCZOS3, 3000) == (500, 100)
    assert loaded(Kernel.CUBIC, 3000) == (1000, 200)
    assert loaded(Kernel.CUBIC, 800) == (800, 600)


def test_ink_is_a_step_of_its_own_from_the_picture_as_it_was_loaded() -> None:
    ink = Encoding(format=Format.TIFF, colours=ColourSpace.CMYK, profile=True)
    outputs = [Output(name=f"a.{n}", frame=Frame(width=500), encoding=e) for n, e in enumerate((ink, JPEG))]
    made = plan(outputs, Subject(800, 800))
    assert [(step.colours, step.source) for step in made.steps] == [(ColourSpace.CMYK, None), (ColourSpace.SRGB, None)]
    assert made.still == (500, 500)


def test_outputs_that_are_equal_are_one_file_with_two_names() -> None:
    one, two = Output(name="a.jpg", frame=BOX, encoding=JPEG), Output(name="b.jpg", frame=BOX, encoding=JPEG)
    (step,) = plan([one, two], Subject(4000, 3000)).steps
    assert [file.names for canvas in step.canvases for file in canvas.files] == [("a.jpg", "b.jpg")]


def test_files_share_pixels_where_nothing_tells_them_apart() -> None:
    outputs = [
        Output(name="a.webp", frame=Frame(width=500, background="#000000"), encoding=WEBP),
        Output(name="b.webp", frame=Frame(width=500), encoding=WEBP.model_copy(update={"quality": 50})),
        Output(name="c.jpg", frame=Frame(width=500), encoding=JPEG),
    ]
    (step,) = plan(outputs, Subject(800, 800)).steps
    assert [(canvas.opaque, len(canvas.files)) for canvas in step.canvases] == [(False, 2), (True, 1)]


def test_what_moves_is_loaded_apart() -> None:
    outputs = wanted(LADDER, Subject(500, 500, animated=True))
    moving = [o.model_copy(update={"encoding": o.encoding.model_copy(update={"animated": True})}) for o in outputs[:1]]
    made = plan([*moving, outputs[1]], Subject(500, 500, animated=True))
    assert [step.animated for step in made.steps] == [False, True]
    assert made.still == made.moving == (320, 320)
    assert plan(moving, Subject(500, 500)).moving is None
    assert plan([], Subject(1, 1)) == Plan()


def test_a_digest_changes_with_whatever_changes_the_file() -> None:
    output, subject = Output(name="a.jpg", frame=CROP, encoding=JPEG), Subject(2400, 2400)
    others = [
        digest_of(output.model_copy(update={"frame": BOX}), subject),
        digest_of(output.model_copy(update={"encoding": JPEG.model_copy(update={"quality": 81})}), subject),
        digest_of(output, subject._replace(may_crop=False)),
        digest_of(output, subject._replace(focus=Region(0, 0, 0.1, 0.1))),
        digest_of(output, subject, inside="© somebody"),
    ]
    assert len({digest_of(output, subject), *others}) == 6
    assert digest_of(output.model_copy(update={"name": "b.jpg"}), subject) == digest_of(output, subject)


@pytest.mark.parametrize(
    "encoding",
    [
        {"format": "jpeg"},
        {"format": "png", "quality": 80},
        {"format": "jpeg", "quality": 80, "animated": True},
        {"format": "webp", "quality": 80, "colours": ColourSpace.CMYK, "profile": True},
        {"format": "tiff", "colours": ColourSpace.CMYK},
    ],
)
def test_an_encoding_that_its_format_cannot_do_is_refused(encoding: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=encoding["format"]):  # type: ignore[arg-type]
        Encoding.model_validate(encoding)


@given(SIZE, SIZE, st.booleans(), st.sets(st.sampled_from(EVERY)))
def test_a_plan_is_the_same_after_it_went_through_json(
    width: int, height: int, animated: bool, outputs: set[Output]
) -> None:
    made = plan(outputs, Subject(width, height, animated=animated, focus=Region(0.1, 0.2, 0.3, 0.4)))
    assert from_json(json.loads(json.dumps(to_json(made)))) == made
