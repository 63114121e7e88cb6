// The forecast explorer: its controls and words around the chart.
import { chart, marker } from "./chart.js";
import { LETTERS, make, toQuery, writer } from "./host.js";
import { defaults, explore, targetOf } from "./mathematics.js";
import { roundUp, shell, within } from "./shell.js";

/** Bring settings from a link, a widget or an input within what the payload allows. */
function tidy(payload, asked) {
  const place = Number.isInteger(asked.series) && payload.series[asked.series] ? asked.series : 0;
  const one = payload.series[place], out = defaults(payload, place);
  const first = one.years[0], last = one.years[one.years.length - 1];
  const limits = {
    horizon: [first, last, true], level: [50, 99, true], adjust_from: [first, last, true],
    step_from: [first, last, true], ramp: [1, 10, true], fade: [0, 100], trend_fade: [0, 100],
    adjust: asked.adjust_unit === "points" ? [-1e12, 1e12] : [-50, 50],
    step: asked.step_unit === "points" ? [-1e12, 1e12] : [-99, 300],
  };
  for (const key of Object.keys(limits)) {
    const value = within(asked[key], limits[key]);
    if (value !== null) out[key] = value;
  }
  for (const key of ["adjust_unit", "step_unit"]) if (asked[key] === "points") out[key] = "points";
  if (Object.hasOwn(one.models, asked.model)) out.model = asked.model;
  if (Object.hasOwn(one.models[out.model], String(asked.window))) out.window = Number(asked.window);
  for (const key of ["target", "deadline"]) {
    const value = within(asked[key], [-Infinity, Infinity]);
    if (value !== null) out[key] = value;
  }
  if (out.deadline !== null) out.deadline = Math.min(Math.max(Math.round(out.deadline), first), last);
  return out;
}

const nameOf = (one) => `${one.id}.${one.entity}`;
const isMoved = (settings) => settings.adjust !== 0 || settings.step !== 0 || settings.trend_fade !== 0;

function forecastKind(app, { choice, slider, group, find, status }) {
  const { model } = app;
  let one, write, t, drawn, result, others = [];

  const aimOf = () => targetOf(one, app.state.settings);
  const modelName = (settings) => t(`method_${settings.model}`);
  const heading = () => t("heading", { name: one.name[app.lang], place: one.place[app.lang] });

  // ---- settings ----

  function change(key, value) {
    const { settings } = app.state;
    if (key === "series") app.state.settings = { ...defaults(app.payload, value), level: settings.level };
    else {
      settings[key] = value;
      if (key === "model" && !(String(settings.window) in one.models[value])) settings.window = 0;
      if (key === "adjust_unit") settings.adjust = 0;
      if (key === "step_unit") settings.step = 0;
    }
    return key === "series" || key.endsWith("unit");
  }

  function encode(settings) {
    const query = toQuery(settings);
    query.set("series", nameOf(app.payload.series[settings.series]));
    return query;
  }

  function decode(query) {
    const asked = Object.fromEntries(query);
    asked.series = app.payload.series.findIndex((item) => nameOf(item) === asked.series);
    return asked;
  }

  // ---- what is shown ----

  function compared() {
    return app.state.saved
      .filter((settings) => settings.series === app.state.settings.series)
      .map((settings) => ({ settings, result: explore(app.payload, { ...settings, horizon: app.state.settings.horizon }) }));
  }

  function show() {
    const { settings } = app.state, aim = aimOf(), moved = isMoved(settings);
    result = explore(app.payload, settings);
    others = compared();
    drawn.draw({
      one, result, aim, moved, lang: app.lang, t, write, stamp: app.stamp, settings, saved: others, tell: tellYear,
    });
    const texts = cards(aim, moved);
    return {
      cards: texts,
      digest: [
        t("digest", { year: settings.horizon, value: texts.middle[1], interval: texts.middle[2] }),
        aim ? `${texts.chance[0]}${t("colon")}${texts.chance[1]}` : "",
        aim ? `${texts.reached[0]}${t("colon")}${texts.reached[1]}` : "",
      ].filter(Boolean).join(" · "),
    };
  }

  function legend() {
    const modelled = one.history.status.includes("modelled");
    const line = (kind, text) => ({ line: `pb-x-line pb-x-${kind}`, text });
    return [
      { ...line(one.role, t(modelled ? "legend_modelled" : "legend_figures", { place: one.place[app.lang] })), mark: { kind: `pb-x-mark pb-x-${one.role}`, d: marker(one.role, 17, 6) } },
      line("forecast", t("legend_forecast")),
      isMoved(app.state.settings) ? line("scenario", t("legend_scenario")) : null,
      { area: `pb-x-band${isMoved(app.state.settings) ? " pb-x-band-moved" : ""}`, text: t("legend_band") },
      aimOf() ? line("target", t("legend_target")) : null,
      ...others.map((_, n) => line(`saved-${n}`, t("line_saved", { letter: LETTERS[n] }))),
    ].filter(Boolean);
  }

  function tellYear(year) {
    const { history } = one, at = history.years.indexOf(year), step = one.years.indexOf(year);
    const lines = [String(year)];
    if (at >= 0) {
      const sign = { at_least: "≥ ", at_most: "≤ ", about: "≈ " }[history.qualifier[at]] || "";
      lines.push(sign + write.whole(history.values[at]), t(`status_${history.status[at]}`));
      if (history.source[at].length) lines.push(t("source", { source: history.source[at].map((n) => one.sources[n][app.lang]).join("; ") }));
    } else if (step >= 0) {
      const band = result.bands[0];
      lines.push(
        t("tip_middle", { value: write.whole(result.median[step]) }),
        t("tip_interval", { level: band.level, low: write.bare(band.lower[step]), high: write.whole(band.upper[step]) }));
      if (isMoved(app.state.settings)) lines.push(t("tip_base", { value: write.whole(result.base.median[step]) }));
    }
    return lines;
  }

  /** Write a difference; of shares in points, not in per cent. */
  function step(value, more = 0) {
    if (one.unit[app.lang].label !== "%") return write.signed(value, more);
    const text = write.bare(value, more);
    return t("points", { value: value > 0 && /[1-9]/.test(text) ? `+${text}` : text });
  }

  /** Write the pace of steps, and of rates where they have a meaning. */
  function pace(value, rate) {
    if (value === null) return "–";
    const steps = t("a_year", { value: step(value, 1) });
    const many = rate === null || one.unit[app.lang].label === "%" ? "" : t("in_brackets", { value: `${rate > 0 ? "+" : ""}${write.percent(100 * rate)}` });
    return steps + many;
  }

  function cards(aim, moved) {
    const { settings } = app.state, at = one.years.indexOf(settings.horizon), band = result.bands[0];
    return {
      middle: [t("card_middle", { year: settings.horizon }), write.whole(result.median[at]),
        t("card_interval", { level: band.level, low: write.bare(band.lower[at]), high: write.whole(band.upper[at]) })],
      difference: [t("card_difference"), moved ? step(result.difference) : t("none_word"),
        moved && result.difference_pct !== null && one.unit[app.lang].label !== "%" ? `${result.difference_pct > 0 ? "+" : ""}${write.percent(result.difference_pct)}` : ""],
      chance: [aim ? t("card_chance", { year: aim.deadline }) : t("card_chance_none"),
        !aim ? "–" : result.decided !== null ? t(result.decided ? "met" : "missed") : write.chance(result.chance),
        moved && aim && result.decided === null ? t("card_before", { value: write.chance(result.chance_base) }) : ""],
      reached: [t("card_reached"), !aim ? "–" : result.reached === null ? t("not_by", { year: one.years[one.years.length - 1] }) : result.reached === one.last_year ? t("already") : String(result.reached),
        aim && result.likely !== null && result.likely !== one.last_year ? t("card_likely", { year: result.likely }) : ""],
      pace: [t("card_pace"), result.needed === null ? "–" : pace(result.needed, result.needed_rate),
        [result.seen === null ? "" : t("card_seen", { value: pace(result.seen, result.seen_rate), year: one.start.year }),
          result.ahead === null ? "" : t("card_ahead", { value: pace(result.ahead, result.ahead_rate) })].filter(Boolean).join(t("joint"))],
    };
  }

  function sentences() {
    const { settings } = app.state, aim = aimOf(), moved = isMoved(settings);
    const at = one.years.indexOf(settings.horizon), band = result.bands[0];
    const entry = one.models[settings.model][String(settings.window)];
    const out = [t(moved ? "say_scenario" : "say_forecast", {
      year: settings.horizon, model: modelName(settings), first: entry.fit[0], last: entry.fit[1], n: entry.fit[2],
      middle: write.whole(result.median[at]), level: band.level, low: write.bare(band.lower[at]), high: write.whole(band.upper[at]),
    })];
    if (moved) {
      const pct = result.difference_pct === null || one.unit[app.lang].label === "%" ? "" : t("in_brackets", { value: `${result.difference_pct > 0 ? "+" : ""}${write.percent(result.difference_pct)}` });
      out.push(t("say_difference", { difference: step(result.difference) + pct, base: write.whole(result.base.median[at]) }));
    }
    if (aim) {
      const goal = { value: `${{ ">=": "≥", "<=": "≤", "==": "=" }[aim.operator] || aim.operator}${app.lang === "zh" ? "" : " "}${write.whole(aim.value)}`, year: aim.deadline };
      if (result.decided !== null) out.push(t(result.decided ? "say_met" : "say_missed", goal));
      else if (result.chance === null) out.push(t("say_no_chance", goal));
      else out.push(t(moved ? "say_chance_moved" : "say_chance", { ...goal, chance: write.chance(result.chance), base: write.chance(result.chance_base) }));
      if (result.reached === one.last_year) out.push(t("say_already"));
      else if (result.reached === null) out.push(t("say_never", { year: one.years[one.years.length - 1] }));
      else out.push(t("say_reached", { year: result.reached }));
      if (result.needed !== null && result.seen !== null && result.ahead !== null) {
        out.push(t("say_pace", { needed: pace(result.needed, result.needed_rate), seen: pace(result.seen, result.seen_rate), ahead: pace(result.ahead, result.ahead_rate), since: one.start.year, from: one.last_year }));
      }
    } else out.push(t("say_no_target"));
    return out;
  }

  function saved(settings) {
    const item = app.payload.series[settings.series], same = settings.series === app.state.settings.series;
    const horizon = same ? app.state.settings.horizon : settings.horizon;
    const found = explore(app.payload, { ...settings, horizon }), other = writer(item.unit[app.lang], app.lang);
    return t("saved_line", {
      name: item.name[app.lang], year: horizon, chance: other.chance(found.chance),
      value: other.whole(found.median[item.years.indexOf(horizon)]),
    });
  }

  // ---- what is built once for a series ----

  function build() {
    t = app.t;
    const { settings } = app.state, { lang } = app;
    one = app.payload.series[settings.series];
    const unit = one.unit[lang];
    write = writer(unit, lang);
    drawn = chart();
    const first = one.years[0], last = one.years[one.years.length - 1];
    const years = { low: first, high: last, step: 1 };
    const last_value = Math.abs(one.history.last_shown ?? 1) || 1;
    const pointsUnit = unit.label === "%" ? t("points_unit") : unit.label;
    const span = unit.label === "%" ? 10 : roundUp(last_value * unit.factor * 0.2);
    const isPoints = (key) => settings[`${key}_unit`] === "points";
    const size = (key, wide) => (isPoints(key)
      ? { low: -span * (wide ? 5 : 1), high: span * (wide ? 5 : 1), step: span / 100, scale: unit.factor, unit: pointsUnit }
      : { low: wide ? -80 : -15, high: wide ? 80 : 15, step: wide ? 1 : 0.1, unit: "%" });
    const units = [["percent", t("unit_percent")], ["points", t("unit_points", { unit: pointsUnit })]];
    const goal = one.target ? one.target.value : null;
    const around = [...one.history.values, ...one.models[one.default]["0"] ? explore(app.payload, defaults(app.payload, settings.series)).median : [], goal ?? one.history.last_shown];
    const least = Math.min(...around), most = Math.max(...around), room = (most - least || last_value) * 0.6;
    const bound = (value) => Math.min(Math.max(value, one.change || one.bounds[0] === null ? -Infinity : one.bounds[0]), one.change || one.bounds[1] === null ? Infinity : one.bounds[1]);
    const tick = roundUp(((most - least || last_value) * unit.factor) / 500);
    const edge = (value, round) => round((bound(value) * unit.factor) / tick) * tick;

    return {
      heading: heading(),
      unit: () => (unit.label ? t("unit_line", { unit: unit.label }) : null),
      source: one.sources.length ? [t("source", { source: one.sources.map((item) => item[lang]).join(t("joint")) })] : [],
      file: one.id,
      before: [],
      stage: drawn.box,
      drawing: () => drawn.drawing,
      cards: ["middle", "chance", "reached", "pace", "difference"],
      groups: [
        group(t("group_data"),
          choice("series", t("indicator"), app.payload.series.map((item, n) => [n, t("named", { name: item.name[lang], place: item.place[lang] })]), Number),
          choice("model", t("model"), Object.keys(one.models).map((name) => [name, t(`method_${name}`)])),
          choice("window", t("window"), Object.keys(one.models[settings.model]).map(Number).sort((a, b) => (a === 0 ? -1 : b === 0 ? 1 : b - a)).map((n) => [n, n === 0 ? t("window_all", { n: one.models[settings.model]["0"].fit[2] }) : t("window_last", { n })]), Number),
          slider("horizon", t("horizon"), years),
          slider("level", t("level"), { low: 50, high: 99, step: 1, unit: "%" })),
        group(t("group_yearly"),
          slider("adjust", t("adjust"), size("adjust", false)),
          choice("adjust_unit", t("adjust_unit"), units),
          slider("adjust_from", t("adjust_from"), years),
          slider("fade", t("fade"), { low: 0, high: 100, step: 1, unit: "%" }),
          slider("trend_fade", t("trend_fade"), { low: 0, high: 100, step: 1, unit: "%" })),
        group(t("group_step"),
          slider("step", t("step"), size("step", true)),
          choice("step_unit", t("step_unit"), units),
          slider("step_from", t("step_from"), years),
          slider("ramp", t("ramp"), { low: 1, high: 10, step: 1, unit: t("years_unit") })),
        group(t("group_target"),
          slider("target", t("target"), { low: edge(least - room, Math.floor), high: edge(most + room, Math.ceil), step: tick, scale: unit.factor, unit: unit.label, get: () => app.state.settings.target ?? goal, empty: null }),
          slider("deadline", t("deadline"), { ...years, get: () => app.state.settings.deadline ?? (one.target ? one.target.deadline : null), empty: null }),
          make("p", { class: "pb-x-hint" }, one.asked ? t(one.stands_in ? "asked_stand_in" : "asked", { target: one.asked[lang] }) : t("asked_none"))),
      ],
      notes: [
        one.history.status.includes("modelled") ? t("note_modelled") : null,
        one.role.startsWith("city") || one.role === "county" ? null : t("note_context", { place: one.place[lang] }),
        one.stands_in ? t("note_stand_in") : null,
        ...one.breaks.map((item) => t("note_break", { year: item.year, reason: item.reason[lang] })),
        t("note_assumption"),
      ],
      kernel: model.address ? [] : [refit()],
      refresh() { // windows of which the model has no fit
        for (const option of find("window").options) option.disabled = !(option.value in one.models[app.state.settings.model]);
      },
    };
  }

  // ---- files ----

  function rows() {
    const unit = one.unit[app.lang].data, { settings } = app.state, source = (n) => one.history.source[n].map((k) => one.sources[k][app.lang]).join("; ");
    const head = ["indicator", "place", "year", "kind", "value", "low", "high", "level", "unit", "source"].map((key) => t(`column_${key}`));
    const start = [one.name[app.lang], one.place[app.lang]];
    const out = [head, ...one.history.years.map((year, n) => [...start, year, t(`status_${one.history.status[n]}`), one.history.values[n], null, null, null, unit, source(n)])];
    const add = (kind, median, lower, upper, level) => median.forEach((value, n) => {
      if (one.years[n] <= settings.horizon) out.push([...start, one.years[n], kind, value, lower[n], upper[n], level, unit, null]);
    });
    add(t("line_forecast"), result.base.median, result.base.lower, result.base.upper, settings.level);
    if (isMoved(settings)) add(t("line_scenario"), result.median, result.bands[0].lower, result.bands[0].upper, settings.level);
    others.forEach((other, n) => add(t("line_saved", { letter: LETTERS[n] }), other.result.median, other.result.bands[0].lower, other.result.bands[0].upper, other.settings.level));
    return out;
  }

  function settingRows() {
    const named = { model: "model", window: "window", horizon: "horizon", level: "level", adjust: "adjust", adjust_unit: "adjust_unit", adjust_from: "adjust_from", fade: "fade", trend_fade: "trend_fade", step: "step", step_unit: "step_unit", step_from: "step_from", ramp: "ramp", target: "target", deadline: "deadline" };
    const aim = aimOf(), { settings } = app.state;
    const written = { ...settings, target: aim ? aim.value : null, deadline: aim ? aim.deadline : null, model: modelName(settings), adjust_unit: t(`unit_${settings.adjust_unit}`, { unit: one.unit[app.lang].data }), step_unit: t(`unit_${settings.step_unit}`, { unit: one.unit[app.lang].data }) };
    const more = sentences().map((text) => [text]);
    return [...Object.entries(named).map(([key, word]) => [t(word), written[key]]), [], ...more, [], [t("note_assumption")]];
  }

  const files = () => ({ rows: rows(), more: [[t("sheet_settings"), settingRows()]] });

  // ---- with a kernel: what only Python can do ----

  function refit() {
    const years = one.all_years || [one.history.years[0], one.last_year];
    const from = make("input", { type: "number", name: "fit_first", value: years[0], min: years[0], max: years[1], "aria-label": t("fit_first") });
    const to = make("input", { type: "number", name: "fit_last", value: one.last_year, min: years[0], max: years[1], "aria-label": t("fit_last") });
    const ask = (request) => {
      status(t("fitting"));
      model.set("request", { ...request, series: app.state.settings.series, stamp: Date.now() });
      model.save_changes();
    };
    const read = (file) => { if (file) file.text().then((text) => ask({ kind: "data", name: file.name, text })); };
    const file = make("input", { type: "file", name: "fit_file", accept: ".csv,text/csv", "aria-label": t("fit_file"), onchange: () => read(file.files[0]) });
    const zone = make("div", { class: "pb-x-refit",
      ondragover: (event) => { event.preventDefault(); zone.classList.add("pb-x-over"); },
      ondragleave: () => zone.classList.remove("pb-x-over"),
      ondrop: (event) => { event.preventDefault(); zone.classList.remove("pb-x-over"); read(event.dataTransfer.files[0]); } },
    make("strong", {}, t("group_refit")), from, "–", to,
    make("button", { type: "button", name: "fit", onclick: () => ask({ kind: "window", first: Number(from.value), last: Number(to.value) }) }, t("fit")),
    make("span", {}, t("fit_drop")), file);
    return zone;
  }

  return {
    defaults: (settings) => defaults(app.payload, settings.series),
    tidy: (asked) => tidy(app.payload, asked),
    fits: (settings) => settings.series === app.state.settings.series,
    encode, decode, change, build, show, legend, sentences, saved, files,
  };
}

const render = (host) => shell(host, forecastKind);

export { render };
