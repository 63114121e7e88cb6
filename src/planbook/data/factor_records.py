"""Rows and keys of the library of emission factors, each checked by itself."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import field_validator, model_validator

from planbook.files.records import Strict, Text

CO2_PER_CARBON = 44 / 12  # molar masses of CO2 and C
GJ_PER_TCE = 29.3076  # GJ per tonne of coal equivalent; GB/T 2589-2020
Distribution = Literal["normal", "lognormal", "triangular", "uniform", "fixed"]


class Metric(Strict):
    """By what gases are added up: an assessment report and a horizon in years."""

    name: Literal["AR4", "AR5", "AR6"]
    horizon: Literal[20, 100]


class FactorSet(Strict):
    """One set of factors; what it lacks it takes from `fallback`, in order."""

    title: Text
    use: Text
    confirmed: Text
    sources: tuple[str, ...]
    fallback: tuple[str, ...] = ()
    compared: bool


class Row(Strict):
    """A row of a table; an empty cell of a number is None."""

    @model_validator(mode="before")
    @classmethod
    def _blank(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {key: (None if value == "" else value) for key, value in data.items()}


def _ordered(low: float | None, value: float, high: float | None, what: str) -> None:
    if low is None and high is None:
        return
    if low is None or high is None:
        raise ValueError(f"{what} has one bound only; give both or none")
    if not low <= value <= high:
        raise ValueError(f"{what} {value:g} is not between {low:g} and {high:g}")


class Fuel(Row):
    """What one fuel gives off by one set.

    Attributes
    ----------
    heat : float
        Net heat in GJ per `unit`.
    carbon : float
        tC per TJ.
    oxidation : float
        Share of the carbon that burns.
    """

    factor_set: str
    fuel: str
    heat: float
    unit: Literal["t", "1e4 m3"]
    carbon: float
    oxidation: float
    heat_low: float | None = None
    heat_high: float | None = None
    carbon_low: float | None = None
    carbon_high: float | None = None
    source: str
    locator: str
    note_en: str | None = None
    note_zh: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> Fuel:
        if self.heat <= 0 or self.carbon <= 0:
            raise ValueError("heat and carbon are above zero")
        if not 0 < self.oxidation <= 1:
            raise ValueError("oxidation is a share above 0, at most 1")
        _ordered(self.heat_low, self.heat, self.heat_high, "heat")
        _ordered(self.carbon_low, self.carbon, self.carbon_high, "carbon")
        return self

    @property
    def co2_per_heat(self) -> float:
        """Tonnes of CO2 per TJ."""
        return self.carbon * self.oxidation * CO2_PER_CARBON

    @property
    def co2(self) -> float:
        """Tonnes of CO2 per `unit`: heat x carbon x oxidation x 44/12."""
        return self.heat * self.co2_per_heat / 1000  # GJ to TJ


class FuelUse(Row):
    """Which fuel stands for an activity: the first of `fuels` that a set holds.

    `mixed`: all of them are burnt in shares that are not known.
    """

    line: str
    activity: str
    fuels: tuple[str, ...]
    mixed: bool
    note_en: str | None = None
    note_zh: str | None = None


class ActivityFactor(Row):
    """What a unit of activity other than burning gives off; `region`: an entity, or None."""

    factor_set: str
    line: str
    activity: str
    gas: str
    component: str
    region: str | None = None
    factor: float
    unit: Literal["t/t", "kg/t", "kg/head", "t/MWh", "kg/TJ"]
    low: float | None = None
    high: float | None = None
    distribution: Distribution
    source: str
    locator: str
    note_en: str | None = None
    note_zh: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> ActivityFactor:
        _ordered(self.low, self.factor, self.high, "factor")
        if (self.distribution == "fixed") != (self.low is None):
            raise ValueError("'fixed' has no bounds, every other distribution has both")
        if self.distribution == "lognormal" and not (self.low or 0) > 0:
            raise ValueError("a lognormal factor has a low bound above zero")
        return self


class Load(Row):
    """How a capacity becomes an order of magnitude of an activity."""

    line: str
    near: str
    activity: str
    load: float
    load_low: float
    load_high: float
    load_unit: Literal["share", "d/a"]
    load_source: str | None = None
    load_locator: str | None = None
    conversion: float | None = None
    conversion_low: float | None = None
    conversion_high: float | None = None
    conversion_unit: Literal["gce/kWh"] | None = None
    conversion_source: str | None = None
    note_en: str | None = None
    note_zh: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> Load:
        _ordered(self.load_low, self.load, self.load_high, "load")
        if self.load_unit == "share" and not (self.load_low > 0 and self.load_high <= 1):
            raise ValueError("a load is a share above 0, at most 1")
        if self.load_unit == "share" and not self.load_source:
            raise ValueError("a load has a source")
        if self.conversion is not None:
            if not (self.conversion_unit and self.conversion_source):
                raise ValueError("a conversion has a unit and a source")
            _ordered(self.conversion_low, self.conversion, self.conversion_high, "conversion")
        return self


class PollutantFactor(Row):
    """What a unit of the same activity gives off of an air pollutant; `year` of its measurement."""

    line: str
    activity: str
    pollutant: str
    factor: float
    unit: Literal["kg/t", "g/kWh"]
    low: float
    high: float
    standard: Literal["ultra_low", "general", "measured"]
    source: str
    locator: str
    note_en: str | None = None
    note_zh: str | None = None
    year: int | None = None

    @model_validator(mode="after")
    def _sound(self) -> PollutantFactor:
        _ordered(self.low, self.factor, self.high, "factor")
        return self


class Gwp(Row):
    """Warming of one tonne of a gas in tonnes of CO2."""

    metric: Literal["AR4", "AR5", "AR6"]
    horizon: Literal[20, 100]
    gas: str
    value: float
    source: str
    locator: str

    @field_validator("horizon", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        return int(str(value)) if str(value).isdigit() else value


class Scope(Strict):
    """What is counted together; scope 3 is what is not covered."""

    id: int
    title: Text
    text: Text
    lines: tuple[str, ...] = ()
