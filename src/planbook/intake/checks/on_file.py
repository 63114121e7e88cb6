"""Figures on file that break a relation: what an import let pass, told whenever asked."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.data.city import CityData
from planbook.errors import Problem, relative
from planbook.intake.checks.revisions import latest
from planbook.intake.checks.together import (
    Relation,
    accounts_of,
    are_unlike,
    broken,
    load_relations,
)


def standing(project: CityData) -> list[Problem]:
    """List the relations that figures on file of the city break."""
    path = project.paths.factors / "relations.yml"
    relations = load_relations(path, project.catalog, project.paths.root)
    known = latest(project.observations, project.city.entities)
    values = {key: float(row["value"]) for key, row in known.items()}
    accounts = accounts_of(project.sources)
    kinds = {key: accounts.get(str(row["source"]), "") for key, row in known.items()}
    file = relative(project.paths.city(project.city.id) / "observations", project.paths.root)
    found = []
    for relation in relations:
        for entity in project.city.entities:
            excess = {}
            for year in sorted({key[2] for key in values if key[1] == entity}):
                sums = broken(relation, entity, year, values, project.catalog)
                if sums is not None:
                    excess[year] = sums[0] / sums[1] - 1 if sums[1] > 0 else float("inf")
            unlike = [year for year in excess if are_unlike(relation, entity, year, kinds)]
            alike = [year for year in excess if year not in unlike]
            for years, is_alike in ((alike, True), (unlike, False)):
                if years:
                    shown = {year: excess[year] for year in years}
                    found.append(_problem(file, relation, entity, shown, is_alike))
    return found


def _problem(
    file: str, relation: Relation, entity: str, excess: dict[int, float], is_alike: bool
) -> Problem:
    most = max(excess, key=lambda year: excess[year])
    rule = (
        f"{' + '.join(relation.parts)} of {entity} exceed {' + '.join(relation.totals)} in "
        f"{_spans(sorted(excess))}, at most by {100 * excess[most]:.3g} % ({most})"
    )
    if is_alike:
        return Problem(file, "", f"{rule}: {relation.reason.en}", "check both figures")
    return Problem(
        file,
        "",
        f"{rule}: some are as first published, the others of revised accounts "
        "('accounts' in sources.yml)",
        "enter revised figures of all of them",
    )


def _spans(years: Sequence[int]) -> str:
    """Write years that follow each other as one span."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(f"{one[0]}" if len(one) == 1 else f"{one[0]}–{one[-1]}" for one in spans)
