"""Run notebooks by Papermill: checked parameters, warm kernels, reuse of what is fresh."""

from planbook.execute.pools import Pool
from planbook.execute.runner import Outcome, Parent, Settings, Started, run, run_all
from planbook.execute.task import Order, Task, execute_task

__all__ = [
    "Order",
    "Outcome",
    "Parent",
    "Pool",
    "Settings",
    "Started",
    "Task",
    "execute_task",
    "run",
    "run_all",
]
