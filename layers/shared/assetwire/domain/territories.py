"""The territories that rights may name: ISO 3166-1 alpha-2 and groups of them, as of 2026."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

WORLDWIDE = "*"
"""In a rights record: every territory."""

# Officially assigned codes: https://www.iso.org/obp/ui/#search (249 entries).
TERRITORIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_GROUPS = {
    "BENELUX": "BE LU NL",
    "DACH": "AT CH DE",
    "EEA": f"{_EU} IS LI NO",
    "EFTA": "CH IS LI NO",
    "EU": _EU,
    "GCC": "AE BH KW OM QA SA",
    "NORDICS": "DK FI IS NO SE",
}
GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset(codes.split()) for name, codes in _GROUPS.items()}
)
"""Groups of territories by name, their members by the codes that a viewer's country has.

Overseas territories with a code of their own (`RE`, `GP`, `AX`, `GL`) belong to no group: who licenses them names them.
Sources: https://european-union.europa.eu/principles-countries-history/eu-countries_en,
https://www.efta.int/about-efta/efta-states, https://www.norden.org, https://www.gcc-sg.org (members).
"""


def names(codes: Iterable[str], territory: str) -> bool:
    """Tell whether these codes and groups name a territory."""
    if territory in codes or WORLDWIDE in codes:
        return True
    return bool(codes) and any(territory in GROUPS.get(code, ()) for code in codes)


def expanded(codes: Iterable[str]) -> frozenset[str]:
    """Return all territories that these codes and groups name."""
    if WORLDWIDE in codes:
        return TERRITORIES
    return frozenset().union(*(GROUPS.get(code, (code,)) for code in codes))
