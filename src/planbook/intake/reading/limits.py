"""How large a file may be; a department's sheet stays far below all of these."""

from __future__ import annotations

MAX_FILES = 100  # files of one import
MAX_FILE_BYTES = 10_000_000
MAX_CSV_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 40_000_000  # all members of a workbook together
MAX_PART_RATIO = 150  # unpacked size over packed size of one member ...
RATIO_FROM_BYTES = 500_000  # ... that is larger than this; small members pack well
MAX_PARTS = 300
MAX_SHEETS = 40
MAX_ROWS = 10_000  # rows with content of one sheet
MAX_COLUMNS = 300
MAX_CELLS = 100_000  # of one workbook
MAX_MERGED_CELLS = 10_000
MAX_NAMES = 20_000  # defined names, validation rules, formats of one workbook
MAX_TEXT = 1_000  # characters of one cell
MAX_FIELD = 100_000  # characters between two commas: more, and a quotation mark is missing
MAX_HEADER_ROW = 20  # the header stands in one of the first rows
SECONDS = 4.0  # of processor time for one workbook in the child process
CHILD_BYTES = 400_000_000  # address space of the child process
