"""Lines around the rows of figures: units, who sends a form, titles, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from planbook.intake.meaning import other_rows as rows
from planbook.intake.meaning.entries import DECORATION, READ_WITH, Knows, Said, Table
from planbook.intake.meaning.scope import simple, tidy
from planbook.intake.reading.grid import Cell, Grid

_DAY = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*\d{1,2}\s*日?")


class Lines:
    """What lines around the rows of figures say: units, sender, titles, notes."""

    def __init__(
        self, grid: Grid, knows: Knows, table: Table, said: tuple[Said, ...] = (),
        units: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.grid, self.knows, self.table = grid, knows, table
        self.units = units  # of the lines above; several must agree
        self.fresh: list[str] = []  # units of lines not yet followed by a figure
        self.said: list[Said] = list(said)

    def take(self, cells: Iterable[Cell], role: str) -> None:
        for cell in cells:
            self.table.roles[cell.row, cell.column] = role

    def line(self, cells: Mapping[int, Cell]) -> list[Cell]:
        """Take from a row what is a line of its own; give the cells left over."""
        left, follows = [], None
        for cell in cells.values():
            text = tidy(cell.text) if cell.kind == "s" else ""
            if follows is not None and cell.kind in "snd":  # 填报单位： | 市生态环境局
                follows(cell)
                self.take([cell], READ_WITH)
                follows = None
                continue
            sender = rows.sender_of_line(text)
            if unit := rows.unit_of_line(text):
                self.fresh.append(unit)
                self.take([cell], READ_WITH)
                if sender:
                    self._follow_sender(Cell(cell.row, cell.column, "s", sender))
                if rest := _after_unit(text):
                    self.said.append(Said("title", rest, cell))
            elif re.fullmatch(r"(?:计量|数量)?单位\s*[:：]|units?\s*:", text, re.I):
                follows = self._follow_unit
                self.take([cell], READ_WITH)
            elif sender is not None:
                self.take([cell], READ_WITH)
                if sender:
                    self._follow_sender(Cell(cell.row, cell.column, "s", sender))
                else:
                    follows = self._follow_sender
            elif text and rows.is_signature(text):
                self.take([cell], DECORATION)
                self._note_signature(cell)
                if text.endswith(":"):
                    follows = self._note_signature
            else:
                left.append(cell)
        return left

    def _follow_unit(self, cell: Cell) -> None:
        self.fresh.append(tidy(cell.text))

    def settle(self) -> tuple[str, ...]:
        """Give the units that hold for the next figure: those of the lines just above it."""
        if self.fresh:
            self.units, self.fresh = tuple(self.fresh), []
        return self.units

    def _follow_sender(self, cell: Cell) -> None:
        self.table.sender = self.table.sender or simple(cell.text)
        self.said.append(Said("sender", cell.text, cell))

    def _note_signature(self, cell: Cell) -> None:
        """Keep what a signature says: one of July cannot stand below the figures of its year."""
        day = cell.text if cell.kind in "sd" else ""
        self.said.append(Said("note", _DAY.sub(r"\1年\2月", tidy(day)), cell))

    def read_title(self, above: Mapping[int, Mapping[int, Cell]]) -> None:
        """Take the lines above a header: titles, units, who sends it."""
        for cells in above.values():
            if rows.is_counting(cells):
                self.take(cells.values(), DECORATION)
                continue
            left = self.line(cells)
            texts = [cell for cell in left if cell.kind == "s"]
            if not left or len(texts) != len(left) or len(left) > 2 or not rows.is_words(texts):
                if left and len(left) == 1 and left[0].kind == "d":  # 2025年6月 is stored as a day
                    month = re.sub(r"^(\d{4})-0?(\d{1,2})-01$", r"\1年\2月", left[0].text)
                    self.said.append(Said("title", month, left[0]))
                    self.take(left, READ_WITH)
                continue  # not understood: a number, or a row of a table without a header
            for cell in texts:
                if document := rows.source_of_line(simple(cell.text)):
                    self.said.append(Said("note", document, cell))
                    self.take([cell], READ_WITH)
                    continue
                if unit := rows.unit_of_title(cell.text):
                    self.fresh.append(unit)
                where = "note" if rows.is_note(cell.text) else "title"
                self.said.append(Said(where, cell.text, cell))
                says = bool(unit) or any(
                    one.kind != "year" for one in self.knows.scopes.find(cell.text, where)
                )
                self.take([cell], READ_WITH if says else DECORATION)


def _after_unit(text: str) -> str:
    """Give what stands in a line beside its unit: a title, say."""
    rest = re.sub(r"[(（]?[\u4e00-\u9fff]*单位\s*[:：]\s*[^\s:：;；,，。]+", " ", text).strip(
        " ()（）"
    )
    return rest if re.search(r"\w{2}", rest) else ""
