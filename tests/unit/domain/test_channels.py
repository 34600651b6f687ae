"""Channels: data files, read and checked together; a new one needs a file and nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.channels import Channels, read_channels, shipped_channels
from assetwire.domain.data_files import data
from assetwire.domain.errors import Misconfigured, NotFound
from assetwire.domain.preflight import candidate_of, preflight, wanted_specs
from assetwire.domain.rights import Usage
from fakes import some
from fakes.channel_files import CHANNEL, SPEC, written


def refusal(*folders: Any) -> str:
    with pytest.raises(Misconfigured) as refused:
        read_channels(*folders)
    assert refused.value.code == "invalid_data_file"
    return refused.value.message


def test_a_new_channel_needs_data_files_only(tmp_path: Path) -> None:
    known = read_channels(data(), written(tmp_path, SPEC, CHANNEL))
    assert known.channels.keys() - shipped_channels().channels.keys() == {"otto-de"}
    asset = candidate_of(some.asset(rights=some.rights()))
    channel = known.named("otto-de")
    report = preflight(asset, channel, known.spec(channel), at=some.NOW)
    (slot,) = report.slots
    assert (report.ready, slot.slot, slot.output, slot.width, slot.height) == (
        *(True, "Hauptbild", "otto-main.jpg", 2000, 2000),
    )
    wanted = {output.name for spec in wanted_specs(asset, at=some.NOW, channels=known) for output in spec.outputs}
    assert "otto-main.jpg" in wanted


def test_a_later_folders_file_stands_in_for_one_of_the_same_name(tmp_path: Path) -> None:
    title = {**CHANNEL, "name": "ebay-de", "media_spec": "ebay", "title": "Ours"}
    assert read_channels(data(), written(tmp_path, title)).named("ebay-de").title == "Ours"


def test_a_folder_without_data_is_empty(tmp_path: Path) -> None:
    assert read_channels(tmp_path) == Channels({}, {})
    assert read_channels(tmp_path).changes == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"media_spec": "oto"}, "channel otto-de: there is no media spec 'oto'"),
        ({"territory": "UK"}, "territory: Value error, 'UK' is no ISO 3166-1 alpha-2 code"),
        ({"territory": "*"}, "territory: Value error"),
        ({"locale": "German"}, "locale"),
        ({"locale": "x-default"}, "locale"),
        ({"usage": "shop"}, "usage"),
        ({"price": 3}, "price: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_channel_is_refused_with_the_reason(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    assert reason in refusal(written(tmp_path, SPEC, CHANNEL | change))


def test_a_file_bears_the_name_that_it_says(tmp_path: Path) -> None:
    written(tmp_path, SPEC, CHANNEL)
    (tmp_path / "channels" / "otto-de.json").rename(tmp_path / "channels" / "otto.json")
    assert "otto.json: name: it says 'otto-de'" in refusal(tmp_path)


def test_what_is_no_text_and_no_json_is_refused(tmp_path: Path) -> None:
    written(tmp_path, SPEC)
    (tmp_path / "media_specs" / "a.json").write_bytes(b"\xff{}")
    (tmp_path / "media_specs" / "b.json").write_text("{", encoding="utf-8")
    (tmp_path / "media_specs" / "notes.txt").write_text("not looked at", encoding="utf-8")
    said = refusal(tmp_path)
    assert "a.json: it is no UTF-8: invalid start byte at byte 0" in said
    assert "b.json: file: Invalid JSON" in said


def test_all_that_does_not_fit_together_is_named_at_once(tmp_path: Path) -> None:
    second = CHANNEL | {"name": "otto-at", "territory": "AT", "usage": "web"}
    web = json.loads(json.dumps(SPEC).replace('"otto"', '"web"').replace('"main":', '"320":'))
    web["editions"][0]["slots"][0]["frame"] = "320"
    said = refusal(written(tmp_path, SPEC, web, CHANNEL, second, CHANNEL | {"name": "x", "media_spec": "nothing"}))
    assert "channel x: there is no media spec 'nothing'" in said
    assert "one media spec has one usage" in said
    assert "web-320.jpg is the name of outputs of two specs" in said


def test_an_unknown_channel_is_not_found() -> None:
    with pytest.raises(NotFound) as refused:
        shipped_channels().named("amazon-mars")
    assert refused.value.code == "channel_not_found"


class TestOnly:
    """A house's own choice of the channels that there are."""

    def test_it_holds_these_channels_and_the_media_specs_that_they_ask_by(self) -> None:
        chosen = shipped_channels().only(["google-us", "amazon-de", "google-de", "amazon-de"])
        assert list(chosen.channels) == ["amazon-de", "google-de", "google-us"]
        assert list(chosen.specs) == ["amazon", "google-merchant"]
        assert chosen.changes == (datetime(2027, 1, 31, tzinfo=UTC),)

    def test_of_none_it_holds_nothing(self) -> None:
        assert shipped_channels().only(()) == Channels({}, {})

    def test_names_that_nobody_knows_are_all_said(self) -> None:
        with pytest.raises(Misconfigured) as refused:
            shipped_channels().only(["amazon-mars", "ebay-de", "otto"])
        assert "amazon-mars, otto" in refused.value.message
        assert "ebay-de" in refused.value.message.partition("there are")[2]


def test_the_digest_changes_with_whatever_is_said(tmp_path: Path) -> None:
    first = read_channels(written(tmp_path, SPEC, CHANNEL))
    again = read_channels(tmp_path)
    other = read_channels(written(tmp_path, CHANNEL | {"territory": "AT"}))
    assert first.digest == again.digest != other.digest


def test_the_changes_are_those_of_every_spec_in_order(tmp_path: Path) -> None:
    known = read_channels(data(), written(tmp_path, SPEC, CHANNEL))
    assert known.changes == (datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC))


@pytest.mark.parametrize("channel", shipped_channels().channels.values(), ids=lambda channel: channel.name)
def test_a_shipped_channels_name_says_its_market(channel: Any) -> None:
    assert channel.name.endswith(f"-{channel.territory.lower()}")
    assert channel.locale.endswith(f"-{channel.territory}")
    assert channel.usage in {Usage.MARKETPLACE, Usage.WEB}


def test_the_specs_of_the_design_ship_each_with_channels_and_sources() -> None:
    known = shipped_channels()
    assert set(known.specs) == {"amazon", "ebay", "walmart", "zalando", "google-merchant", "shopify", "gs1"}
    assert {channel.media_spec for channel in known.channels.values()} == set(known.specs)
    assert all(source.url for spec in known.specs.values() for source in spec.sources)
