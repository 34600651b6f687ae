"""`assetwire channels` and `assetwire preflight`: data files, local files, and assets of a stack."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from assetwire.domain.channels import shipped_channels
from assetwire.domain.errors import NotFound
from assetwire.domain.preflight import candidate_of, preflight
from assetwire_cli import preflight_command
from assetwire_cli.failure import Failure
from assetwire_cli.main import app
from fakes import some
from fakes.channel_files import CHANNEL, SPEC, written


def run(*words: object) -> Any:
    return CliRunner().invoke(app, list(map(str, words)))


class FakeApi:
    """The API as far as the command needs it: what it was asked, and an answer."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer, self.calls = answer, list[tuple[str, str, dict[str, str]]]()

    def call(self, method: str, path: str, *, query: dict[str, str]) -> dict[str, Any]:
        self.calls.append((method, path, query))
        return self.answer


class TestChannels:
    """What ships, and what a file says."""

    def test_every_channel_is_listed_with_its_next_change(self) -> None:
        lines = run("channels", "list").stdout.splitlines()
        assert [line.split()[0] for line in lines[1:]] == list(shipped_channels().channels)
        if datetime.now(UTC) < datetime(2027, 1, 31, tzinfo=UTC):
            assert next(line for line in lines if "google-us" in line).split()[-1] == "2027-01-31"

    def test_a_list_as_json_is_a_channel_a_line(self) -> None:
        found = [json.loads(line) for line in run("channels", "list", "--json").stdout.splitlines()]
        assert found == [c.model_dump(mode="json") for c in shipped_channels().channels.values()]

    def test_a_channel_is_shown_edition_by_edition_with_its_sources(self) -> None:
        said = run("channels", "show", "google-de").stdout
        assert "from the beginning until 2027-01-31 00:00 UTC:" in said
        assert "from 2027-01-31 00:00 UTC until further notice:" in said
        assert "least shortest 100" in said
        assert "least shortest 500" in said
        assert "https://support.google.com/merchants/answer/6324350" in said
        assert json.loads(run("channels", "show", "google-de", "--json").stdout)["spec"]["name"] == "google-merchant"

    @pytest.mark.parametrize("name", shipped_channels().channels)
    def test_every_channel_can_be_shown(self, name: str) -> None:
        assert run("channels", "show", name).exit_code == 0

    def test_an_unknown_channel_is_named(self) -> None:
        assert isinstance(run("channels", "show", "amazon-mars").exception, NotFound)

    def test_files_that_are_right_are_said_to_be(self, tmp_path: Path) -> None:
        folder = written(tmp_path, SPEC, CHANNEL)
        for file in ("media_specs/otto.json", "channels/otto-de.json"):
            done = run("channels", "check", folder / file)
            assert (done.exit_code, "nothing is wrong" in done.stdout) == (0, True)
        assert "otto-de" in run("channels", "list", "--data", folder).stdout

    def test_all_that_is_wrong_with_a_file_is_said(self, tmp_path: Path) -> None:
        folder = written(tmp_path, CHANNEL | {"territory": "UK", "price": 1}, SPEC | {"sources": [], "name": "web"})
        channel = run("channels", "check", folder / "channels" / "otto-de.json")
        assert channel.exit_code == 2
        assert "territory" in channel.stdout
        assert "price" in channel.stdout
        spec = run("channels", "check", folder / "media_specs" / "web.json")
        assert (spec.exit_code, "sources" in spec.stdout) == (2, True)

    def test_a_channel_of_a_spec_that_is_nowhere_is_wrong(self, tmp_path: Path) -> None:
        done = run("channels", "check", written(tmp_path, CHANNEL) / "channels" / "otto-de.json")
        assert (done.exit_code, "there is no media spec 'otto'" in done.stdout) == (2, True)

    @pytest.mark.parametrize(("text", "reason"), [("{", "no JSON"), ("[]", "neither"), ('{"name": "a"}', "neither")])
    def test_what_is_no_data_file_is_wrong(self, tmp_path: Path, text: str, reason: str) -> None:
        (tmp_path / "a.json").write_text(text)
        done = run("channels", "check", tmp_path / "a.json")
        assert (done.exit_code, reason in done.stdout) == (2, True)

    def test_a_folder_without_data_and_a_missing_file_are_failures(self, tmp_path: Path) -> None:
        assert isinstance(run("channels", "list", "--data", tmp_path).exception, Failure)
        assert isinstance(run("channels", "check", tmp_path / "missing.json").exception, Failure)


@pytest.mark.slow  # seconds of decoding: part of make test
class TestFiles:
    """Local files, without a stack."""

    @pytest.fixture
    def product(self, tmp_path: Path) -> Path:
        """A product on white, of 1200 × 1000 pixels."""
        image = Image.new("RGB", (1200, 1000), "white")
        ImageDraw.Draw(image).rectangle([200, 200, 900, 700], fill=(180, 20, 30))
        image.save(tmp_path / "product.png")
        return tmp_path / "product.png"

    def test_a_file_is_told_which_slots_it_can_fill(self, product: Path) -> None:
        done = run("preflight", product, "--json", "--channel", "amazon-de")
        found = json.loads(done.stdout)
        assert (done.exit_code, found["file"]) == (0, str(product))
        (report,) = found["channels"]
        sizes = {slot["slot"]: (slot["fillable"], slot["width"], slot["height"]) for slot in report["slots"]}
        assert sizes == {"MAIN": (True, 1200, 1000), "PT": (True, 1200, 1000), "SWCH": (True, 1000, 1000)}
        assert {w["code"] for slot in report["slots"] for w in slot["warnings"]} == {
            *("rights_unknown", "below_advised", "cropped"),
        }

    def test_a_required_slot_that_cannot_be_filled_ends_with_2(self, product: Path) -> None:
        done = run("preflight", product, "--channel", "walmart-us")
        assert (done.exit_code, "too_small" in done.stdout) == (2, True)
        every = run("preflight", product, "--json")
        assert every.exit_code == 2
        assert [r["channel"] for r in json.loads(every.stdout)["channels"]] == list(shipped_channels().channels)

    def test_a_file_that_ingest_would_refuse_fills_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "text.jpg").write_text("no picture")
        done = run("preflight", tmp_path / "text.jpg", "--channel", "ebay-de")
        assert (done.exit_code, "unrecognised_format" in done.stdout, "not_a_picture" in done.stdout) == (2, True, True)

    def test_a_folder_brings_channels_of_its_own(self, product: Path, tmp_path: Path) -> None:
        folder = written(tmp_path, SPEC, CHANNEL)
        when = ["--at", "2026-06-30"]
        assert run("preflight", product, "--channel", "otto-de", "--data", folder, *when).exit_code == 0
        late = run("preflight", product, "--channel", "otto-de", "--data", folder, "--at", "2026-07-01")
        assert (late.exit_code, "no_edition" in late.stdout) == (2, True)

    def test_what_cannot_be_asked_is_a_failure(self, product: Path, tmp_path: Path) -> None:
        assert isinstance(run("preflight", tmp_path / "missing.jpg").exception, Failure)
        assert isinstance(run("preflight", product, "--at", "tomorrow").exception, Failure)
        assert isinstance(run("preflight", product, "--channel", "amazon-mars").exception, NotFound)


class TestAssets:
    """Assets of a stack, by its API."""

    @pytest.fixture
    def api(self, monkeypatch: pytest.MonkeyPatch) -> FakeApi:
        known = shipped_channels()
        channel = known.named("ebay-de")
        report = preflight(candidate_of(some.asset(rights=some.rights())), channel, known.spec(channel), at=some.NOW)
        fake = FakeApi({"asset_id": some.asset_id(), "channels": [report.model_dump(mode="json")], "more": False})
        monkeypatch.setattr(preflight_command, "target", lambda *_: fake)
        return fake

    def test_an_asset_is_asked_about_at_a_moment(self, api: FakeApi) -> None:
        done = run("preflight", some.asset_id(), "--channel", "ebay-de", "--at", "2027-01-31T12:00:00")
        assert done.exit_code == 0, done.output
        asked = {"channel": "ebay-de", "at": "2027-01-31T12:00:00+00:00"}
        assert api.calls == [("GET", f"/assets/{some.asset_id()}/preflight", asked)]
        rows = [line.split()[:5] for line in done.stdout.splitlines()[1:]]
        assert rows == [[some.asset_id(), "ebay-de", s, "ebay-picture.jpg", "1600×800"] for s in ("main*", "gallery")]

    def test_an_asset_that_is_not_ready_ends_with_2(self, api: FakeApi) -> None:
        api.answer["channels"][0]["ready"] = False
        done = run("preflight", some.asset_id(), "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (2, api.answer)
        assert api.calls[0][2] == {}

    def test_a_stack_has_channels_of_its_own(self, api: FakeApi, tmp_path: Path) -> None:
        folder = written(tmp_path, SPEC, CHANNEL)
        assert isinstance(run("preflight", some.asset_id(), "--data", folder).exception, Failure)
        assert api.calls == []
