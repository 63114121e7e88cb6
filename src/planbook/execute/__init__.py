"""Run notebooks by Papermill: checked parameters, warm kernels, reuse of what is fresh."""

from planbook.execute.runner import Outcome, Parent, Settings, Started, run
from planbook.execute.task import Order, Task, execute_task

__all__ = ["Order", "Outcome", "Parent", "Settings", "Started", "Task", "execute_task", "run"]
