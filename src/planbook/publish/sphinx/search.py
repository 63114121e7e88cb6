"""Full-text search that finds Chinese and English words without a server."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from sphinx.search.en import SearchEnglish

NAME = "planbook"

# Ideographs: extension A, the main block, compatibility, and the planes above.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(f"[{_HAN}]+|[^\\W{_HAN}]+")
_IS_HAN = re.compile(f"[{_HAN}]")

_SPLIT_QUERY = r"""
/* Chinese is searched by pairs of characters, as it is indexed. */
var splitQuery = (query) => {
  const words = [];
  for (const run of query.replace(/\p{Script=Han}+/gu, " $& ").split(/[^\p{L}\p{N}_]+/u)) {
    const characters = [...run];
    if (characters.length > 2 && /\p{Script=Han}/u.test(run))
      for (let i = 0; i + 1 < characters.length; i++)
        words.push(characters[i] + characters[i + 1]);
    else if (run) words.push(run);
  }
  return words;
};
"""


class BilingualSearch(SearchEnglish):
    """Index English words by their stems and Chinese by characters and pairs.

    Any stretch of Chinese is found, whatever a dictionary would take for a
    word: names of departments, of townships, of technical measures. Nothing
    is guessed, so the index is the same on every machine.
    """

    lang = NAME
    language_name = "Chinese and English"
    js_splitter_code = _SPLIT_QUERY

    @cache  # noqa: B019 - one for each rendering, which ends with its process
    def stem(self, word: str) -> str:
        """Reduce a word to its stem; most words stand on many pages."""
        return super().stem(word)

    def split(self, input: str) -> list[str]:
        """Split text into the terms that the index holds."""
        terms: list[str] = []
        for token in _TOKEN.findall(input):
            if _IS_HAN.match(token):
                terms.extend(token)
                terms.extend(first + second for first, second in pairwise(token))
            else:
                terms.append(token)
        return terms
