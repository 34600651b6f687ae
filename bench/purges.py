"""What it costs to purge very many assets at once: calls of CloudFront, and writes of the Catalog.

`python -m bench.purges [ASSETS]` (10,000) lets the rights of so many assets end in the same minute, as `purge` hears of
it: in batches of as many messages as its queue hands over. Catalog and CloudFront are the tests' own, in memory, with
CloudFront's quotas and with invalidations that take 25 seconds (its 95th percentile); waiting takes no time. Prints the
calls, those that were refused, the most that was in progress, and after how long all is done. Exit code 0 if there are
no more calls than full batches, none is refused, and one withdrawal meanwhile waited for nothing.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the Catalog and CloudFront are the tests'

from assetwire.domain.purge import BY_PATH, BY_TAG, Quota, Urgency
from assetwire.services.purge import want_purge
from fakes import some
from fakes.purges import Clock, FakeCloudFront, FakePurges, run_purge

_BATCH = 2_000
"""Messages that the queue hands over at the most."""


def purged(assets: list[str], quota: Quota) -> tuple[FakeCloudFront, int, float, float]:
    """Purge these; return CloudFront, writes of the Catalog, seconds until the end, and those of an urgent one."""
    clock, purges = Clock(some.NOW), FakePurges()
    edge = FakeCloudFront(clock, quota=quota)

    def want(asset_id: str, urgency: Urgency) -> None:
        want_purge(asset_id, generation=2, urgency=urgency, purges=purges, clock=clock)

    for asset_id in assets:
        want(asset_id, Urgency.HYGIENE)
    urgent, waited = some.asset_id("withdrawn meanwhile"), [0.0]

    def withdraw() -> None:
        want(urgent, Urgency.URGENT)
        began = clock.now
        run_purge([urgent], purges=purges, edge=edge, clock=clock)
        waited[0] = (clock.now - began).total_seconds()

    clock.meanwhile = [withdraw]
    before = len(purges.catalog.changes)
    while pending := purges.pending:
        for start in range(0, len(pending), _BATCH):
            run_purge(pending[start : start + _BATCH], purges=purges, edge=edge, clock=clock)
    return edge, len(purges.catalog.changes) - before, (clock.now - some.NOW).total_seconds(), waited[0]


def main(count: int) -> int:
    """Print what it costs, by tag and by path; return the exit code."""
    assets = [some.asset_id(f"of many {number}") for number in range(count)]
    failed = 0
    for name, quota, least in (("tag", BY_TAG, _BATCH), ("path", BY_PATH, BY_PATH.hygiene)):
        several = assets if quota is BY_TAG else assets[:100]
        began = time.perf_counter()
        edge, writes, seconds, waited = purged(several, quota)
        took = time.perf_counter() - began
        full = -(-len(several) // least)
        print(
            f"by {name}: {len(several)} assets in {len(edge.calls)} calls ({edge.refused} refused, {full} full batches "
            f"and one withdrawal), {edge.most_in_progress} of {quota.items} in progress at the most; {writes} writes; "
            f"done after {seconds:.0f} s, the withdrawal after {waited:.0f} s; {took:.1f} s of this machine's"
        )
        failed += len(edge.calls) > full + 1 or edge.refused > 0 or waited > 0
    return failed


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[1:]] or [10_000]
    if min(sizes) < 1:
        raise SystemExit("assets are 1 or more: of none nothing is purged")
    raise SystemExit(main(*sizes))
