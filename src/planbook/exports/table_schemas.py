"""The tables of an export: what each column is, nothing computed."""

from __future__ import annotations

from planbook.data.observations import FIRST_YEAR, LAST_YEAR
from planbook.data.peers import PeerRow
from planbook.data.plan import PlanProject, Target
from planbook.data.row_rules import QUALIFIERS, STATUSES
from planbook.exports.schema import Field, Reference, Schema, fields_of

DAY = r"(19|20)\d\d(-\d\d(-\d\d)?)?"
_QUALIFIER = Field("qualifier", enum=tuple(one for one in QUALIFIERS if one))


def _text(*names: str, required: bool = False) -> tuple[Field, ...]:
    return tuple(Field(name, required=required) for name in names)


def _both(*names: str) -> tuple[Field, ...]:
    return _text(*(f"{name}_{lang}" for name in names for lang in ("en", "zh")))


def _numbers(*names: str, unit: str = "") -> tuple[Field, ...]:
    return tuple(Field(name, "number", unit=unit) for name in names)


def year(name: str = "year", *, required: bool = True) -> Field:
    """Make a column of years."""
    return Field(name, "integer", required=required, minimum=FIRST_YEAR, maximum=LAST_YEAR)


# What stands in data/…/observations and data/context: the contract's columns.
OBSERVED = (
    *_text("indicator", "entity", required=True),
    year(),
    Field("value", "number", unit="unit"),
    Field("unit", required=True),
    Field("status", required=True, enum=STATUSES),
    Field("published", pattern=DAY),
    *_text("source", "locator", "note", "note_zh"),
    _QUALIFIER,
)
_HAS_INDICATOR = Reference("indicator", "catalogue", "indicator")
_FIGURE_LINKS = (
    _HAS_INDICATOR,
    Reference("entity", "places", "entity"),
    Reference("source", "sources", "source"),
)


def _figures(name: str, statuses: tuple[str, ...]) -> Schema:
    own = {"status": Field("status", required=True, enum=statuses)}
    return Schema(
        name,
        (
            *(own.get(one.name, one) for one in OBSERVED),
            Field("known_from", required=True, pattern=DAY),
            Field("counts", "boolean", required=True),
            *_both("indicator", "entity"),
        ),
        unique=("indicator", "entity", "year", "published"),
        references=_FIGURE_LINKS,
    )


PUBLISHED = tuple(one for one in STATUSES if one != "modelled")
OBSERVATIONS = _figures("observations", PUBLISHED)
CONTEXT = _figures("context", PUBLISHED)
MODELLED = _figures("modelled", ("modelled",))
DERIVED = Schema(
    "derived",
    (
        *_text("indicator", "entity", required=True),
        year(),
        Field("value", "number", required=True, unit="unit"),
        Field("unit", required=True),
        Field("status", required=True, enum=STATUSES),
        *_text("sources"),
        *_both("indicator", "entity"),
    ),
    key=("indicator", "entity", "year"),
    references=(_HAS_INDICATOR, Reference("entity", "places", "entity")),
)
FORECASTS = Schema(
    "forecasts",
    (
        *_text("indicator", "entity", required=True),
        year(),
        *_numbers("median", "lo80", "hi80", "lo95", "hi95", unit="unit"),
        Field("unit", required=True),
        Field("status", required=True, enum=("forecast",)),
        Field("method", required=True),
        year("fitted_first"),
        year("fitted_last"),
        Field("points", "integer", required=True),
        *_both("indicator", "entity"),
    ),
    key=("indicator", "entity", "year"),
    references=(_HAS_INDICATOR, Reference("entity", "places", "entity")),
)
TARGETS = Schema(
    "targets",
    (
        *fields_of(Target, {"value": "unit"}),
        *_both("indicator", "asked", "section", "measure"),
    ),
    key=("target_id",),
    references=(_HAS_INDICATOR, Reference("measure", "measures", "measure")),
)
STATUS = Schema(
    "status",
    (
        Field("target_id", required=True),
        *_text("indicator"),
        *_both("indicator", "asked"),
        Field("verdict", required=True),
        *_both("verdict"),
        *_text("rule"),
        Field("target", "number", unit="unit"),
        Field("unit", required=True),
        year("base_year", required=False),
        year("deadline", required=False),
        year("latest_year", required=False),
        *_numbers("latest", "gap", unit="unit"),
        year("start_year", required=False),
        *_numbers("start", unit="unit"),
        *_numbers("elapsed_share", "due_share", "completion", "schedule_ratio"),
        *_numbers("pace_needed", "pace_seen", unit="unit"),
        *_numbers("rate_needed", "rate_seen"),
        year("worst_year", required=False),
        *_numbers("worst", unit="unit"),
        year("bound_year", required=False),
        *_numbers("bound", unit="unit"),
        Field("bound_qualifier", enum=_QUALIFIER.enum),
        *_numbers("forecast", "lo80", "hi80", "lo95", "hi95", unit="unit"),
        *_numbers("probability"),
        *_text("chance_reason", "forecast_method", "lead"),
        *_both("lead"),
        year("as_of"),
    ),
    key=("target_id",),
    references=(
        Reference("target_id", "targets", "target_id"),
        Reference("lead", "departments", "department"),
    ),
)
PROJECTS = Schema(
    "projects",
    (*fields_of(PlanProject, {"quantity": "unit", "unit_size": "MW"}), *_both("status")),
    key=("project_id",),
    references=(
        Reference("measure", "measures", "measure"),
        Reference("source", "sources", "source"),
    ),
)
MEASURES = Schema(
    "measures",
    (
        Field("measure", "integer", required=True),
        Field("section", "integer", required=True),
        *_both("section", "measure", "summary"),
        *_text("lead", "departments", "indicators", "targets", "projects"),
    ),
    key=("measure",),
    references=(Reference("lead", "departments", "department"),),
)
DUTIES = Schema(
    "duties",
    (
        Field("measure", "integer", required=True),
        Field("department", required=True),
        Field("role", required=True, enum=("lead", "part")),
        *_both("department"),
    ),
    key=("measure", "department"),
    references=(
        Reference("measure", "measures", "measure"),
        Reference("department", "departments", "department"),
    ),
)
CATALOGUE = Schema(
    "catalogue",
    (
        *_text("indicator", "sector", required=True),
        *_both("indicator"),
        *_text("unit", required=True),
        *_both("unit"),
        *_text("direction", "kind", required=True),
        *_numbers("lower", "upper", unit="unit"),
        Field("decimals", "integer", required=True),
        *_text("prices"),
        *_both("definition"),
        Field("department", required=True),
        *_both("department"),
        *_text("stands_for", "comparability"),
        *_both("comparability"),
        *_text("formula", "formula_of"),
        *_numbers("formula_factor"),
        year("formula_base_year", required=False),
        *_both("no_forecast"),
    ),
    key=("indicator",),
    references=(
        Reference("department", "departments", "department"),
        Reference("stands_for", "catalogue", "indicator"),
        Reference("unit", "units", "unit"),
    ),
)
SOURCES = Schema(
    "sources",
    (
        Field("source", required=True),
        *_both("producer", "title"),
        *_text("address"),
        Field("reposted", "boolean", required=True),
        *_text("published", "accessed"),
        *_both("licence", "note"),
    ),
    key=("source",),
)
DEPARTMENTS = Schema(
    "departments",
    (Field("department", required=True), *_both("department")),
    key=("department",),
)
PLACES = Schema(
    "places",
    (
        Field("entity", required=True),
        Field("place_kind", required=True, enum=("city", "county", "context")),
        *_both("entity"),
    ),
    key=("entity",),
)
UNITS = Schema(
    "units",
    (
        Field("unit", required=True),
        *_both("unit"),
        Field("dimension", required=True),
        Field("size", "number", required=True),
    ),
    key=("unit",),
)
PEERS = Schema("peers", fields_of(PeerRow, {"value": "unit"}),
               unique=("measure", "year", "since", "prices", "row", "code"))  # fmt: skip
METADATA = Schema(
    "metadata",
    (Field("key", required=True), *_both("value")),
    key=("key",),
)
COLUMNS = Schema(
    "columns",
    (
        Field("table", required=True),
        Field("position", "integer", required=True, minimum=1),
        Field("column", required=True),
        *_text("type", required=True),
        *_both("title"),
        *_text("unit"),
    ),
    key=("table", "column"),
)
# In an order in which no table refers to a later one.
ALL = (METADATA, COLUMNS, UNITS, DEPARTMENTS, PLACES, SOURCES, CATALOGUE, MEASURES, DUTIES,
       TARGETS, STATUS, OBSERVATIONS, CONTEXT, MODELLED, DERIVED, FORECASTS, PROJECTS,
       PEERS)  # fmt: skip
