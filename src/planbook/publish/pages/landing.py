"""The page in front of both editions: plain HTML, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from planbook.publish import words as wording
from planbook.publish.checks.policy import protect

_PAGE = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{alternates}
<link rel="stylesheet" href="{first}/_static/planbook.css">
</head>
<body class="pb-landing">
<main>
{sections}
</main>
{footer}</body>
</html>
"""

_SECTION = """\
<section lang="{tag}">
<h1>{title}</h1>
{subtitle}<p><a class="pb-open" href="{lang}/index.html" hreflang="{tag}">{label}</a></p>
{summary}</section>
"""


def write_landing(
    out: Path,
    *,
    title: Mapping[str, str],
    summary_html_by_lang: Mapping[str, str] | None = None,
    subtitle: Mapping[str, str] | None = None,
    footer: Mapping[str, str] | None = None,
    langs: Sequence[str] = wording.LANGUAGES,
) -> Path:
    """Write ``index.html`` with a way into each edition."""
    sections = []
    for lang in langs:
        line = (subtitle or {}).get(lang, "")
        summary = (summary_html_by_lang or {}).get(lang, "")
        sections.append(
            _SECTION.format(
                lang=lang,
                tag=wording.HTML_LANGUAGE[lang],
                title=escape(title[lang]),
                subtitle=f'<p class="pb-subtitle">{escape(line)}</p>\n' if line else "",
                label=escape(wording.word("open_edition", lang)),
                summary=f'<div class="pb-summary">\n{summary}\n</div>\n' if summary else "",
            )
        )
    alternates = "\n".join(
        f'<link rel="alternate" hreflang="{wording.HTML_LANGUAGE[lang]}" href="{lang}/index.html">'
        for lang in langs
    )
    closing = [
        f'<span lang="{wording.HTML_LANGUAGE[lang]}">{escape(footer[lang])}</span>'
        for lang in langs
        if footer and footer.get(lang)
    ]
    page = _PAGE.format(
        lang=wording.HTML_LANGUAGE[langs[0]],
        title=escape(" · ".join(title[lang] for lang in langs)),
        alternates=alternates,
        first=langs[0],
        sections="".join(sections),
        footer=f"<footer>{' · '.join(closing)}</footer>\n" if closing else "",
    )
    out.mkdir(parents=True, exist_ok=True)
    path = out / "index.html"
    path.write_text(protect(page), encoding="utf-8", newline="\n")
    return path
