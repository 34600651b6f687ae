"""Near-duplicates: how far two perceptual hashes are apart, and the keys under which one finds those near another."""

BITS = 256
"""Bits of a hash: 64 hexadecimal digits."""
BANDS = 16
"""Parts that a hash is indexed by: each costs a write with the hash, and a query with a look-up."""
THRESHOLD = BANDS - 1
"""Differing bits up to which two pictures count as near-duplicates: that many cannot fall into every band."""


def distance(one: str, other: str) -> int:
    """Return how many bits of two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def bands(perceptual_hash: str) -> tuple[str, ...]:
    """Return the keys of a hash: two hashes within `THRESHOLD` share at least one, in the same place."""
    step = len(perceptual_hash) // BANDS
    parts = (perceptual_hash[at : at + step] for at in range(0, len(perceptual_hash), step))
    return tuple(f"{number:x}{part}" for number, part in enumerate(parts))
