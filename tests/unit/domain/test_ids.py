"""Ids: from the cause, and from nothing else."""

import re
import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain import ids

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_ids_are_what_they_were_in_every_release_before() -> None:
    assert ids.asset_id("masters", "a/shoe.jpg") == GOLDEN["asset"]
    assert ids.version_id("masters", "a/shoe.jpg", "v1", AT) == GOLDEN["version"]
    assert ids.event_id("record-1", "RightsChanged") == GOLDEN["event"]


GOLDEN = {
    "asset": "avqut5ywdamay6wpq7wqel6idx",
    "version": "20260601t120000-kdwtccse",
    "event": "e73071ae-8014-510a-b6ae-a089b890e2be",
}


@given(st.text(max_size=50), st.text(max_size=50))
def test_an_asset_id_is_safe_in_paths_and_keys(bucket: str, key: str) -> None:
    assert re.fullmatch(r"a[a-z2-7]{25}", ids.asset_id(bucket, key))


def test_where_bucket_ends_and_key_begins_matters() -> None:
    assert ids.asset_id("ab", "c") != ids.asset_id("a", "bc")


def test_version_ids_sort_by_the_second_of_upload() -> None:
    made = [ids.version_id("b", "k", f"v{n}", AT + timedelta(seconds=n)) for n in range(30)]
    assert made == sorted(made)
    assert all(re.fullmatch(r"\d{8}t\d{6}-[a-z2-7]{8}", one) for one in made)


def test_two_events_of_one_record_have_two_ids_and_each_keeps_its_own() -> None:
    one, two = ids.event_id("record-1", "AssetIngested"), ids.event_id("record-1", "AssetQuarantined")
    assert one != two
    assert one == ids.event_id("record-1", "AssetIngested")
    assert uuid.UUID(one).version == 5
