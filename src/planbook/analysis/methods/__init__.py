"""Published methods of judging progress, side by side, on the same figures."""

from __future__ import annotations

from planbook.analysis.methods.base import (
    METHODS,
    Case,
    Cuts,
    NotApplicableError,
    Result,
    growth,
)
from planbook.analysis.methods.compare import GOOD, disagreement, judge, majority, stance
from planbook.analysis.methods.published import (
    combine_open_sdg,
    escap_parity,
    escap_status,
    eurostat,
    germany,
    limit_factor,
    open_sdg,
    open_sdg_score,
    un_chart,
    worst_symbol,
)
from planbook.analysis.methods.schedule import (
    ALERTS,
    required_geometric,
    required_linear,
    schedule_geometric,
    schedule_linear,
    schedule_path,
    task_of_year,
)

__all__ = [
    "ALERTS",
    "GOOD",
    "METHODS",
    "Case",
    "Cuts",
    "NotApplicableError",
    "Result",
    "combine_open_sdg",
    "disagreement",
    "escap_parity",
    "escap_status",
    "eurostat",
    "germany",
    "growth",
    "judge",
    "limit_factor",
    "majority",
    "open_sdg",
    "open_sdg_score",
    "required_geometric",
    "required_linear",
    "schedule_geometric",
    "schedule_linear",
    "schedule_path",
    "stance",
    "task_of_year",
    "un_chart",
    "worst_symbol",
]
