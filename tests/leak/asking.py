"""Asking for URLs, and by them: what is minted and what viewers get, held against the oracle."""

import base64
import re
from collections.abc import Iterator, Sequence

from oracles.delivery_oracle import ANYWHERE, Asked, House, Minted
from oracles.rights_oracle import USAGES

from leak.licences import PLACES, Chance
from leak.report import Report
from leak.worlds import AWAY, HERE, Answer, Look, Seen, World

_LIFE = 7_200
"""Seconds; longer than any run."""
_FILES = {"social": "social-1080x1080.jpg", "print": "print-a4.tif"}
"""The files of usages that have their own; all others show those for the web."""
_CHANNELS = {"amazon-de": ("DE", "marketplace"), "amazon-fr": ("FR", "marketplace"), "shopify-us": ("US", "web")}
_NETWORKS = (HERE, "127.0.0.0/30")
"""Networks that URLs are for: viewers are in both, and somebody else in neither."""
_OF_POLICIES = str.maketrans("-_~", "+=/")
"""CloudFront's alphabet of policies in a query → that of base64."""
_AT_ONCE = 5
"""Assets whose URLs are asked for at once."""
_DEAD = 0.2
_PAUSE = 0.5
_Question = tuple[Minted, Look, str]
"""A URL, who asks for it, and what somebody did to it before, if anything."""


class Asking:
    """Every URL that was ever minted in a world, and what becomes of those who ask for it."""

    def __init__(self, world: World, house: House, chance: Chance, report: Report) -> None:
        self._world, self._house, self._chance, self._report = world, house, chance, report
        self._minted: dict[str, dict[tuple[str, str], Minted]] = {}
        self._dead: set[tuple[str, str]] = set()
        """What was refused since it was void: none of it comes back to life."""

    @property
    def known(self) -> int:
        """How many URLs there are."""
        return sum(map(len, self._minted.values()))

    @property
    def _all(self) -> list[Minted]:
        return [each for some in self._minted.values() for each in some.values()]

    def looks_at(self, asset: str) -> list[Look]:
        """Return viewers for whom an asset's URLs are."""
        return [self._look_of(each) for each in self._minted.get(asset, {}).values()]

    # --- minting ---

    def mint(self, assets: Sequence[str]) -> None:
        """Ask for every URL of assets in the middle of a change; what is granted is allowed, and answered."""
        for wanted in self._by_share(assets):
            began = self._world.now()
            answers = self._world.mint(wanted)
            self._ask_for(self._taken(zip(wanted, answers, strict=True), began))

    def _by_share(self, assets: Sequence[str]) -> Iterator[list[Asked]]:
        for start in range(0, len(assets), _AT_ONCE):
            yield [each for asset in assets[start : start + _AT_ONCE] for each in self._wanted(asset)]

    def mint_all(self, assets: Sequence[str]) -> None:
        """Ask for every URL of these assets: whatever is allowed must be granted, and answered; caches get warm."""
        refused: list[tuple[Asked, str]] = []
        for wanted in self._by_share(assets):
            refused += self._granted(wanted)
        deadline = self._world.now() + self._world.slowness
        while refused and self._world.now() < deadline:
            self._world.wait(self._world.now() + _PAUSE)
            refused = self._granted([asked for asked, _ in refused])
        for asked, reason in refused:
            self._report.differs("not minted though allowed", asked.asset, f"{asked}", reason, self._world.now())

    def _granted(self, wanted: Sequence[Asked]) -> list[tuple[Asked, str]]:
        """Ask for URLs, and by them; return those that are allowed, and not granted yet, each with the reason."""
        began = self._world.now()
        answers = self._world.mint(wanted)
        new = self._taken(zip(wanted, answers, strict=True), began)
        ended = self._world.now()
        self._ask_for(new)
        self._ask_for(new[::3])
        refused = [(asked, answer.reason) for asked, answer in zip(wanted, answers, strict=True) if not answer.url]
        return [each for each in refused if not any(self._denied(each[0], at) for at in (began, ended))]

    def _denied(self, asked: Asked, at: float) -> str:
        return self._house.denied(asked.asset, at, asked.territories, [asked.usage, asked.file_usage])

    def _taken(self, answered: "zip[tuple[Asked, Answer]]", began: float) -> list[Minted]:
        """Return what was minted; it must be allowed, and end with the rights."""
        taken, ended = [], self._world.now()
        for asked, answer in answered:
            self._report.count("URLs asked for")
            if not answer.url:
                continue
            whys = [self._house.unmintable(asked, at) for at in (began, ended)]
            if all(whys):
                self._report.differs("minted though denied", asked.asset, f"{asked}", whys[0], ended)
            end = self._house.end(asked.asset, began, asked.territories, asked.usage)
            if answer.expires > end:
                self._report.differs("outlives the rights", asked.asset, answer.url, f"{end}", ended)
            era = self._house.era(asked.asset)
            minted = Minted(answer.url, asked, answer.expires, answer.key, era, answer.cookies)
            taken += [minted, *(self._others(minted) if asked.opens_all else [])]
        for each in taken:
            known = self._minted.setdefault(each.asked.asset, {})
            before = known.get((each.url, each.cookies))
            if before is not None and self._house.is_void(before):
                self._report.differs("minted again though void", each.asked.asset, each.url, "", ended)
            known[each.url, each.cookies] = each
        self._report.count("URLs minted", len(taken))
        return taken

    def _others(self, minted: Minted) -> list[Minted]:
        """Return what the same signature opens besides: the files for other usages, whether they are there or not."""
        asked, made = minted.asked, []
        for usage, file in _FILES.items():
            other = asked._replace(file=file, file_usage=usage)
            made.append(minted._replace(url=minted.url.replace(asked.file, file), asked=other, is_sure=False))
        return made

    def _wanted(self, asset: str) -> list[Asked]:
        """Return what is asked for of an asset: every territory and usage, some territories together, channels."""
        wanted = [
            Asked(asset, _FILES.get(usage, "web-320.jpg"), usage if usage in _FILES else "web", usage, (place,), _LIFE)
            for place in PLACES
            for usage in USAGES
        ]
        usage = self._chance.choice(USAGES)
        several = tuple(sorted(self._chance.sample(PLACES, 3)))
        wanted += [Asked(asset, "web-320.jpg", "web", usage, where, _LIFE) for where in (several, ANYWHERE)]
        channel, (place, usage) = self._chance.choice(list(_CHANNELS.items()))
        wanted.append(Asked(asset, "web-320.jpg", "web", usage, (place,), _LIFE, channel))
        place, usage = self._chance.choice(PLACES), self._chance.choice(USAGES)
        wanted.append(Asked(asset, "web-320.jpg", "web", usage, (place,), _LIFE, cookies=True))
        place = self._chance.choice(PLACES)
        wanted.append(Asked(asset, "web-320.jpg", "web", "web", (place,), _LIFE, gallery=True))
        place, network = self._chance.choice(PLACES), self._chance.choice(_NETWORKS)
        wanted.append(Asked(asset, "web-320.jpg", "web", "web", (place,), _LIFE, network=network))
        self._chance.shuffle(wanted)
        return wanted

    # --- viewers ---

    def ask_for_all(self, *, dead: float = _DEAD) -> None:
        """Ask for every URL that there ever was, and a share of those that were refused before since they are void.

        An edge that was only just told to forget one has a moment for it.
        """
        found = self._all
        late = self._ask_for(
            [each for each in found if (each.url, each.cookies) not in self._dead or self._chance.random() < dead]
        )
        deadline = self._world.now() + self._world.patience
        while late and self._world.now() < deadline:
            self._world.wait(self._world.now() + 0.1)
            late = self._asked(late)
        for question in late:
            self._leaks(*question)

    def ask_around(self, moment: float) -> None:
        """Ask right before a moment, at it and in its first second, above all for what ends then."""
        ending = [each for each in self._all if each.expires == moment]
        self._chance.shuffle(ending)
        chosen = ending[: self._world.pace]
        for at in (moment - 0.6, moment - 0.001, moment, moment + 0.999):
            self._world.wait(at)
            for question in self._ask_for(chosen):
                self._leaks(*question)

    def _ask_for(self, minted: Sequence[Minted]) -> list[_Question]:
        """Let a URL's own viewer ask for it, sometimes one elsewhere, and sometimes somebody who changed it.

        Returns those that are void only since a moment ago, and are answered yet.
        """
        questions: list[_Question] = []
        for each in minted:
            questions.append((each, self._look_of(each), ""))
            if self._chance.random() < 0.25:
                questions.append((each, Look(each.url, self._chance.choice(["", *PLACES]), each.cookies), ""))
            if each.asked.network and self._chance.random() < 0.5:
                questions.append((each, self._look_of(each)._replace(address=AWAY), ""))
            if self._chance.random() < 0.15:
                questions.append((each, *self._tampered(each)))
        return self._asked(questions)

    def _asked(self, questions: Sequence[_Question]) -> list[_Question]:
        seen = self._world.look([look for _, look, _ in questions])
        self._report.count("requests", len(questions))
        return [question for question, got in zip(questions, seen, strict=True) if self._is_late(question, got)]

    def _is_late(self, question: _Question, got: Seen) -> bool:
        """Judge an answer; tell whether it is one that an edge may give for a moment yet."""
        minted, look, tampered = question
        refusals = [
            tampered or self._house.refused(minted, look.country, at, look.address) for at in (got.asked, got.answered)
        ]
        if got.status == 200:
            self._report.count("answered")
            if not all(refusals):
                return False
            if not tampered and (minted.url, minted.cookies) not in self._dead and self._house.is_void(minted):
                return True
            self._leaks(*question)
        elif not any(refusals) and minted.is_sure:
            what = f"{look.country} {look.url} got {got.status}"
            self._report.differs("refused though allowed", minted.asked.asset, what, "", got.answered)
        elif all(refusals) and not tampered and self._house.is_void(minted):
            self._dead.add((minted.url, minted.cookies))
        return False

    def _leaks(self, minted: Minted, look: Look, tampered: str) -> None:
        at = self._world.now()
        why = tampered or self._house.refused(minted, look.country, at, look.address)
        self._report.differs("leak", minted.asked.asset, f"{look.country or 'nowhere'} {look.url}", why, at)

    def _look_of(self, minted: Minted) -> Look:
        places = PLACES if minted.asked.territories == ANYWHERE else minted.asked.territories
        return Look(minted.url, self._chance.choice(places), minted.cookies)

    def _tampered(self, minted: Minted) -> tuple[Look, str]:
        """Return a request for a URL that somebody changed, and what was changed."""
        look, host = self._look_of(minted), "/".join(minted.url.split("/")[:3])
        first, *parts = minted.url.removeprefix(f"{host}/").split("/")
        if minted.asked.channel:
            key_id, expires, channel, code = parts[0].split(".")
            token, changed = self._chance.choice(
                [
                    (f"{key_id}.{int(expires) + 3_600}.{channel}.{code}", "its end"),
                    (f"{key_id}.{expires}.{channel}x.{code}", "its channel"),
                ]
            )
            return Look("/".join([host, first, token, *parts[1:]]), look.country), f"somebody changed {changed}"
        elsewhere = "JP" if first != "JP" else "US"
        coming = re.sub(r"/g([0-9]+)/", lambda found: f"/g{int(found[1]) + 1}/", minted.url, count=1)
        made = [
            (Look("/".join([host, elsewhere, *parts]), elsewhere, minted.cookies), "somebody changed its territories"),
            (Look(coming, look.country, minted.cookies), "somebody changed its generation"),
            (Look(minted.url.partition("?")[0], look.country), "it is unsigned"),
        ]
        if not minted.cookies:
            made.append((Look(ending_later(minted), look.country), "somebody changed its end"))
        return self._chance.choice(made)


def ending_later(minted: Minted) -> str:
    """Return a URL that somebody has end a second later, in its query or in the policy there."""
    end, later = str(int(minted.expires)), str(int(minted.expires) + 1)
    policy = re.search(r"(?<=[?&]Policy=)[^&]+", minted.url)
    if policy is None:
        return minted.url.replace(f"Expires={end}", f"Expires={later}")
    text = base64.b64decode(policy[0].translate(_OF_POLICIES)).decode().replace(end, later)
    back = {to: sign for sign, to in _OF_POLICIES.items()}
    return minted.url.replace(policy[0], base64.b64encode(text.encode()).decode().translate(back))
