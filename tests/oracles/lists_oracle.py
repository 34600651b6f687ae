"""What must hold of a product's lists at every moment, told by plain values; it imports nothing of what it judges."""

from collections import Counter
from collections.abc import Iterable, Mapping

Where = tuple[str, str]
"""Role and market."""


def broken(lists: Mapping[Where, Iterable[str]], confirmed: Iterable[tuple[str, Where]]) -> list[str]:
    """Return what does not hold: of lists by their place, and of the links that count, each with its place.

    An asset stands on a list once; each link that counts is on exactly one list, that of its place; and each asset on a
    list has a link there that counts.
    """
    found = [
        f"{asset} stands {count} times on {where}"
        for where, assets in lists.items()
        for asset, count in Counter(assets).items()
        if count > 1
    ]
    listed = {(asset, where) for where, assets in lists.items() for asset in assets}
    counting = Counter(confirmed)
    found += [f"{asset} counts twice at {where}" for (asset, where), count in counting.items() if count > 1]
    found += [f"{asset} counts at {where} and stands on no list" for asset, where in counting.keys() - listed]
    found += [f"{asset} stands on {where} and does not count" for asset, where in listed - counting.keys()]
    return sorted(found)
