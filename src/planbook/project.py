"""One city's book as data: everything loaded, checked and joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planbook import journal, paths
from planbook.catalog import Catalog, load_catalog, load_departments
from planbook.errors import DataError, Problem, relative
from planbook.factors import Factors, load_factors
from planbook.models import Strict, Text, parse
from planbook.observations import (
    Source,
    check_rows,
    empty_rows,
    known_in,
    load_sources,
    read_rows,
)
from planbook.plan import City, Plan, Section, load_city, load_plan
from planbook.sanity import contradictions
from planbook.yamlio import load as load_yaml

_TRIES = 5  # times to read a city whose data change meanwhile
ACCOUNTABILITY = "24_accountability"  # chapter that has a page for each department


class Entity(Strict):
    """A place whose figures are context for a city: ``data/context/<entity>/entity.yml``."""

    id: str
    name: Text


@dataclass(frozen=True)
class Project:
    """Catalogue, plan, figures and sources of one city.

    Attributes
    ----------
    observations : pandas.DataFrame
        Every checked row of the city, its counties and its context, with all
        vintages; use `known` for what was known in a year.
    sources : mapping of str to Source
    entities : mapping of str to Text
        Names of the city, its counties and its context, in this order.
    factors : Factors
        Weights and inventory lines that hold for every city.
    """

    paths: paths.Paths
    catalog: Catalog
    city: City
    plan: Plan
    observations: pd.DataFrame
    sources: Mapping[str, Source]
    entities: Mapping[str, Text]
    factors: Factors

    def known(self, as_of: int | None = None) -> pd.DataFrame:
        """Select the figures known at the end of `as_of` (default: the city's year)."""
        return known_in(self.observations, as_of or self.city.as_of)

    def page_of(self, section: Section) -> str:
        """Give the page that answers a section: its chapter, or one made from data.

        Parameters
        ----------
        section : Section

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
        found = self.plan.sections_of(ACCOUNTABILITY)
        return self.page_of(found[0]) if found else None


def load(city: str, root: paths.Paths | Path | None = None) -> Project:
    """Load and check everything that the book of `city` needs.

    Parameters
    ----------
    city : str
        Name of a folder in ``data/cities``.
    root : Paths or pathlib.Path, optional
        The project; found from the working directory by default.

    Returns
    -------
    Project

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
    folder = where.city(city)
    for _ in range(_TRIES):  # an import that ends meanwhile would give a mixture of old and new
        before = journal.settle(folder)
        try:
            found: Project | DataError = _load(where, folder)
        except DataError as error:
            found = error
        if journal.settle(folder) == before:
            break
    if isinstance(found, DataError):
        raise found
    return found


def _load(where: paths.Paths, folder: Path) -> Project:
    root = where.root
    departments = load_departments(where.departments, root)
    catalog = load_catalog(where.catalog, departments, root)
    about = load_city(folder, root)
    factors = load_factors(where.factors, catalog, root)
    problems: list[Problem] = []
    frames, entities = [], {about.id: about.name, **about.counties}
    sources: dict[str, Source] = dict(factors.sources)

    homes = [(folder / "observations", folder / "sources.yml", about.entities)]
    for parent in about.parents:
        place = where.context / parent
        data, lines = load_yaml(place / "entity.yml", root)
        entity, wrong = parse(Entity, data, file=relative(place / "entity.yml", root), lines=lines)
        problems += wrong
        if entity:
            entities[entity.id] = entity.name
        homes.append((place, place / "sources.yml", (parent,)))
    for home, source_path, allowed in homes:
        try:
            own = load_sources(source_path, root)
        except DataError as error:
            problems += error.problems
            own = None  # its faults are told once, not again for every row
        for key, value in (own or {}).items():
            if key in sources and sources[key] != value:
                problems.append(
                    Problem(
                        relative(source_path, root),
                        f"key {key}",
                        "the source is described differently in another file",
                        "make the two the same or rename one",
                    )
                )
            sources[key] = value
        for path in sorted(home.glob("*.csv")):
            try:
                frames.append(
                    check_rows(
                        read_rows(path, root),
                        catalog,
                        entities=allowed,
                        sources=own,
                        remedy_sources=relative(source_path, root),
                    )
                )
            except DataError as error:
                problems += error.problems
    problems += _repeated_across_files(frames)
    try:
        plan = load_plan(folder / "plan", catalog, about, sources, root)
        problems += contradictions(plan, catalog, relative(folder / "plan/targets.csv", root))
    except DataError as error:
        problems += error.problems
    if problems:
        raise DataError(problems)
    filled = [frame for frame in frames if not frame.empty]
    observations = pd.concat(filled, ignore_index=True) if filled else empty_rows()
    return Project(where, catalog, about, plan, observations, sources, entities, factors)


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
