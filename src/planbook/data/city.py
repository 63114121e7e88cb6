"""One city's book as data: everything loaded, checked and joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from planbook.data import paths
from planbook.data.catalog import Catalog, load_catalog, load_departments
from planbook.data.contradictions import contradictions
from planbook.data.effects import (
    Effects,
    library_factors,
    load_bases,
    load_effect_factors,
    load_effects,
)
from planbook.data.factors import Factors, load_factors
from planbook.data.imports import load_all as load_imports
from planbook.data.observations import (
    Figures,
    Source,
    check_rows,
    empty_rows,
    known_in,
    load_sources,
    read_rows,
)
from planbook.data.peers import Peers, load_peers
from planbook.data.plan import City, Plan, Section, load_city, load_plan
from planbook.data.plant_units import PlantUnit, load_units
from planbook.data.scenarios import ScenarioSet, load_scenarios
from planbook.data.snapshots import Edition, load_editions
from planbook.data.vintages import last_day
from planbook.errors import DataError, Problem, relative
from planbook.files import journal
from planbook.files.records import Document, Strict, Text

_TRIES = 5  # times to read a city whose data change meanwhile


class Entity(Strict):
    """A place whose figures are context for a city: ``data/context/<entity>/entity.yml``."""

    id: str
    name: Text


@dataclass(frozen=True)
class CityData:
    """Catalogue, plan, figures and sources of one city.

    Attributes
    ----------
    observations : pandas.DataFrame
        Every checked row of the city, its counties and its context, with all
        vintages; use `known` for what was known in a year.
    entities : mapping of str to Text
        Names of the city, its counties and its context, in this order.
    factors : Factors
        Weights and inventory lines that hold for every city.
    peers : Peers or None
        The city beside others; None where its folder has no ``peers.csv``.
    plants : mapping of str to PlantUnit
        Single units of plants by id; empty for a city without ``units.csv``.
    scenarios : ScenarioSet or None
        None where its plan has no ``scenarios.yml``.
    effects : Effects
        What the plan's figures would change; empty for a city without ``effects.yml``.
    editions : mapping of str to Edition
        Snapshots kept in the city's folder, the oldest first.
    imports : mapping of str to mapping
        Records of the imports that hold, the oldest first.
    """

    paths: paths.Paths
    catalog: Catalog
    city: City
    plan: Plan
    observations: pd.DataFrame
    sources: Mapping[str, Source]
    entities: Mapping[str, Text]
    factors: Factors
    peers: Peers | None = None
    plants: Mapping[str, PlantUnit] = field(default_factory=dict)
    scenarios: ScenarioSet | None = None
    effects: Effects = field(default_factory=Effects)
    editions: Mapping[str, Edition] = field(default_factory=dict)
    imports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def asked(self, as_of: int | str | None = None) -> int | str:
        """Give the year or day at whose end a book stands: `as_of`, else the city's own."""
        return as_of or self.city.as_of

    def known(self, as_of: int | str | None = None) -> pd.DataFrame:
        """Select the figures known at the end of `as_of` (default: the city's year)."""
        return known_in(self.observations, self.asked(as_of))

    @property
    def searched(self) -> str:
        """The date to which public sources were searched: what is missing was not found by it.

        The city's own, else the last day on which one of its sources was read.
        """
        if self.city.searched:
            return self.city.searched
        read = (source.accessed for source in self.sources.values())
        return max(read, default=str(self.city.as_of))

    def day(self, as_of: int) -> str:
        """Give the day on which a book of `as_of` stands, which is never one to come.

        The end of the year, or the last day that was searched or on which a figure came
        out, if the year is not over then.
        """
        days = self.observations["published"]
        newest = days[days.str.len() == len("2026-11-30")].max()
        last = max(last_day(self.searched), newest if isinstance(newest, str) else "")
        return min(last, f"{as_of}-12-31")

    def figures(self, as_of: int | str) -> Figures:
        """Give the figures known at the end of `as_of`, looked up one series at a time."""
        return Figures(known_in(self.observations, as_of))

    def vintages(self, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
        """Give every row, with all vintages, of some series.

        Parameters
        ----------
        pairs : iterable of (indicator, entity)
            Of observed indicators.
        """
        wanted = pd.MultiIndex.from_tuples([*dict.fromkeys(pairs), ("", "")])
        found = pd.MultiIndex.from_frame(self.observations[["indicator", "entity"]])
        return self.observations[found.isin(wanted)]

    def page_of(self, section: Section) -> str:
        """Give the page that answers a section: its chapter, or one made from data.

        Returns
        -------
        str
            Name without extension, such as ``05_energy`` or ``section_03``.
        """
        chapter = section.chapter
        if chapter and (self.paths.notebooks / f"{chapter}.ipynb").exists():
            return chapter
        return f"section_{section.number:02d}"

    @property
    def accountability_page(self) -> str | None:
        """Page below which each department has one; None where the plan has no such section."""
        pages = (self.page_of(one) for one in self.plan.sections.values() if one.departments)
        return next(pages, None)


Read = Callable[[str, paths.Paths], CityData]


def _plainly(reader: Read, city: str, where: paths.Paths) -> CityData:
    return reader(city, where)


_through: Callable[[Read, str, paths.Paths], CityData] = _plainly


def pass_through(hook: Callable[[Read, str, paths.Paths], CityData] | None) -> None:
    """Let `hook` stand between `load` and its callers, to note what they read.

    Parameters
    ----------
    hook : callable or None
        Called with the function that reads, the city and the paths; gives the
        project that the caller gets. None takes it away again.
    """
    global _through
    _through = hook or _plainly


def load(city: str, root: paths.Paths | Path | None = None) -> CityData:
    """Load and check everything that the book of `city` needs.

    Parameters
    ----------
    city : str
        Name of a folder in ``data/cities``.
    root : Paths or pathlib.Path, optional
        The project; found from the working directory by default.

    Raises
    ------
    PlanbookError
        If the city is unknown.
    DataError
        With every fault of every file.
    """
    if isinstance(root, Path):
        root = paths.Paths(root)
    where = root or paths.find()
    return _through(read, city, where)


def read(city: str, where: paths.Paths) -> CityData:
    """Read and check the files; `load` is what callers want."""
    folder = where.city(city)
    for _ in range(_TRIES):  # an import that ends meanwhile would give a mixture of old and new
        before = journal.settle(folder)
        try:
            found: CityData | DataError = _read(where, folder)
        except DataError as error:
            found = error
        if journal.settle(folder) == before:
            break
    if isinstance(found, DataError):
        raise found
    return found


def _read(where: paths.Paths, folder: Path) -> CityData:
    root = where.root
    departments = load_departments(where.departments, root)
    catalog = load_catalog(where.catalog, departments, root)
    about = load_city(folder, root)
    factors = load_factors(where.factors, catalog, root)
    effect_factors = library_factors(factors.library) | load_effect_factors(
        where.factors / "effect_factors.csv", factors, root
    )
    bases = load_bases(where.factors / "activity_bases.yml", catalog, factors, effect_factors, root)
    reading = _Gathering()
    problems = reading.problems
    frames: list[pd.DataFrame] = []
    entities = {about.id: about.name, **about.counties}
    sources: dict[str, Source] = dict(factors.sources)

    homes = [(folder / "observations", folder / "sources.yml", about.entities)]
    for parent in about.parents:
        place = where.context / parent
        document = Document(place / "entity.yml", root)
        if entity := document.record(Entity):
            entities[entity.id] = entity.name
        problems += document.problems
        homes.append((place, place / "sources.yml", (parent,)))
    for home in homes:
        frames += reading.figures(*home, catalog, sources, root)
    problems += _repeated_across_files(frames)
    path = folder / "peers.csv"
    peers = reading.of(load_peers, path, about.code, sources, root) if path.exists() else None
    plan = reading.of(load_plan, folder / "plan", catalog, about, sources, root)
    effects = None
    if plan is not None:
        problems += contradictions(plan, catalog, relative(folder / "plan/targets.csv", root))
        effects = reading.of(
            load_effects,
            *(folder / "plan/effects.yml", plan, catalog, factors, effect_factors, bases, root),
        )
    plants = reading.of(
        load_units, folder / "units.csv",
        catalog=catalog, entities=about.entities, sources=sources, root=root,
    )  # fmt: skip
    scenarios = None
    path = folder / "plan" / "scenarios.yml"
    if plan is not None and plants is not None and path.exists():
        scenarios = reading.of(
            load_scenarios,
            path,
            catalog=catalog,
            factors=factors,
            targets=plan.targets,
            sources=sources,
            city=about.id,
            entities=entities,
            plants=plants,
            root=root,
        )
    editions = reading.of(load_editions, folder, root)
    records = reading.of(load_imports, folder)
    if problems or plan is None:
        raise DataError(problems)
    filled = [frame for frame in frames if not frame.empty]
    observations = pd.concat(filled, ignore_index=True) if filled else empty_rows()
    return CityData(
        where,
        catalog,
        about,
        plan,
        observations,
        sources,
        entities,
        factors,
        peers=peers,
        plants=plants or {},
        scenarios=scenarios,
        effects=effects or Effects(),
        editions=editions or {},
        imports={one["id"]: one for one in records or () if not one["undone"]},
    )


P = ParamSpec("P")
T = TypeVar("T")


class _Gathering:
    """Reads one file after another and gathers what is wrong with any."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def of(self, load: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T | None:
        """Give what `load` reads, None if it refuses."""
        try:
            return load(*args, **named)
        except DataError as error:
            self.problems += error.problems
            return None

    def figures(
        self,
        home: Path,
        source_path: Path,
        allowed: tuple[str, ...],
        catalog: Catalog,
        sources: dict[str, Source],
        root: Path,
    ) -> list[pd.DataFrame]:
        """Read the tables of one folder; its sources join `sources`."""
        file = relative(source_path, root)
        own = self.of(load_sources, source_path, root)
        for key, value in (own or {}).items():
            if key in sources and sources[key] != value:
                rule = "the source is described differently in another file"
                remedy = "make the two the same or rename one"
                self.problems.append(Problem(file, f"key {key}", rule, remedy))
            sources[key] = value
        frames = []
        for path in sorted(home.glob("*.csv")):
            rows = self.of(read_rows, path, root)
            if rows is None:
                continue
            frame = self.of(  # faults of sources are told once, not again for every row
                check_rows, rows, catalog, entities=allowed, sources=own, remedy_sources=file
            )
            frames += [] if frame is None else [frame]
        return frames


def _repeated_across_files(frames: list[pd.DataFrame]) -> list[Problem]:
    home: dict[tuple[str, str], str] = {}
    problems = []
    for frame in frames:
        pairs = frame.drop_duplicates(["indicator", "entity"])
        for row in pairs.to_dict("records"):
            key = (row["indicator"], row["entity"])
            if key in home:
                problems.append(
                    Problem(
                        row["file"],
                        f"row {row['row']}",
                        f"{key[0]} of {key[1]} stands in {home[key]}, too",
                        "keep an indicator's figures for one place in one file",
                    )
                )
            home.setdefault(key, row["file"])
    return problems
