"""The forecast methods of the book: every module of this folder is found and registers its own."""

from planbook.files.modules import import_all

import_all(__name__)
