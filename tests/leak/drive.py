"""The leak test's course: grant, mint, warm every cache, change, and ask for every URL that there ever was."""

from collections.abc import Callable, Sequence
from functools import partial

from oracles.delivery_oracle import House
from oracles.rights_oracle import USAGES

from leak.asking import Asking
from leak.licences import Chance, Licence, limiting, window
from leak.report import Report
from leak.worlds import Act, Master, World

_CROWD = 6
"""URLs of each asset that viewers keep looking at while something changes."""


class LeakTest:
    """One world, the oracle's account of it, and everything that becomes of rights."""

    def __init__(self, world: World, *, assets: int, seed: int, say: Callable[[str], None] = lambda _: None) -> None:
        """Put so many masters into the world."""
        self._world, self._house, self._chance, self._say = world, House(), Chance(seed), say
        self.report = Report()
        self._asking = Asking(world, self._house, self._chance, self.report)
        self._licences: dict[str, Licence | None] = {}
        self._withdrawn: set[str] = set()
        self._members: set[str] = set()
        self._collection: Licence | None = None
        masters = [Master(self._chance.limits(world.now())) for _ in range(assets)]
        self._assets = world.admit(masters)
        self._limits = {asset: limiting(each.limits) for asset, each in zip(self._assets, masters, strict=True)}
        for asset in self._assets:
            self._licences[asset] = None
            self._note(asset)

    def run(self, rounds: int, *, keys: bool = True, hasty: bool = False) -> Report:
        """Go through everything that can become of rights, and report.

        The keys are changed too, unless told not to; with `hasty`, nothing is begun once something differs.
        """
        steps: list[Callable[[], None]] = [
            lambda: self._change("without rights"),
            lambda: self._change("first rights", self._first),
            *(partial(self._change, f"changes {number + 1}", *[self._something] * 3) for number in range(rounds)),
            self._gathered,
            self._in_time,
            *([self._rotate, lambda: self._change("changes by new keys", *[self._something] * 2)] if keys else []),
            self._anew,
            lambda: self._asking.ask_for_all(dead=1.0),
        ]
        for step in steps:
            if not (hasty and self.report.differences):
                step()
        return self.report

    # --- what people do ---

    def _note(self, asset: str) -> None:
        limits = self._limits[asset]
        inherited = self._collection if asset in self._members else None
        known = [self._licences[asset], *(each for each in (limits, inherited) if each is not None)]
        self._house.decided(asset, known, self._world.now(), in_use=asset not in self._withdrawn)

    def _act(self, acts: Sequence[Act]) -> None:
        self._world.act(acts)
        for asset, step, licence in acts:
            if step == "license":
                self._licences[asset] = licence
            elif step == "withdraw":
                self._withdrawn.add(asset)
            else:
                self._withdrawn.discard(asset)
            self._note(asset)
            self.report.count({"license": "changes of rights", "withdraw": "revocations"}.get(step, "re-grants"))

    def _something(self, asset: str) -> Act | None:
        """Return something that becomes of an asset, often nothing."""
        if self._chance.random() < 0.4:
            return None
        if asset in self._withdrawn and self._chance.random() < 0.8:
            return Act(asset, "restore")
        if asset not in self._withdrawn and self._chance.random() < 0.3:
            return Act(asset, "withdraw")
        before = self._licences[asset] or self._chance.licence(self._world.now())
        return Act(asset, "license", self._chance.changed(before, self._world.now()))

    def _first(self, asset: str) -> Act | None:
        is_one = self._chance.random() < 0.95
        return Act(asset, "license", self._chance.licence(self._world.now())) if is_one else None

    def _everything(self, asset: str) -> Act:
        return Act(asset, "license", {"windows": [{}], "territories": ["*"], "usages": USAGES})

    def _restored(self, asset: str) -> Act | None:
        return Act(asset, "restore") if asset in self._withdrawn else None

    def _gathered(self) -> None:
        """Put every other asset into a collection, which then narrows the rights of some; delivery follows."""
        members = self._assets[::2]
        self._world.gather(members)
        self._members = set(members)
        usages = sorted({"web", *self._chance.sample(USAGES, 4)})
        self._limit({"windows": [{}], "territories": self._chance.some_places(), "usages": usages})
        self._followed("a collection narrows")

    def _anew(self) -> None:
        """Let the collection allow everything, and then grant it."""
        self._limit({"windows": [{}], "territories": ["*"], "usages": USAGES})
        self._change("everything granted anew", self._restored, self._everything)

    def _limit(self, licence: Licence) -> None:
        """Let the collection's rights change while viewers look; URLs are asked for at once."""
        members = sorted(self._members)
        self._world.crowd([look for asset in members for look in self._asking.looks_at(asset)[-_CROWD:]])
        self._world.limit(licence)
        self._collection = licence
        for asset in members:
            self._note(asset)
        self.report.count("changes of a collection's rights")
        self._asking.mint(members)

    def _change(self, name: str, *steps: Callable[[str], Act | None]) -> None:
        """Let something become of the assets while viewers look, step by step; after each, URLs are asked for at once.

        Then delivery follows.
        """
        self._world.crowd([look for asset in self._assets for look in self._asking.looks_at(asset)[-_CROWD:]])
        for step in steps:
            acts = [act for act in map(step, self._assets) if act is not None]
            self._act(acts)
            self._asking.mint([act.asset for act in acts])
        self._followed(name)

    def _followed(self, name: str) -> None:
        """Wait until delivery follows; then ask for every URL that there ever was, and mint what is allowed."""
        self.report.exposures += self._world.settle(self._assets)
        self._world.crowd([])
        self._asking.ask_for_all()
        self._asking.mint_all(self._assets)
        self._say(f"{name}: {self._asking.known} URLs so far, {len(self.report.differences)} differences")

    # --- rights in the course of time ---

    def _in_time(self) -> None:
        """Let windows begin and end within the test, at whole seconds, without anybody who looks after them."""
        began = self._world.now()
        self._change("open rights, to take the time", self._restored, self._open)
        lead = 3 + 1.5 * (self._world.now() - began)
        begin = float(int(self._world.now() + lead))
        end = float(int(begin + lead))
        plans = [[window(None, end)], [window(begin, end)], [window(None, begin), window(end, None)]]
        plan = {asset: plans[number % len(plans)] for number, asset in enumerate(self._assets)}
        self._change("windows", lambda asset: Act(asset, "license", {**self._rights(asset), "windows": plan[asset]}))
        self._around(begin, "what begins or ends")
        self._around(end, "what ends or begins")

    def _rights(self, asset: str) -> Licence:
        return self._licences[asset] or {}

    def _open(self, asset: str) -> Act:
        said = {"territories": self._chance.territories(), "usages": sorted({"web", *self._chance.usages()})}
        return Act(asset, "license", {**said, "windows": [{}]})

    def _around(self, moment: float, name: str) -> None:
        self._asking.ask_around(moment)
        self._asking.ask_for_all()
        self._world.sweep()
        self._followed(name)

    # --- keys ---

    def _rotate(self) -> None:
        self._world.rotate()
        self._followed("new keys")
        self._house.forgotten |= set(self._world.retire())
        self._followed("without the old keys")


def summary(report: Report, examples: int = 8) -> Sequence[str]:
    """Return what there is to say of a run, as lines."""
    counts = ", ".join(f"{many:,} {what}" for what, many in report.counts.items())
    kinds: dict[tuple[str, str], int] = {}
    for each in report.differences:
        kinds[each.kind, each.why] = kinds.get((each.kind, each.why), 0) + 1
    found = [f"{many} × {kind}: {why}" for (kind, why), many in sorted(kinds.items())]
    exposed = [f"{len(report.exposures)} exposures, the longest of {max(report.exposures, default=0):.3f} s"]
    told = [f"  {each.kind} ({each.why}): {each.what} at {each.at:.3f}" for each in report.differences[:examples]]
    verdict = found or ["no difference" if report.passed else "nothing was answered"]
    return [counts, *exposed, *verdict, *told]
