"""What a terminal shows of an item under review, and of how work stands: lines of plain text."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from assetwire_cli.console import on_one_line


def case_lines(case: dict[str, Any]) -> Iterator[str]:
    """Yield what there is to see of an item: what it is, who says what, what is suggested, what looks the same."""
    yield from map(on_one_line, _lines(case))


def _lines(case: dict[str, Any]) -> Iterator[str]:
    item, asset, products = case["item"], case["asset"], case["products"]
    claim = f", {item['claim']['by']}'s until {item['claim']['until']}" if item["claim"] else ""
    verdict = item["evidence"].get("verdict", item["queue"])
    yield f"{item['work_id']} {verdict}, {item['state']} since {item['opened_at']}{claim}"
    if asset is not None:
        size = f" {asset['width']} × {asset['height']}" if asset["width"] else ""
        yield f"asset {asset['asset_id']} {asset['file_name']} ({asset['kind'] or 'unknown'}{size}, {asset['status']})"
    for each in case["witnesses"]:
        named = ", ".join(each["skus"]) or "nothing that is known"
        where = f" in {each['where']}" if each["where"] else ""
        yield f"  {each['witness']} says {each['kind']} {each['value']}{where}, {each['confidence']:.0%}: {named}"
    for each in case["near_duplicates"]:
        shows = ", ".join(f"{link['sku']} {link['role']} {link['market']} ({link['state']})" for link in each["links"])
        yield f"  near: {each['asset_id']} {each['file_name']}, {each['distance']} bits apart: {shows or 'not linked'}"
    waiting = {link["sku"]: link for link in case["links"] if link["state"] == "proposed"}
    for number, sku in enumerate(case["suggested"], 1):
        link = waiting.get(sku)
        why = f"{link['role']} {link['market']}, by {link['origin']}" if link else "a near-duplicate shows it"
        names = "; ".join(products[sku]["names"].values()) if sku in products else ""
        yield f"  [{number}] {sku} {names}: {why}"


def statistics_lines(queues: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield how the work of each queue stands."""
    for each in queues:
        more = "+" if "open" in each["at_least"] else ""
        oldest = "" if each["oldest_seconds"] is None else f", the oldest for {_span(each['oldest_seconds'])}"
        waits = f"{each['open']}{more} open, {each['claimed']} claimed, {each['overdue']} overdue"
        yield f"{each['queue']}: {waits}{oldest}"
        took = "" if each["median_seconds"] is None else f", median {_span(each['median_seconds'])}"
        yield f"  decided: {each['decided_in_a_day']} in a day, {each['decided_in_a_week']} in a week{took}"
        if each["resolutions"]:
            said = ", ".join(f"{count} {resolution}" for resolution, count in each["resolutions"].items())
            yield f"  of the newest {each['sampled']}: {said}"
        for origin, counts in each["by_origin"].items():
            of_all = sum(counts.values())
            shares = ", ".join(f"{count / of_all:.0%} {outcome}" for outcome, count in counts.items())
            yield f"  suggested by {origin} ({of_all}): {shares}"


def _span(seconds: int) -> str:
    """Return a time in the two units that tell most of it."""
    span = timedelta(seconds=seconds)
    hours, minutes = span.seconds // 3600, span.seconds % 3600 // 60
    return f"{span.days} d {hours} h" if span.days else f"{hours} h {minutes} min"
