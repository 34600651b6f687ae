"""Upkeep: every rendition is needed, waits, or goes; and nothing that is needed ever goes."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.outputs import Wanted
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Usage
from assetwire.domain.shown import Rendered
from assetwire.domain.spec import Encoding, Format, Frame, Output
from assetwire.domain.upkeep import StoredObject, Upkeep, missing, needed_by, upkeep
from fakes import some
from fakes.some import NOW

GRACE = timedelta(days=7)
VERSIONS = [some.version(number=number) for number in (1, 2)]
NAMES = ("a.jpg", "b.jpg")
DIGESTS = ("0" * 16, "f" * 16)
EVERY = [
    some.rendition(version, name, digest=digest, etag=f"etag of {name} {digest}")
    for version in VERSIONS
    for name in NAMES
    for digest in DIGESTS
]
PRESENT = {rendition.key: StoredObject(rendition.etag, NOW) for rendition in EVERY}
NEEDED = {(VERSIONS[1].version_id, name, DIGESTS[1]) for name in NAMES}


def identity(rendition: Rendition) -> tuple[str, str, str]:
    return rendition.version_id, rendition.name, rendition.digest


def wanted(name: str, digest: str = DIGESTS[1]) -> Wanted:
    encoding = Encoding(format=Format.JPEG, quality=80)
    return Wanted(Output(name=name, frame=Frame(width=320), encoding=encoding), Usage.WEB, digest)


def test_what_others_look_after_is_no_stray() -> None:
    later = NOW + timedelta(days=30)
    strays = upkeep((), [], PRESENT, grace=GRACE, at=later).strays
    others = {EVERY[0].key}
    assert set(strays) == set(PRESENT)
    assert set(upkeep((), [], PRESENT, grace=GRACE, at=later, others=others).strays) == set(PRESENT) - others


@given(
    st.sets(st.sampled_from(EVERY)).flatmap(
        lambda recorded: st.tuples(
            *(
                st.tuples(st.just(each), st.none() | st.integers(0, 20))
                for each in sorted(recorded, key=lambda each: each.key)
            )
        )
    ),
    st.sets(st.sampled_from(EVERY)),
)
def test_every_rendition_is_needed_or_waits_or_goes(
    recorded: tuple[tuple[Rendition, int | None], ...], needs: set[Rendition]
) -> None:
    needed = {identity(each) for each in needs}
    held = [
        each.model_copy(update={"superseded_at": None if days is None else NOW - timedelta(days=days)})
        for each, days in recorded
    ]
    todo = upkeep(needed, held, PRESENT, grace=GRACE, at=NOW)
    for each in held:
        noted = next((other for other in todo.noted if identity(other) == identity(each)), None)
        if identity(each) in needed:
            assert each not in todo.removed
            assert (noted is not None) == (each.superseded_at is not None)
            assert noted is None or noted.superseded_at is None
        elif each.superseded_at is None:
            assert noted is not None
            assert noted.superseded_at == NOW
        else:
            assert noted is None
            assert (each in todo.removed) == (each.superseded_at <= NOW - GRACE)
    after = [each for each in held if each not in todo.removed and identity(each) not in needed]
    assert todo.tidy_at == min(((each.superseded_at or NOW) + GRACE for each in after), default=None)
    left = {identity(each): each for each in (*held, *todo.noted) if each not in todo.removed}
    again = upkeep(needed, left.values(), PRESENT, grace=GRACE, at=NOW)
    assert again == Upkeep((), (), (), todo.tidy_at)._replace(strays=again.strays)


def test_a_stray_goes_once_it_is_as_old_as_a_grace_period() -> None:
    present = {"a": StoredObject("x", NOW - GRACE), "b": StoredObject("x", NOW - GRACE + timedelta(seconds=1))}
    assert upkeep(set(), [], present, grace=GRACE, at=NOW).keys == ("a",)


def test_what_is_removed_and_what_strays_are_the_keys_to_remove() -> None:
    old = EVERY[0].model_copy(update={"superseded_at": NOW - GRACE})
    present = {"stray": StoredObject("x", NOW - GRACE), old.key: PRESENT[old.key]}
    assert upkeep(NEEDED, [old], present, grace=GRACE, at=NOW).keys == (old.key, "stray")


def test_missing_is_what_is_not_recorded_or_does_not_stand_with_its_bytes() -> None:
    version = VERSIONS[1].version_id
    names = [wanted("a.jpg"), wanted("b.jpg")]
    assert missing(names, version, EVERY, PRESENT) == []
    recorded = [each for each in EVERY if each.name != "a.jpg"]
    assert missing(names, version, recorded, PRESENT) == names[:1]
    key = next(each.key for each in EVERY if identity(each) == (version, "b.jpg", DIGESTS[1]))
    assert missing(names, version, EVERY, {k: v for k, v in PRESENT.items() if k != key}) == names[1:]
    assert missing(names, version, EVERY, PRESENT | {key: StoredObject("other", NOW)}) == names[1:]
    assert missing([wanted("a.jpg", "1" * 16)], version, EVERY, PRESENT) == [wanted("a.jpg", "1" * 16)]


def test_what_was_finished_last_is_needed() -> None:
    assert needed_by(None) == set()
    assert needed_by(Rendered(version_id=VERSIONS[0].version_id, outputs={"a.jpg": "0"})) == {
        (VERSIONS[0].version_id, "a.jpg", "0")
    }
