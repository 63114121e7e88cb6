"""The catalogue: what is accepted, and what each fault is told."""

from pathlib import Path

import pytest

from planbook.data.catalog import Department, load_catalog
from planbook.errors import DataError

DEPARTMENTS = {"energy": Department(en="Energy", zh="能源局")}
GOOD = """
coal_share:
  title: {en: Coal share, zh: 煤炭占比}
  unit: "%"
  direction: down
  kind: share
  bounds: [0, 100]
  definition: {en: Share of coal., zh: 煤炭比重。}
  department: energy
"""


def load(tmp_path: Path, text: str):
    (tmp_path / "energy.yml").write_text(text, encoding="utf-8")
    return load_catalog(tmp_path, DEPARTMENTS, tmp_path)


def test_a_good_entry_is_read(tmp_path):
    entry = load(tmp_path, GOOD)["coal_share"]
    assert (entry.sector, entry.title["zh"], entry.upper) == ("energy", "煤炭占比", 100)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("direction: down", "direction: down\n  colour: red", "energy.yml line 6, key coal_share.colour: unknown key 'colour'; remove the key or mend its name"),
        ('unit: "%"', "unit: percent", "unknown unit; known are kg"),
        ("department: energy", "department: magic", "unknown department 'magic'; use an id of data/departments.yml"),
        ("  kind: share\n", "", "'kind' is missing; add it"),
        ("direction: down", "direction: down\n  prices: nominal", "value 'nominal'"),
        ("direction: down", "direction: sideways", "value 'sideways'"),
        ("bounds: [0, 100]", "bounds: [100, 0]", "the lower bound is not below the upper one"),
        ("zh: 煤炭占比", 'zh: ""', "the zh text is empty"),
        ("department: energy", "department: energy\n  stands_for: ghost\n  comparability: proxy", "no indicator 'ghost'; mend the id or add the entry"),
        ("department: energy", "department: energy\n  stands_for: coal_share", "'stands_for' needs 'comparability'"),
        ("department: energy", "department: energy\n  derive: {op: ratio, of: [coal_share]}", "'ratio' takes another number of indicators than 1"),
        ("direction: down", "direction: down\n  direction: up", "key 'direction' stands twice (first in line 5)"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_place_and_remedy(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(DataError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert message in str(caught.value)
    assert str(caught.value).startswith("energy.yml line ")


def test_prices_and_gaps_are_read(tmp_path):
    text = GOOD.replace("kind: share", "kind: share\n  prices: constant") + (
        "  breaks:\n"
        "    - {from: 2014, gap: true, reason: {en: No figure., zh: 缺数据。}}\n"
        "    - {from: 2016, reason: {en: New survey., zh: 调查改制。}}\n"
    )
    entry = load(tmp_path, text)["coal_share"]
    assert entry.prices == "constant"
    assert [(item.from_, item.gap) for item in entry.breaks_of("town")] == [
        (2014, True),
        (2016, False),
    ]
    assert load(tmp_path, GOOD)["coal_share"].prices is None


def test_an_id_in_two_sectors_is_an_error(tmp_path):
    (tmp_path / "waste.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(DataError, match=r"waste.yml .*the id stands in energy.yml, too"):
        load(tmp_path, GOOD)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no catalogue file"):
        load_catalog(tmp_path, DEPARTMENTS, tmp_path)
