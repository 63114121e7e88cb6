"""A city beside the others of its province, and its place among all cities compared."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planbook.analysis.peers import LARGEST_FIRST, QUANTILES, place
from planbook.data import units
from planbook.data.peers import Peers
from planbook.report.drawing import style as charts
from planbook.report.figure import assemble
from planbook.report.html.cells import said, strong
from planbook.report.html.fragments import Shown, draw
from planbook.report.html.tabular import Give, Tabular, shown
from planbook.report.peers import charts as charts_peers
from planbook.report.view import View
from planbook.text import MISSING, join, number, quantity

STRIP_TICKS = {
    False: ("min", "p10", "p25", "p50", "p75", "p90", "max"),
    True: ("min", "p50", "max"),
}
STRIP_ENDS = {("intensity_change", "min"): "fall", ("intensity_change", "max"): "rise"}
STRIP_DIGITS = {"intensity": 1, "intensity_change": 0}
PLACE_WORDS = {
    "top_tenth": "peer_place_top_tenth",
    "top_quarter": "peer_place_top_quarter",
    "upper_half": "peer_place_upper_half",
    "middle": "peer_place_middle",
    "lower_half": "peer_place_lower_half",
    "bottom_quarter": "peer_place_bottom_quarter",
    "bottom_tenth": "peer_place_bottom_tenth",
}


def none(view: View) -> Shown:
    """Say that the city's folder holds no comparison."""
    return said(view.say("peer_none", city=view.place(view.city)))


def _names(view: View, peers: Peers) -> tuple[pd.Series, list[str]]:
    """Name the cities by code, and list those that the comparison lacks."""
    frame = peers.frame[peers.frame["row"] == "peer"].drop_duplicates("code").set_index("code")
    names = frame[f"name_{view.lang}"]
    known = set(peers.frame.dropna(subset=["rank"])["code"])
    return names, [name for code, name in names.items() if code not in known]


def _percent(view: View, value: float, digits: int = 1) -> str:
    text = quantity(value, "%", view.lang, digits)
    return f"+{text}" if value > 0 else text


def _place(view: View, row: pd.Series) -> str:
    return view.say(PLACE_WORDS[place(int(row["rank"]), int(row["count"]))])


def reading(view: View, peers: Peers) -> str:
    """Say in one sentence where the city stands in level and in change."""
    first, last = peers.years("intensity")[0], peers.years("intensity")[-1]
    change = peers.named("intensity_change", last).loc[peers.code]
    level = peers.named("intensity", last, peers.prices()[0]).loc[peers.code]
    middle = peers.quantiles("intensity_change", last)["p50"]
    return view.say(
        "peer_reading" if change["value"] < 0 else "peer_reading_rise",
        city=view.place(view.city),
        first=first,
        last=last,
        change=quantity(abs(change["value"]), "%", view.lang, 1),
        place=_place(view, change),
        count=int(change["count"]),
        middle=_percent(view, middle),
        level_place=_place(view, level),
        level_count=int(level["count"]),
    )


def notes(view: View, peers: Peers) -> list[str]:
    """Say what the comparison rests on and what it lacks."""
    prices, last = peers.prices(), peers.years("intensity")[-1]
    lines = [view.say("peer_note_modelled")]
    ranked = [peers.named("intensity", last, base).loc[peers.code] for base in prices]
    if len(prices) > 1:
        lines.append(
            view.say(
                "peer_note_prices",
                first=prices[0],
                second=prices[-1],
                rank=int(ranked[0]["rank"]),
                other=int(ranked[-1]["rank"]),
            )
        )
    lines.append(view.say("peer_note_boundary"))
    _, absent = _names(view, peers)
    if absent:
        lines.append(view.say("peer_note_absent", list=join(absent, view.lang)))
    lines.append(view.say("peer_note_ties"))
    return lines


def _strip(view: View, peers: Peers, ax: Axes, measure: str, title: str, narrow: bool) -> None:
    """Draw the place of the city among all cities compared, by one measure."""
    last = peers.years("intensity")[-1]
    prices = peers.prices()[0] if measure == "intensity" else None
    rows = peers.named(measure, last, prices).dropna(subset=["rank"])
    points = peers.quantiles(measure, last, prices)
    count = int(rows["count"].iloc[0])
    shares = [_share(int(row["rank"]), count, measure) for _, row in rows.iterrows()]
    own = rows.loc[peers.code]
    digits = STRIP_DIGITS[measure]
    ticks = {
        QUANTILES[name]: view.say(
            "peer_strip_tick",
            share=view.say(f"peer_tick_{STRIP_ENDS.get((measure, name), name)}"),
            value=number(points[name], digits)
            if measure == "intensity"
            else _percent(view, points[name], digits),
        )
        for name in STRIP_TICKS[narrow]
    }
    charts_peers.plot_strip(
        ax,
        [(share, code == peers.code) for share, code in zip(shares, rows.index, strict=True)],
        ticks,
        label=view.say("peer_rank_label", city=view.place(view.city), place=_place(view, own)),
    )
    ax.set_title(charts.wrap(title, 46 if narrow else 96), fontsize=9.5)


def _panels(figure: Figure, tall: float, narrow: bool) -> list[Axes]:
    """Make panels for levels, changes and two strips, the first `tall` as such."""
    if narrow:
        grid = figure.add_gridspec(4, 1, height_ratios=[tall, tall, 0.95, 0.95])
        return [figure.add_subplot(grid[row, 0]) for row in range(4)]
    grid = figure.add_gridspec(3, 5, height_ratios=[tall, 0.95, 0.95])
    return [
        figure.add_subplot(grid[0, :3]),
        figure.add_subplot(grid[0, 3:]),
        figure.add_subplot(grid[1, :]),
        figure.add_subplot(grid[2, :]),
    ]


def beside(view: View, peers: Peers) -> Shown:
    """Draw the province's cities beside each other and the city's place among all."""
    first, last = peers.years("intensity")[0], peers.years("intensity")[-1]
    base = peers.prices()[0]
    names, _ = _names(view, peers)
    start = peers.named("intensity", first, base)["value"]
    level = peers.named("intensity", last, base).dropna(subset=["value"])
    change = peers.named("intensity_change", last)
    order = list(level.sort_values("value", ascending=False).index)
    unit, _ = units.display("t/1e4 CNY", view.lang)

    def marks(of_change: bool, width: int) -> list[charts_peers.PeerMark]:
        made = []
        for code in order:
            value = float((change if of_change else level).at[code, "value"])
            label = _percent(view, value) if of_change else number(value, 2)
            made.append(
                charts_peers.PeerMark(
                    charts.wrap(names[code], width),
                    float(start[code]),
                    value,
                    label,
                    code == peers.code,
                )
            )
        return made

    heads = {
        "level": view.say("peer_head_level", first=first, last=last, unit=unit, prices=base),
        "change": view.say("peer_head_change", first=first, last=last),
        "strip_level": view.say("peer_head_strip_level", year=last),
        "strip_change": view.say("peer_head_strip_change", first=first, last=last),
    }

    def paint(figure: Figure, narrow: bool) -> None:
        charts.space_panels(figure)
        tall = 0.42 * len(order) + 0.3
        axes = _panels(figure, tall, narrow)
        charts_peers.plot_pairs(axes[0], marks(False, 20), room=1.25 if narrow else 1.18)
        charts_peers.plot_changes(axes[1], marks(True, 20), named=narrow)
        width = 46 if narrow else 60
        axes[0].set_title(charts.wrap(heads["level"], width), fontsize=9.5)
        axes[1].set_title(charts.wrap(heads["change"], width if narrow else 36), fontsize=9.5)
        _strip(view, peers, axes[2], "intensity", heads["strip_level"], narrow)
        _strip(view, peers, axes[3], "intensity_change", heads["strip_change"], narrow)

    said = reading(view, peers)
    listed = view.say("semicolon").join(
        view.say(
            "peer_alt_city",
            city=names[code],
            level=number(level.at[code, "value"], 2),
            change=_percent(view, float(change.at[code, "value"])),
        )
        for code in order
    )
    height = 0.42 * len(order)
    return assemble(
        view,
        anchor="peers",
        title=view.say("title_peers"),
        reading=said,
        alt=view.say("peer_alt", reading=said, list=listed),
        images=draw(paint, 3.1 + height, 4.2 + 2 * height),
        sources=peers.sources,
        notes=notes(view, peers),
        data=export(view, peers),
    )


def _share(rank: int, count: int, measure: str) -> float:
    """Place a rank on the line from the lowest to the highest value."""
    ahead = (rank - 1) / (count - 1) if count > 1 else 0.5
    return 1 - ahead if LARGEST_FIRST[measure] else ahead


def export(view: View, peers: Peers) -> pd.DataFrame:
    """Give every fact of the comparison as a long table for download."""
    frame = peers.frame
    quantile = [
        view.say(f"peer_tick_{code}") if row == "quantile" else name
        for code, row, name in zip(
            frame["code"], frame["row"], frame[f"name_{view.lang}"], strict=True
        )
    ]
    return pd.DataFrame(
        {
            view.say("column_indicator"): [
                view.say(f"peer_measure_{one}") for one in frame["measure"]
            ],
            view.say("column_year"): frame["year"],
            view.say("column_since"): frame["since"],
            view.say("column_prices"): frame["prices"],
            view.say("column_place"): quantile,
            view.say("column_value_modelled"): frame["value"],
            view.say("column_unit"): frame["unit"],
            view.say("column_kind"): view.say("status_modelled"),
            view.say("column_rank"): frame["rank"],
            view.say("column_cities"): frame["count"],
        }
    )


def listing(view: View, peers: Peers) -> Shown:
    """Show the province's cities in a table, with their ranks among all cities compared."""
    first, last = peers.years("intensity")[0], peers.years("intensity")[-1]
    base = peers.prices()[0]
    names, _ = _names(view, peers)
    start = peers.named("intensity", first, base)
    level = peers.named("intensity", last, base)
    change = peers.named("intensity_change", last)
    heads = (
        peers.named("per_head", peers.years("per_head")[-1]) if peers.years("per_head") else None
    )
    extremes = peers.quantiles("intensity_change", last)
    ends = {
        key: _percent(view, extremes[name], 0) for key, name in (("least", "min"), ("most", "max"))
    }
    unit, _ = units.display("t/1e4 CNY", view.lang)

    def name(code: str) -> str:
        return strong(names[code]) if code == peers.code else names[code]

    def known(give: Give, without: str = MISSING) -> Give:
        return lambda code: give(code) if pd.notna(level.at[code, "value"]) else without

    def per_head(code: str) -> str:
        is_known = heads is not None and code in heads.index
        return number(float(heads.at[code, "value"]) if heads is not None and is_known else None, 1)

    fields = [
        shown("column_peer", name),
        shown(
            "column_peer_level",
            known(lambda code: number(start.at[code, "value"], 2)),
            year=first,
            unit=unit,
            numeric=True,
        ),
        shown(
            "column_peer_level",
            known(lambda code: number(level.at[code, "value"], 2), view.say("peer_not_included")),
            year=last,
            unit=unit,
            numeric=True,
        ),
        shown(
            "column_peer_rank_level", known(lambda code: _rank(view, level.loc[code])), numeric=True
        ),
        shown(
            "column_peer_change",
            known(lambda code: _percent(view, float(change.at[code, "value"]))),
            first=first,
            last=last,
            numeric=True,
        ),
        shown(
            "column_peer_rank_change",
            known(lambda code: _rank(view, change.loc[code])),
            numeric=True,
        ),
        shown("column_peer_head", known(per_head), year=last, numeric=True),
    ]
    return Tabular(
        view, list(level.sort_values("value", ascending=False, na_position="last").index), fields
    ).show(
        "label_peers",
        "pb-peers",
        notes=[view.say("peer_note_ranks", **ends)],
        name="peers",
        frame=export(view, peers),
    )


def _rank(view: View, row: pd.Series) -> str:
    return view.say("peer_rank", rank=int(row["rank"]), count=int(row["count"]))
