"""Where each target stands, by rules that fit its shape."""

from __future__ import annotations

from planbook.analysis.progress.facts import (
    AT_RISK,
    BEHIND_SCHEDULE,
    DECIDED,
    ON_COURSE,
    ON_SCHEDULE,
    VERDICTS,
    Facts,
    Judgement,
    measure,
)
from planbook.analysis.progress.pace import Pace
from planbook.analysis.progress.stability import HISTORY_YEARS, Flip, history
from planbook.analysis.progress.standing import Standing, stand, stand_all
from planbook.analysis.progress.status import ahead, status_frame, status_rows

__all__ = [
    "AT_RISK",
    "BEHIND_SCHEDULE",
    "DECIDED",
    "HISTORY_YEARS",
    "ON_COURSE",
    "ON_SCHEDULE",
    "VERDICTS",
    "Facts",
    "Flip",
    "Judgement",
    "Pace",
    "Standing",
    "ahead",
    "history",
    "measure",
    "stand",
    "stand_all",
    "status_frame",
    "status_rows",
]
