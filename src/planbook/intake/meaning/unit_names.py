"""How departments write units, and what they are in the table of `planbook.data.units`."""

from __future__ import annotations

import re
from functools import cache

from planbook.data import units
from planbook.intake.meaning.scope import tidy
from planbook.intake.reading.refusal import Refused

# a written unit -> (unit of the table, how many of it); Chinese and English
_BASES: dict[str, tuple[str, float]] = {
    "吨": ("t", 1), "t": ("t", 1), "tonne": ("t", 1), "tonnes": ("t", 1), "ton": ("t", 1),
    "tons": ("t", 1), "千克": ("kg", 1), "公斤": ("kg", 1), "kg": ("kg", 1), "kt": ("kt", 1),
    "mt": ("Mt", 1),
    "%": ("%", 1), "百分比": ("%", 1), "percent": ("%", 1), "per cent": ("%", 1),
    "微克/立方米": ("ug/m3", 1), "微克/米3": ("ug/m3", 1), "ug/m3": ("ug/m3", 1),
    "毫克/立方米": ("mg/m3", 1), "毫克/米3": ("mg/m3", 1), "mg/m3": ("mg/m3", 1),
    "千瓦": ("MW", 1e-3), "kw": ("MW", 1e-3), "兆瓦": ("MW", 1), "mw": ("MW", 1),
    "吉瓦": ("GW", 1), "gw": ("GW", 1),
    "亩": ("mu", 1), "mu": ("mu", 1), "公顷": ("ha", 1), "ha": ("ha", 1), "hectares": ("ha", 1),
    "平方公里": ("km2", 1), "平方千米": ("km2", 1), "km2": ("km2", 1),
    "公里": ("km", 1), "千米": ("km", 1), "km": ("km", 1),
    "个": ("count", 1), "家": ("count", 1), "座": ("count", 1), "处": ("count", 1),
    "台": ("count", 1), "项": ("count", 1), "count": ("count", 1),
    "辆": ("vehicles", 1), "台车": ("vehicles", 1), "vehicles": ("vehicles", 1),
    "人": ("persons", 1), "persons": ("persons", 1),
    "吨/年": ("Mt/a", 1e-6), "t/a": ("Mt/a", 1e-6), "mt/a": ("Mt/a", 1),
    "吨/日": ("t/d", 1), "吨/天": ("t/d", 1), "t/d": ("t/d", 1),
    "吨标准煤": ("tce", 1), "吨标煤": ("tce", 1), "tce": ("tce", 1), "mtce": ("Mtce", 1),
    "千瓦时": ("kWh", 1), "千瓦小时": ("kWh", 1), "度": ("kWh", 1), "kwh": ("kWh", 1),
    "兆瓦时": ("kWh", 1e3), "mwh": ("kWh", 1e3), "吉瓦时": ("GWh", 1), "gwh": ("GWh", 1),
    "太瓦时": ("TWh", 1), "twh": ("TWh", 1),
    "元": ("CNY", 1), "cny": ("CNY", 1), "yuan": ("CNY", 1), "美元": ("USD", 1), "usd": ("USD", 1),
    "指数": ("index", 1), "index": ("index", 1), "ph": ("pH", 1), "ph值": ("pH", 1),
    "吨/万元": ("t/1e4 CNY", 1), "t/1e4cny": ("t/1e4 CNY", 1),
    "吨标准煤/万元": ("tce/1e4 CNY", 1), "吨标煤/万元": ("tce/1e4 CNY", 1),
    "tce/1e4cny": ("tce/1e4 CNY", 1),
    "克/千瓦时": ("g/kWh", 1), "g/kwh": ("g/kWh", 1),
    "千克/公顷": ("kg/ha", 1), "公斤/公顷": ("kg/ha", 1), "kg/ha": ("kg/ha", 1),
    "公斤/亩": ("kg/ha", 15), "千克/亩": ("kg/ha", 15),
    "吨/人": ("t/person", 1), "t/person": ("t/person", 1),
    "千克标准煤/平方米": ("kgce/m2", 1), "kgce/m2": ("kgce/m2", 1),
    "千克标准煤/人": ("kgce/person", 1), "kgce/person": ("kgce/person", 1),
    "立方米/人": ("m3/person", 1), "m3/person": ("m3/person", 1),
    "立方米": ("m3", 1), "方": ("m3", 1), "m3": ("m3", 1),
    "平方米/人": ("m2/person", 1), "m2/person": ("m2/person", 1),
    "千瓦时/立方米": ("kWh/m3", 1), "kwh/m3": ("kWh/m3", 1),
    "头": ("1e4 head", 1e-4), "head": ("1e4 head", 1e-4),
}  # fmt: skip
_PREFIXES = {"万亿": 1e12, "千万": 1e7, "百万": 1e6, "十万": 1e5, "亿": 1e8, "万": 1e4,
             "千": 1e3, "百": 1e2, "1e8": 1e8, "1e4": 1e4, "10000": 1e4}  # fmt: skip
MULTIPLIERS = {"亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "万亿": 1e12}
# Mt is a million tonnes; MT and mt are written for a metric ton as well
_BY_CASE = frozenset({"mt", "mt/a", "mtce"})
_NOISE = re.compile(r"[\s,]|^单位[::]|^计量单位[::]|^unit[::]", re.I)


def _plain(text: str) -> str:
    """Write a unit in one way: half-width, without spaces, exponents as digits."""
    text = tidy(text)
    text = text.replace("μ", "u").replace("µ", "u").replace("每", "/").replace("⁄", "/")
    return _NOISE.sub("", text).lower()


def _plain_case(text: str) -> str:
    return _NOISE.sub("", tidy(text))


@cache
def _table() -> dict[str, tuple[str, float]]:
    known = {_plain(name): value for name, value in _BASES.items()}
    for unit in units.UNITS:  # the table's own spelling wins: Mt is not mt, case aside
        known[_plain(unit)] = (unit, 1.0)
        for lang in ("en", "zh"):
            if label := units.label(unit, lang):
                known.setdefault(_plain(label), (unit, 1.0))
            label, factor = units.display(unit, lang)
            known.setdefault(_plain(label), (unit, 1.0 / factor))
    return known


def read_unit(text: str) -> tuple[str, float]:
    """Find what a written unit is.

    Raises `Refused` if it is not known.
    """
    if text in units.UNITS:
        return text, 1.0
    plain = _plain(text)
    if plain in _BY_CASE and _plain_case(text) not in units.UNITS:
        raise Refused("unit_ambiguous", unit=text)
    if plain in _table():
        return _table()[plain]
    for prefix, size in _PREFIXES.items():
        if plain.startswith(prefix) and plain.removeprefix(prefix) in _BASES:
            unit, count = _BASES[plain.removeprefix(prefix)]
            return unit, count * size
    raise Refused("unit_unknown", unit=text)


def is_multiple(text: str) -> bool:
    """Tell whether a written unit begins with 万, 亿 or the like, so that 万 beside it is doubt."""
    return _plain(text).startswith(tuple(_PREFIXES)) or text in ("kt", "Mt", "1e4 head")


def factor_to(text: str, wanted: str) -> float:
    """Give the number that turns a value in a written unit into the unit `wanted`.

    Raises `Refused` if the unit is unknown, or measures something else.
    """
    unit, count = read_unit(text)
    if units.UNITS[unit][0] != units.UNITS[wanted][0]:
        label = {lang: units.label(wanted, lang) or wanted for lang in ("en", "zh")}
        raise Refused("unit_dimension", unit=text, wanted=label)
    return count * units.factor(unit, wanted)
