"""Units the data may use, and the only conversions that code may apply.

The table is explicit rather than a unit library: Chinese statistics count in
units of ten thousand (万) and hundred million (亿) that no library knows, and a
closed list lets every file be checked against it.
"""

from __future__ import annotations

import pandas as pd

from planbook.errors import PlanbookError

# unit -> (dimension, size in the dimension's base unit)
# mu: 1/15 hectare, the statutory Chinese land unit. tce: 29.3076 GJ (GB/T 2589-2020).
UNITS: dict[str, tuple[str, float]] = {
    "kg": ("mass", 1e-3),
    "t": ("mass", 1.0),
    "kt": ("mass", 1e3),
    "Mt": ("mass", 1e6),
    "%": ("share", 1.0),
    "ug/m3": ("concentration", 1e-3),
    "mg/m3": ("concentration", 1.0),
    "MW": ("power", 1.0),
    "GW": ("power", 1e3),
    "mu": ("area", 1 / 1500),
    "ha": ("area", 0.01),
    "km2": ("area", 1.0),
    "km": ("length", 1.0),
    "count": ("count", 1.0),
    "1e4 vehicles": ("vehicles", 1e4),
    "vehicles": ("vehicles", 1.0),
    "persons": ("persons", 1.0),
    "1e4 persons": ("persons", 1e4),
    "Mt/a": ("mass flow", 1e6),
    "t/d": ("mass flow", 365.0),
    "tce": ("heat", 1.0),
    "Mtce": ("heat", 1e6),
    "kWh": ("electricity", 1e-9),
    "GWh": ("electricity", 1e-3),
    "TWh": ("electricity", 1.0),
    "CNY": ("money", 1e-8),
    "1e8 CNY": ("money", 1.0),
    "USD": ("dollars", 1.0),
    "index": ("index", 1.0),
    "t/1e4 CNY": ("carbon intensity", 1.0),
    "tce/1e4 CNY": ("energy intensity", 1.0),
    "MJ/USD": ("energy intensity, PPP", 1.0),
    "g/kWh": ("carbon intensity of power", 1.0),
    "gce/kWh": ("coal per power", 1.0),
    "kg/ha": ("rate per area", 1.0),
    "t/person": ("mass per person", 1.0),
    "kgce/m2": ("heat per area", 1.0),
    "kgce/person": ("heat per person", 1.0),
    "m3/person": ("volume per person", 1.0),
    "m3": ("volume", 1.0),
    "1e4 m3": ("volume", 1e4),
    "1e8 m3": ("volume", 1e8),
    "pH": ("acidity", 1.0),
    "m2/person": ("area per person", 1.0),
    "kWh/m3": ("electricity per volume", 1.0),
    "1e4 head": ("livestock", 1e4),
    "eq": ("pollutant equivalents", 1.0),
    "1e3 eq": ("pollutant equivalents", 1e3),
}

# how a unit is written for readers; a unit that is missing here is written as it is
_LABELS: dict[str, dict[str, str]] = {
    "mg/m3": {"en": "mg/m³", "zh": "毫克/立方米"},
    "ug/m3": {"en": "µg/m³", "zh": "微克/立方米"},
    "km2": {"en": "km²", "zh": "平方公里"},
    "km": {"en": "km", "zh": "公里"},
    "mu": {"en": "mu", "zh": "亩"},
    "ha": {"en": "ha", "zh": "公顷"},
    "t": {"en": "t", "zh": "吨"},
    "kg": {"en": "kg", "zh": "千克"},
    "kt": {"en": "kt", "zh": "千吨"},
    "Mt": {"en": "Mt", "zh": "百万吨"},
    "Mt/a": {"en": "Mt a year", "zh": "百万吨/年"},
    "t/d": {"en": "t a day", "zh": "吨/日"},
    "MW": {"en": "MW", "zh": "兆瓦"},
    "GW": {"en": "GW", "zh": "吉瓦"},
    "count": {"en": "", "zh": "个"},
    "1e4 vehicles": {"en": "10,000 vehicles", "zh": "万辆"},
    "vehicles": {"en": "vehicles", "zh": "辆"},
    "persons": {"en": "persons", "zh": "人"},
    "1e4 persons": {"en": "10,000 persons", "zh": "万人"},
    "tce": {"en": "tce", "zh": "吨标准煤"},
    "Mtce": {"en": "Mtce", "zh": "百万吨标准煤"},
    "kWh": {"en": "kWh", "zh": "千瓦时"},
    "GWh": {"en": "GWh", "zh": "吉瓦时"},
    "TWh": {"en": "TWh", "zh": "太瓦时"},
    "CNY": {"en": "CNY", "zh": "元"},
    "1e8 CNY": {"en": "100 million CNY", "zh": "亿元"},
    "USD": {"en": "US$", "zh": "美元"},
    "index": {"en": "index", "zh": "指数"},
    "t/1e4 CNY": {"en": "t per 10,000 CNY", "zh": "吨/万元"},
    "tce/1e4 CNY": {"en": "tce per 10,000 CNY", "zh": "吨标准煤/万元"},
    "MJ/USD": {"en": "MJ per US$", "zh": "兆焦/美元"},
    "g/kWh": {"en": "g/kWh", "zh": "克/千瓦时"},
    "gce/kWh": {"en": "gce/kWh", "zh": "克标准煤/千瓦时"},
    "kg/ha": {"en": "kg/ha", "zh": "千克/公顷"},
    "t/person": {"en": "t per person", "zh": "吨/人"},
    "kgce/m2": {"en": "kgce per m²", "zh": "千克标准煤/平方米"},
    "kgce/person": {"en": "kgce per person", "zh": "千克标准煤/人"},
    "m3/person": {"en": "m³ per person", "zh": "立方米/人"},
    "m3": {"en": "m³", "zh": "立方米"},
    "1e4 m3": {"en": "10,000 m³", "zh": "万立方米"},
    "1e8 m3": {"en": "100 million m³", "zh": "亿立方米"},
    "m2/person": {"en": "m² per person", "zh": "平方米/人"},
    "kWh/m3": {"en": "kWh/m³", "zh": "千瓦时/立方米"},
    "1e4 head": {"en": "10,000 head", "zh": "万头"},
    "eq": {"en": "pollutant equivalents", "zh": "个污染当量"},
    "1e3 eq": {"en": "thousand pollutant equivalents", "zh": "千个污染当量"},
}


# what English counts otherwise than the data: unit -> (label, factor); Chinese keeps 万 and 亿
_DISPLAY: dict[tuple[str, str], tuple[str, float]] = {
    ("1e8 CNY", "en"): ("billion CNY", 0.1),
    ("1e4 persons", "en"): ("million persons", 0.01),
    ("1e4 vehicles", "en"): ("thousand vehicles", 10.0),
    ("1e4 m3", "en"): ("million m³", 0.01),
    ("1e8 m3", "en"): ("billion m³", 0.1),
    ("MW", "zh"): ("万千瓦", 0.1),
    ("kt", "zh"): ("万吨", 0.1),
    ("Mt", "zh"): ("万吨", 100.0),
    ("Mt/a", "zh"): ("万吨/年", 100.0),
    ("Mtce", "zh"): ("万吨标准煤", 100.0),
    ("TWh", "zh"): ("亿千瓦时", 10.0),
    ("GWh", "zh"): ("亿千瓦时", 0.01),
    ("mu", "zh"): ("万亩", 1e-4),
}


def display(unit: str, lang: str) -> tuple[str, float]:
    """Give the unit in which readers of `lang` count, and the factor to it.

    Parameters
    ----------
    lang : {'en', 'zh'}

    Returns
    -------
    factor : float
        A value in `unit` times this is the value to show. Downloads keep `unit`.
    """
    return _DISPLAY.get((unit, lang), (label(unit, lang), 1.0))


def is_known(unit: str) -> bool:
    """Tell whether `unit` is in the table."""
    return unit in UNITS


def is_alike(unit: str, other: str) -> bool:
    """Tell whether two units of the table measure the same."""
    return UNITS[unit][0] == UNITS[other][0]


def label(unit: str, lang: str) -> str:
    """Write `unit` for a reader of `lang` (``en`` or ``zh``)."""
    return _LABELS.get(unit, {}).get(lang, unit)


def factor(unit: str, to: str) -> float:
    """Give the number that turns a value in `unit` into a value in `to`.

    Parameters
    ----------
    unit, to : str
        Units of the table.

    Raises
    ------
    PlanbookError
        If a unit is unknown or the two measure different things.
    """
    for name in (unit, to):
        if name not in UNITS:
            raise PlanbookError(
                f"unit '{name}' is not in the table; use one of: {', '.join(UNITS)}"
            )
    (dimension, size), (wanted, wanted_size) = UNITS[unit], UNITS[to]
    if dimension != wanted:
        raise PlanbookError(
            f"'{unit}' measures {dimension}, '{to}' measures {wanted}; "
            "convert only within one dimension"
        )
    return size / wanted_size


def convert(values: pd.Series, unit: str, to: str) -> pd.Series:
    """Convert `values` from `unit` to `to`; the input is left unchanged.

    Parameters
    ----------
    values : pandas.Series
        Numbers in `unit`.
    unit, to : str
        Units of the table.

    Returns
    -------
    pandas.Series
        The same index, in `to`.

    Raises
    ------
    PlanbookError
        As `factor`.
    """
    return values * factor(unit, to)
