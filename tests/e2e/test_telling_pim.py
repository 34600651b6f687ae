"""PIM binds assets on a deployed stack, is told of what others change, and its view is compared with ours."""

import uuid
from collections.abc import Callable
from typing import Any

from assetwire_cli.target import Target
from fakes.pim_server import PimServer
from watching import eventually, picture


def test_what_changes_is_told_until_pim_takes_it_and_drift_is_repaired(
    target: Target, put: Callable[[str, bytes], str], ingested: Callable[[str, str], dict[str, Any]], pim: PimServer
) -> None:
    name = uuid.uuid4().hex[:8]
    sku = f"T-{name}"
    assets = []
    for number in range(2):
        key = f"telling/{name}-{number}.jpg"
        assets.append(ingested(key, put(key, picture()))["asset_id"])
    one, two = assets
    target.call("PUT", f"/products/{sku}", body={"status": "published"})

    def change(*operations: dict[str, Any], key: str) -> list[dict[str, Any]]:
        body = {"operations": [{"sku": sku, "role": "hero"} | each for each in operations]}
        return list(
            target.call("POST", "/links", body=body, headers={"Idempotency-Key": f"{name}-{key}"})["operations"]
        )

    bind = [{"op": "bind", "asset_id": one, "if_new": True}, {"op": "bind", "asset_id": two, "position": 1}]
    assert [each["effect"] for each in change(*bind, key="a")] == ["applied", "applied"]
    assert change(*bind, key="a")[1]["revision"] == 0
    eventually(lambda: pim.pim.lists(sku) == {"hero/any": (two, one)}, "PIM to be told")
    assert pim.refused == []
    assert target.call("POST", "/drift", body={"products": [{"sku": sku}]})["products"][0]["differences"] == []

    pim.pim.down, asked = True, pim.asked
    change({"op": "unbind", "asset_id": two}, key="b")
    eventually(lambda: pim.asked > asked, "PIM to be asked in vain")
    pim.pim.down = False
    eventually(lambda: pim.pim.lists(sku) == {"hero/any": (one,)}, "PIM to be told again", seconds=120)

    theirs = {"sku": sku, "lists": [{"role": "hero", "assets": [two, one]}]}
    (found,) = target.call("POST", "/drift", body={"products": [theirs], "repair": "ours"})["products"]
    assert [each["kind"] for each in found["differences"]] == ["state"]
    told = len(pim.pim.messages)
    eventually(lambda: len(pim.pim.messages) > told, "PIM to be told what it knows")
    assert pim.pim.messages[-1][1]["data"]["lists"][0]["assets"] == [one]

    page = target.call("GET", "/picker", query={"territory": "DE", "sku": sku})
    assert page["assets"] == []  # nobody gave them any rights
    assert target.held("DeadLetterQueues")["notify"] == (0, 0)
