"""Targets and figures of an invented town, judged as a book would."""

from __future__ import annotations

import pandas as pd

from planbook.analysis.progress import Standing, stand
from planbook.data.catalog import Catalog, Department, Indicator
from planbook.data.plan import Target

TEXT = {"en": "x", "zh": "x"}
AMOUNT = {"bounds": (0, None), "kind": "amount", "unit": "mu", "decimals": 0}


def target(shape, value, operator=">=", **more) -> Target:
    given = dict(target_id="t", section=1, measure=1, indicator="i", shape=shape, unit="%",
                 operator=operator, value=value, base_year=None, deadline=None, note_en="n",
                 note_zh="n")  # fmt: skip
    return Target(**given | more)


def standing(one, figures, as_of, *, plan_year=None, status="final", **meta) -> Standing:
    about = dict(id="i", sector="s", title=TEXT, unit="%", direction="none", kind="share",
                 bounds=(0, 100), definition=TEXT, department="d") | meta  # fmt: skip
    columns = ["indicator", "entity", "year", "value", "unit", "status", "published", "source",
               "qualifier", "note", "note_zh"]  # fmt: skip
    rows = [
        ("i", "town", year, value, about["unit"], status, "", "s", "", "", "")
        for year, value in figures.items()
    ]
    catalog = Catalog({"i": Indicator(**about)}, {"d": Department(en="D", zh="部")})
    known = pd.DataFrame(rows, columns=columns)
    return stand(one, known, catalog, city="town", as_of=as_of, plan_year=plan_year)
