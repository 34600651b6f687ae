"""Declarations and drops, stopped anywhere and started again: applied once and whole, in either order."""

import json

import pytest

from assetwire.adapters.catalog.declarations import DynamoDeclarations
from assetwire.adapters.catalog.rules import DynamoRules
from assetwire.services.declarations import declare
from assetwire.services.judging import Judge
from crash.cases import data_of, picture, put_master, s3_message
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import MASTERS, NOW, REGION, TABLE, Message, World
from fakes import some
from fakes.zips import honest_zip

KEY = "spring/shoe.png"
MANIFEST = b"file,sku,category,title.de,rights.territories,rights.usages\nshoe.png,S-1,shoes,Schuh,DE,web\n"
SIDECAR = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Headline="There"/></rdf:RDF></x:xmpmeta>"""


def _manifest(world: World, *, minute: int = 0) -> Message:
    return s3_message(put_master(MANIFEST, key="spring/manifest.csv", minute=minute))


def _master(world: World) -> Message:
    return s3_message(put_master(picture(), key=KEY))


def _sidecar(world: World) -> Message:
    return s3_message(put_master(SIDECAR, key="spring/shoe.xmp"))


def _master_after_manifest(world: World) -> Message:
    world.deliver("unpack", _manifest(world))
    world.deliver("ingest", _sidecar(world))
    return _master(world)


def _manifest_after_master(world: World) -> Message:
    world.deliver("ingest", _master(world))
    return _manifest(world)


def _sidecar_after_master(world: World) -> Message:
    world.deliver("ingest", _master(world))
    return _sidecar(world)


def _archive(world: World) -> Message:
    files = {"manifest.csv": MANIFEST, "shoe.png": picture(), "../evil.png": b"x", "b.png": picture(2)}
    return s3_message(put_master(honest_zip(files), key="drops/spring.zip"))


SCENARIOS = [
    Scenario("ingest", _master_after_manifest),
    Scenario("unpack", _manifest_after_master),
    Scenario("ingest", _sidecar_after_master),
    Scenario("unpack", _archive),
]
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.seed.__name__.strip("_"))


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@every_scenario
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(scenario: Scenario) -> None:
    check_twins(scenario)


def _asset(world: World) -> dict[str, object]:
    (asset,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "Asset")
    return asset  # type: ignore[no-any-return]


def _is_whole(world: World) -> bool:
    asset = _asset(world)
    text = json.dumps(asset["edits"])
    return asset["category"] == "shoes" and "There" in text and "Schuh" in text and "rights" in asset


def test_a_manifest_and_a_sidecar_that_arrive_between_any_two_calls_of_ingest_are_applied() -> None:
    with stage(Scenario("ingest", _master)) as on:
        manifest, sidecar = _manifest(on.world), _sidecar(on.world)
        with_them = on.world.remember()
        for number in range(1, len(on.calls) + 1):
            with_them()

            def others() -> None:
                on.world.deliver("unpack", manifest)
                on.world.deliver("ingest", sidecar)

            deliver(on.world, on.scenario, on.message, before={number: others})
            assert _is_whole(on.world), on.point("before", number)


def test_a_master_that_arrives_between_any_two_calls_of_its_manifest_or_sidecar_finds_both() -> None:
    for seed, function in ((_manifest, "unpack"), (_sidecar, "ingest")):
        with stage(Scenario(function, seed)) as on:
            master, other = _master(on.world), _sidecar(on.world) if seed is _manifest else _manifest(on.world)
            with_them = on.world.remember()
            for number in range(1, len(on.calls) + 1):
                with_them()
                on.world.deliver("ingest" if seed is _manifest else "unpack", other)
                deliver(
                    on.world, on.scenario, on.message, before={number: lambda m=master: on.world.deliver("ingest", m)}
                )
                assert _is_whole(on.world), on.point("before", number)


def test_the_same_declared_twice_is_one_change() -> None:
    with stage(Scenario("ingest", _master)) as on:
        deliver(on.world, on.scenario, on.message)
        said = some.declaration(KEY, bucket=MASTERS)
        for _ in range(2):
            store = DynamoDeclarations(TABLE, region=REGION)
            judge = Judge(DynamoRules(TABLE, region=REGION))
            declare(said, declarations=store, catalog=on.world.catalog, now=NOW, judge=judge)
        assert _asset(on.world)["revision"] == 1
