"""Run notebooks by Papermill: checked parameters, temporary files, reuse of what is fresh."""

from planbook.execute.runner import Outcome, Task, run

__all__ = ["Outcome", "Task", "run"]
