"""Recompute a city's ``peers.csv``: its province's prefectures, and its rank among all.

The panel is not part of the project (no licence is stated); the project carries
the facts that this script draws from it. ``--check`` compares instead of writing.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import pandas as pd

from planbook.analysis.peers import facts, measures
from planbook.data import paths
from planbook.data.peers import COLUMNS
from planbook.data.plan import load_city
from planbook.files.atomic import write_atomically

PANEL = "cities_annual.csv.gz"
PANEL_PRICES = 2000  # base year of the panel's real GDP
FIRST, LAST = 2020, 2023  # the target's base year; the panel's last year
DIGITS = 9  # significant: what a page rounds must not have been rounded near to that before
SOURCE = "edgar_v8_city city_panel_peers"
# Prefecture-level divisions by province; a city of another province adds its own.
NAMES = {
    "52": {
        "520100": ("Guiyang", "贵阳市"),
        "520200": ("Liupanshui", "六盘水市"),
        "520300": ("Zunyi", "遵义市"),
        "520400": ("Anshun", "安顺市"),
        "520500": ("Bijie", "毕节市"),
        "520600": ("Tongren", "铜仁市"),
        "522300": ("Qianxinan", "黔西南布依族苗族自治州"),
        "522600": ("Qiandongnan", "黔东南苗族侗族自治州"),
        "522700": ("Qiannan", "黔南布依族苗族自治州"),
    }
}


def read_panel(folder: Path) -> pd.DataFrame:
    """Read the panel and name its columns as `planbook.analysis.peers.measures` asks.

    Parameters
    ----------
    folder : pathlib.Path
        Holds ``cities_annual.csv.gz``.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    SystemExit
        If a city has two rows for one year.
    """
    raw = pd.read_csv(folder / PANEL, dtype={"adcode": str})
    panel = raw.rename(
        columns={
            "adcode": "code",
            "co2_edgar_t": "co2_t",
            "gdp_real_2000_1e8cny": "gdp_real_1e8cny",
            "population_resident_1e4": "population_1e4",
        }
    )[["year", "code", "co2_t", "gdp_real_1e8cny", "gdp_current_1e8cny", "population_1e4"]]
    if panel.duplicated(["year", "code"]).any():
        sys.exit(f"{PANEL}: a city has two rows for one year; keep one of them")
    panel.attrs["prices"] = PANEL_PRICES
    return panel


def compute(panel: pd.DataFrame, code: str) -> str:
    """Give the text of ``peers.csv`` for the city with the statutory `code`."""
    names = NAMES.get(code[:2])
    if names is None:
        sys.exit(f"no names of the prefectures of province {code[:2]}; add them to NAMES")
    found = facts(measures(panel, first=FIRST, last=LAST), list(names))
    found["value"] = ["" if pd.isna(value) else f"{value:.{DIGITS}g}" for value in found["value"]]
    for place, lang in enumerate(("en", "zh")):
        found[f"name_{lang}"] = [names.get(code, ("", ""))[place] for code in found["code"]]
    found["status"], found["source"] = "modelled", SOURCE
    out = io.StringIO()
    found[COLUMNS].to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()


def main() -> None:
    """Write or check the file of one city."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help=f"folder of {PANEL}")
    parser.add_argument("--city", default="liupanshui")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    where = paths.find()
    folder = where.city(options.city)
    text = compute(read_panel(options.data), load_city(folder, where.root).code)
    path = folder / "peers.csv"
    if options.check:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path.name} differs from the panel; run without --check to renew it")
        print(f"{path.name} agrees with the panel")
        return
    write_atomically(path, text.encode("utf-8"))
    print(f"wrote {path.name}: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main()
