"""Read the development data of the forecasting benchmark."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

FILES = {
    "M3": "m3_yearly.csv.gz",
    "general": "general_annual_dev.csv.gz",
    "in-domain": "in_domain_dev.csv.gz",
}
META = "series_meta_dev.csv.gz"
TARGETS = "targets_dev.csv.gz"


@dataclass(frozen=True)
class Case:
    """One series of the benchmark.

    Attributes
    ----------
    series_id, dataset, entity : str
        `entity` is the country; the series itself where there is none.
    train, test : numpy.ndarray
        `test` is empty unless asked for.
    lower, upper : float
    target : tuple of (int, str, float, int) or None
        Step, direction, value, and whether it was met.
    """

    series_id: str
    dataset: str
    entity: str
    train: np.ndarray
    test: np.ndarray
    lower: float
    upper: float
    target: tuple[int, str, float, int] | None = None


def load(folder: Path, *, test: bool) -> list[Case]:
    """Read every series; the test parts and targets only if `test`.

    Parameters
    ----------
    folder : pathlib.Path
        Holds the files named in `FILES`, `META` and `TARGETS`.
    test : bool

    Returns
    -------
    list of Case
    """
    meta = pd.read_csv(folder / META).set_index("series_id")
    asked = {}
    if test:
        for row in pd.read_csv(folder / TARGETS).itertuples():
            asked[row.series_id] = (int(row.h), row.direction, float(row.target), int(row.met))
    out = []
    for dataset, name in FILES.items():
        for series_id, rows in pd.read_csv(folder / name).groupby("series_id", sort=False):
            rows = rows.sort_values("t")
            one = meta.loc[series_id]
            known = rows.loc[rows["split"] == "train", "value"].to_numpy()
            later = rows.loc[rows["split"] == "test", "value"].to_numpy() if test else np.empty(0)
            out.append(
                Case(
                    series_id,
                    dataset,
                    one["entity"] if isinstance(one["entity"], str) else series_id,
                    known,
                    later,
                    float(one["lower"]) if pd.notna(one["lower"]) else -np.inf,
                    float(one["upper"]) if pd.notna(one["upper"]) else np.inf,
                    asked.get(series_id),
                )
            )
    return out


def half(entity: str) -> int:
    """Put an entity into half 0 or 1, the same in every run."""
    return hashlib.sha256(entity.encode()).digest()[0] % 2


def digest(path: Path) -> str:
    """Give the SHA-256 of a file, its first 16 digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
