"""The readers under changed bytes: a short guided run, and mutations of the corpus."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planbook.files.records import Text
from planbook.intake.meaning.entries import Knows
from planbook.intake.meaning.layout import find_table
from planbook.intake.meaning.scope import Scopes
from planbook.intake.reading.delimited import read_table
from planbook.intake.reading.refusal import Refused
from planbook.intake.reading.workbook import read_workbook

CORPUS = Path(__file__).resolve().parents[1] / "bad_inputs"
SECONDS = 10
SCOPES = Scopes({"city": Text(en="Smallville", zh="小城市"), "east": Text(en="East", zh="东区")})
KNOWS = Knows(lambda text: len(text) > 3, lambda text: len(text) < 3, SCOPES, lambda texts: False)
# small files of every kind, so that a mutation changes something that matters
SEEDS = sorted(
    path
    for path in CORPUS.iterdir()
    if path.suffix in (".csv", ".xlsx") and 0 < path.stat().st_size < 20_000
)


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed here"
)
def test_guided_fuzzing_finds_no_crash(tmp_path):
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for path in SEEDS:
        shutil.copy(path, seeds)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "fuzz_readers.py"), str(seeds), "-seed=1",
         f"-max_total_time={SECONDS}", "-max_len=20000", "-timeout=15", "-rss_limit_mb=1500"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", errors="replace", timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "DONE" in done.stderr or "Done" in done.stderr
    assert not list(tmp_path.glob("crash-*")) + list(tmp_path.glob("timeout-*"))


@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(
        st.tuples(
            st.floats(0, 1), st.sampled_from(["flip", "cut", "double", "zero"]), st.integers(1, 255)
        ),
        max_size=4,
    ),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_files_are_read_or_refused(seed, edits):
    raw = bytearray(seed.read_bytes())
    for where, kind, value in edits:
        at = min(int(where * len(raw)), max(0, len(raw) - 1))
        if not raw:
            break
        if kind == "flip":
            raw[at] ^= value
        elif kind == "zero":
            raw[at : at + value] = bytes(min(value, len(raw) - at))
        elif kind == "cut":
            del raw[at : at + value]
        else:
            raw[at:at] = raw[at : at + value]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{seed.suffix}"
        path.write_bytes(bytes(raw))
        try:
            grids = (
                read_workbook(path, path.name)
                if seed.suffix == ".xlsx"
                else [read_table(path, path.name)]
            )
        except Refused as refused:
            assert refused.rule
            return
        for grid in grids:
            find_table(grid, KNOWS)
