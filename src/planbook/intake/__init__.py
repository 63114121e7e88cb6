"""New figures in, safely: templates, reading, checking, preview, writing, undoing.

The modules run in this order: `safety`, `workbook` (with `style_sheets` and
`number_formats`) and `delimited` read files into grids of cells (`grids`; workbooks in a
child process, `child` and `reader`); `sheets` tells what each sheet is for, `layout` finds
the tables in it (`headings`, `heads`, `rows`, `lines`) and gives every cell a role
(`forms`); `values`, `names` and `resolve` turn rows into figures, `scope` and `agree` set
beside them what stands around; `schema` and `checks` test these; `answers` keeps what an
analyst has answered; `compare` says what is new; `merge` makes the files to write;
`records` and `undo` keep and take back an import.
"""
