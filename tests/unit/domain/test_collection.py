"""Collections keep their members within what they allow, and grant nothing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assetwire.domain import ids, lifecycle
from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset
from assetwire.domain.collection import (
    MOST_COLLECTIONS,
    Collection,
    CollectionKind,
    collection_change,
    following,
    follows,
    joined,
    left,
    require_open,
)
from assetwire.domain.decisions import decide
from assetwire.domain.errors import Conflict, Refused
from assetwire.domain.rights import Rights
from fakes import some
from fakes.some import NOW

DACH = some.rights(territories=("DACH",))
FREE, GERMAN_SPEAKING = some.collection("free"), some.collection("german", rights=DACH)
GRANTED = some.asset().with_rights(some.rights(), now=NOW)
ACT = Act(by="me", at=NOW, reason="it is over")


def allowed(asset: Asset, territory: str) -> bool:
    return decide(asset.effective_rights, at=NOW, territory=territory, usage="web").allowed


def deleted(collection: Collection) -> Collection:
    return collection.changed(now=NOW, rights=None, deleted=ACT)


def gone() -> Asset:
    due = lifecycle.schedule_deletion(GRANTED, ACT, grace=timedelta(days=1), sources=[])
    return lifecycle.begin_deletion(due, now=NOW + timedelta(days=2))


class TestMembers:
    """Who is in a collection."""

    def test_a_collection_without_rights_restricts_nothing(self) -> None:
        member = joined(GRANTED, FREE, now=NOW)
        assert member.collections == (FREE.collection_id,)
        assert (member.inherited, member.restricted, member.generation) == ({}, None, GRANTED.generation)

    def test_who_joins_is_kept_within_its_rights_from_the_same_revision_on(self) -> None:
        member = joined(GRANTED, GERMAN_SPEAKING, now=NOW)
        assert (allowed(GRANTED, "FR"), allowed(member, "FR"), allowed(member, "DE")) == (True, False, True)
        assert member.generation == GRANTED.generation + 1
        assert member.revision == GRANTED.revision + 1

    def test_rights_that_name_nothing_have_members_shown_to_nobody(self) -> None:
        assert not allowed(joined(GRANTED, some.collection(rights=Rights()), now=NOW), "DE")

    def test_a_collection_grants_nothing_to_an_asset_without_rights(self) -> None:
        assert joined(some.asset(), some.collection(rights=some.rights()), now=NOW).effective_rights is None

    def test_what_all_of_several_collections_allow_is_allowed(self) -> None:
        member = joined(joined(GRANTED, GERMAN_SPEAKING, now=NOW), some.collection("eu", rights=EU), now=NOW)
        assert [allowed(member, each) for each in ("DE", "CH", "FR")] == [True, False, False]

    def test_who_is_a_member_already_stays_as_it_is_and_so_does_who_leaves_twice(self) -> None:
        member = joined(GRANTED, GERMAN_SPEAKING, now=NOW)
        assert joined(member, GERMAN_SPEAKING, now=NOW) is member
        assert left(GRANTED, GERMAN_SPEAKING.collection_id, now=NOW) is GRANTED

    def test_who_leaves_has_its_own_rights_again_and_no_url_is_voided_for_that(self) -> None:
        member = joined(joined(GRANTED, GERMAN_SPEAKING, now=NOW), FREE, now=NOW)
        after = left(member, GERMAN_SPEAKING.collection_id, now=NOW)
        assert (after.collections, after.inherited) == ((FREE.collection_id,), {})
        assert (allowed(after, "FR"), after.generation) == (True, member.generation)

    def test_an_asset_is_in_so_many_collections_at_the_most(self) -> None:
        member = GRANTED
        for number in range(MOST_COLLECTIONS):
            member = joined(member, some.collection(str(number)), now=NOW)
        with pytest.raises(Refused) as refused:
            joined(member, FREE, now=NOW)
        assert refused.value.code == "too_many_collections"

    def test_an_asset_that_is_deleted_joins_nothing_and_follows_nothing(self) -> None:
        with pytest.raises(Refused) as refused:
            joined(gone(), FREE, now=NOW)
        assert refused.value.code == "already_deleted"
        assert follows(gone(), GERMAN_SPEAKING)

    def test_a_buried_asset_is_in_no_collection(self) -> None:
        member = joined(GRANTED, GERMAN_SPEAKING, now=NOW)
        due = lifecycle.schedule_deletion(member, ACT, grace=timedelta(days=1), sources=[])
        begun = lifecycle.begin_deletion(due, now=NOW + timedelta(days=2))
        buried = lifecycle.buried(begun, now=NOW + timedelta(days=2))
        assert (buried.collections, buried.inherited) == ((), {})


EU = some.rights(territories=("EU",))


class TestFollowing:
    """What a change of a collection comes to for its members."""

    def test_a_member_takes_what_is_allowed_now_and_a_narrowing_voids_its_urls(self) -> None:
        member = joined(GRANTED, GERMAN_SPEAKING, now=NOW)
        narrower = GERMAN_SPEAKING.changed(now=NOW, rights=some.rights(territories=("DE",)))
        after = following(member, narrower, now=NOW)
        assert (follows(member, narrower), follows(after, narrower)) == (False, True)
        assert (allowed(after, "AT"), after.generation) == (False, member.generation + 1)
        wider = following(after, narrower.changed(now=NOW, rights=None), now=NOW)
        assert (allowed(wider, "FR"), wider.generation) == (True, after.generation)

    def test_who_follows_already_and_who_is_no_member_stay_as_they_are(self) -> None:
        member = joined(GRANTED, GERMAN_SPEAKING, now=NOW)
        renamed = GERMAN_SPEAKING.changed(now=NOW, title="DACH")
        assert following(member, renamed, now=NOW) is member
        assert following(GRANTED, renamed, now=NOW) is GRANTED
        assert follows(GRANTED, renamed)

    def test_members_of_a_deleted_collection_are_in_it_no_more(self) -> None:
        member = joined(GRANTED, GERMAN_SPEAKING, now=NOW)
        after = following(member, deleted(GERMAN_SPEAKING), now=NOW)
        assert (after.collections, allowed(after, "FR")) == ((), True)
        assert (follows(member, deleted(GERMAN_SPEAKING)), follows(after, deleted(GERMAN_SPEAKING))) == (False, True)

    @given(st.lists(st.sampled_from(["DE", "DACH", "EU", "*", ""]), max_size=6), st.booleans())
    def test_after_any_changes_what_holds_is_the_last_one_and_never_more_than_an_asset_s_own(
        self, changes: list[str], ends: bool
    ) -> None:
        own = some.asset().with_rights(EU, now=NOW)
        collection, member = FREE, joined(own, FREE, now=NOW)
        for name in changes:
            rights = some.rights(territories=(name,)) if name else None
            collection = collection.changed(now=NOW, rights=rights)
            member = following(member, collection, now=NOW)
        if ends:
            collection = deleted(collection)
            member = following(member, collection, now=NOW)
        for territory in ("DE", "AT", "CH", "FR", "US"):
            within = decide(collection.rights, at=NOW, territory=territory, usage="web").allowed
            assert allowed(member, territory) == (allowed(own, territory) and (collection.rights is None or within))


class TestChanges:
    """What is noted of a change."""

    def test_only_what_differs_is_noted_before_and_after(self) -> None:
        after = GERMAN_SPEAKING.changed(now=NOW, rights=None)
        change = collection_change(GERMAN_SPEAKING, after, by="me", reason="a new licence")
        assert (change.before, change.after) == ({"rights": DACH.model_dump(mode="json", exclude_none=True)}, {})
        assert (change.revision, change.by, change.reason) == (1, "me", "a new licence")

    def test_of_a_new_collection_everything_is_noted(self) -> None:
        change = collection_change(None, FREE, by="me", reason="")
        assert (change.before, change.after) == ({}, {"title": FREE.title, "kind": "collection"})

    def test_a_deleted_collection_and_another_revision_are_refused(self) -> None:
        require_open(FREE, 0)
        with pytest.raises(Conflict) as conflict:
            require_open(FREE, 1)
        with pytest.raises(Refused) as refused:
            require_open(deleted(FREE))
        assert (conflict.value.code, refused.value.code) == ("revision", "collection_deleted")

    @pytest.mark.parametrize("title", ["", " ", "\u00a0\u2003", "\u200b", "x" * 201, "two\nlines"])
    def test_a_title_is_one_line_of_text(self, title: str) -> None:
        with pytest.raises(ValidationError):
            some.collection(title=title)

    def test_ids_come_from_their_cause(self) -> None:
        assert ids.collection_id("a", "b") == ids.collection_id("a", "b") != ids.collection_id("ab")
        assert some.collection(kind=CollectionKind.JOB).collection_id.startswith("c")
