"""The leak test's course: grant, mint, warm every cache, change, and ask for every URL that there ever was."""

from collections.abc import Callable, Sequence
from functools import partial

from oracles.delivery_oracle import House
from oracles.rights_oracle import USAGES

from leak.asking import Asking
from leak.licences import Chance, Licence, limiting, window
from leak.report import Report
from leak.worlds import Master, World

_CROWD = 40
"""URLs of an asset that viewers keep looking at while something changes."""


class LeakTest:
    """One world, the oracle's account of it, and everything that becomes of rights."""

    def __init__(self, world: World, *, assets: int, seed: int, say: Callable[[str], None] = lambda _: None) -> None:
        """Put so many masters into the world."""
        self._world, self._house, self._chance, self._say = world, House(), Chance(seed), say
        self.report = Report()
        self._asking = Asking(world, self._house, self._chance, self.report)
        self._licences: dict[str, Licence | None] = {}
        self._withdrawn: set[str] = set()
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
            lambda: self._change("without rights", lambda asset: None),
            lambda: self._change("first rights", self._license_first),
            *(partial(self._change, f"changes {number + 1}", self._some_steps) for number in range(rounds)),
            self._in_time,
            *([self._rotate, lambda: self._change("changes by new keys", self._some_steps)] if keys else []),
            lambda: self._change("everything granted anew", self._regrant),
        ]
        for step in steps:
            if not (hasty and self.report.differences):
                step()
        return self.report

    # --- what people do ---

    def _note(self, asset: str) -> None:
        limits = self._limits[asset]
        known = [self._licences[asset], *([] if limits is None else [limits])]
        self._house.decided(asset, known, self._world.now(), in_use=asset not in self._withdrawn)

    def _license(self, asset: str, licence: Licence) -> None:
        self._licences[asset] = licence
        self._world.license(asset, licence)
        self._note(asset)
        self.report.count("changes of rights")

    def _license_first(self, asset: str) -> None:
        if self._chance.random() < 0.95:
            self._license(asset, self._chance.licence(self._world.now()))

    def _withdraw(self, asset: str) -> None:
        self._withdrawn.add(asset)
        self._world.withdraw(asset)
        self._note(asset)
        self.report.count("revocations")

    def _restore(self, asset: str) -> None:
        self._withdrawn.discard(asset)
        self._world.restore(asset)
        self._note(asset)
        self.report.count("re-grants")

    def _some_steps(self, asset: str) -> None:
        """Take none to three steps with an asset; after each, URLs are asked for at once."""
        for _ in range(self._chance.choice([0, 1, 1, 2, 3])):
            if asset in self._withdrawn and self._chance.random() < 0.6:
                self._restore(asset)
            elif asset not in self._withdrawn and self._chance.random() < 0.2:
                self._withdraw(asset)
            else:
                before = self._licences[asset] or self._chance.licence(self._world.now())
                self._license(asset, self._chance.changed(before, self._world.now()))
            self._asking.mint(asset)

    def _regrant(self, asset: str) -> None:
        if asset in self._withdrawn:
            self._restore(asset)
        self._license(asset, {"windows": [{}], "territories": ["*"], "usages": USAGES})

    def _change(self, name: str, step: Callable[[str], None]) -> None:
        """Let something become of every asset while viewers look; then ask for everything, and mint everything."""
        for asset in self._assets:
            self._world.crowd(self._asking.looks_at(asset)[-_CROWD:])
            step(asset)
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
        self._change("open rights, to take the time", self._open)
        lead = 3 + 2 * (self._world.now() - began)
        begin = float(int(self._world.now() + lead))
        end = float(int(begin + lead))
        plans = [[window(None, end)], [window(begin, end)], [window(None, begin), window(end, None)]]
        plan = {asset: plans[number % len(plans)] for number, asset in enumerate(self._assets)}
        self._change(
            "windows", lambda asset: self._license(asset, {**(self._licences[asset] or {}), "windows": plan[asset]})
        )
        self._around(begin, "what begins or ends")
        self._around(end, "what ends or begins")

    def _open(self, asset: str) -> None:
        if asset in self._withdrawn:
            self._restore(asset)
        said = {"territories": self._chance.territories(), "usages": sorted({"web", *self._chance.usages()})}
        self._license(asset, {**said, "windows": [{}]})

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
    return [counts, *exposed, *(found or ["no difference"]), *told]
