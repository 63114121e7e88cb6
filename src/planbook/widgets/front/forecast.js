// The forecast explorer: controls, words and files around the chart.
import { chart, marker } from "./chart.js";
import { save, toCsv, toPng, toSvg, toXlsx } from "./files.js";
import { make, numeral, onFrame, readAddress, set, teller, timeline, toQuery, whenQuiet, writeAddress, writer } from "./host.js";
import { defaults, explore, targetOf } from "./mathematics.js";

const LETTERS = ["A", "B", "C"];
const ADJUSTMENTS = ["adjust", "fade", "trend_fade", "step", "step_unit", "step_from", "ramp"];
let count = 0;

/** Change a text only where it differs: the browser lays out what is touched. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

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
  for (const [key, [low, high, whole]] of Object.entries(limits)) {
    const value = Number(asked[key]);
    if (asked[key] === undefined || asked[key] === null || !Number.isFinite(value)) continue;
    out[key] = Math.min(Math.max(whole ? Math.round(value) : value, low), high);
  }
  for (const key of ["adjust_unit", "step_unit"]) if (asked[key] === "points") out[key] = "points";
  if (Object.hasOwn(one.models, asked.model)) out.model = asked.model;
  if (Object.hasOwn(one.models[out.model], String(asked.window))) out.window = Number(asked.window);
  for (const key of ["target", "deadline"]) {
    if (asked[key] !== null && asked[key] !== undefined && Number.isFinite(Number(asked[key]))) out[key] = Number(asked[key]);
  }
  if (out.deadline !== null) out.deadline = Math.min(Math.max(Math.round(out.deadline), first), last);
  return out;
}

const nameOf = (one) => `${one.id}.${one.entity}`;

function writeQuery(payload, state) {
  const plain = (settings) => {
    const query = toQuery(settings);
    query.set("series", nameOf(payload.series[settings.series]));
    return query;
  };
  const query = plain(state.settings);
  state.saved.forEach((settings, n) => query.set(LETTERS[n], plain(settings).toString()));
  return query.toString();
}

function readQuery(payload, query) {
  const settings = (given) => {
    const asked = Object.fromEntries(given);
    asked.series = payload.series.findIndex((one) => nameOf(one) === asked.series);
    return tidy(payload, asked);
  };
  return {
    settings: settings(query),
    saved: LETTERS.filter((letter) => query.has(letter)).map((letter) => settings(new URLSearchParams(query.get(letter)))),
  };
}

/** Round up to a figure that a slider may end at. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((one) => one * power >= value * 0.999) * power;
}

function render({ model, el }) {
  el.classList.add("pb-x");
  const own = `pb-x-${(count += 1)}`;
  const id = model.get("id") || own;
  const past = timeline();
  let payload, lang, t, write, one, state, figure, inputs, result, stamp = 0;

  const aimOf = () => targetOf(one, state.settings);
  const isMoved = (settings) =>
    settings.adjust !== 0 || settings.step !== 0 || settings.trend_fade !== 0;
  const modelName = (settings) => t(`method_${settings.model}`);

  function start(first) {
    payload = model.get("payload");
    const linked = first && model.address ? readAddress(id) : null;
    if (linked) state = readQuery(payload, linked);
    else {
      const asked = model.get("settings");
      state = {
        settings: asked && Object.keys(asked).length ? tidy(payload, asked) : defaults(payload),
        saved: [],
      };
    }
    past.clear();
    past.push(state);
    build();
  }

  // ---- what changes ----

  function change(key, value) {
    const { settings } = state;
    if (key === "series") state.settings = { ...defaults(payload, value), level: settings.level };
    else {
      settings[key] = value;
      if (key === "model" && !(String(settings.window) in one.models[value])) settings.window = 0;
      if (key === "adjust_unit") settings.adjust = 0;
      if (key === "step_unit") settings.step = 0;
    }
  }

  function move(key, value) {
    change(key, value);
    paint();
    told();
  }

  /** Keep what was reached: for undo, in the address and at the kernel. */
  function keep() {
    past.push(state);
    if (model.address) writeAddress(id, past.length > 1 || state.saved.length ? writeQuery(payload, state) : "");
    else {
      model.set("settings", { ...state.settings });
      model.save_changes();
    }
    refresh();
  }

  const told = whenQuiet(() => { figure.live.textContent = sentences().join(" "); }, 700);
  const paint = onFrame(() => show());

  function go(next) {
    const other = next.settings.series !== state.settings.series;
    state = next;
    if (other) build();
    else show();
    told();
  }

  // ---- what is shown ----

  function views() {
    return state.saved
      .filter((settings) => settings.series === state.settings.series)
      .map((settings) => ({ settings, result: explore(payload, { ...settings, horizon: state.settings.horizon }) }));
  }

  function show() {
    result = explore(payload, state.settings);
    const aim = aimOf(), moved = isMoved(state.settings);
    figure.chart.draw({
      one, result, aim, moved, lang, t, write, stamp, settings: state.settings, saved: views(), tell: tellYear,
    });
    cards(aim, moved);
    sentences().forEach((text, n, all) => {
      while (figure.words.children.length > all.length) figure.words.lastChild.remove();
      if (!figure.words.children[n]) figure.words.append(make("li"));
      say(figure.words.children[n], text);
    });
    for (const input of Object.values(inputs)) input.read();
  }

  function tellYear(year) {
    const { history } = one, at = history.years.indexOf(year), step = one.years.indexOf(year);
    const lines = [String(year)];
    if (at >= 0) {
      const sign = { at_least: "≥ ", at_most: "≤ ", about: "≈ " }[history.qualifier[at]] || "";
      lines.push(sign + write.whole(history.values[at]), t(`status_${history.status[at]}`));
      if (history.source[at].length) lines.push(t("source", { source: history.source[at].map((n) => one.sources[n][lang]).join("; ") }));
    } else if (step >= 0) {
      const band = result.bands[0];
      lines.push(
        t("tip_middle", { value: write.whole(result.median[step]) }),
        t("tip_interval", { level: band.level, low: write.bare(band.lower[step]), high: write.whole(band.upper[step]) }));
      if (isMoved(state.settings)) lines.push(t("tip_base", { value: write.whole(result.base.median[step]) }));
    }
    return lines;
  }

  /** Write a difference; of shares in points, not in per cent. */
  function step(value, more = 0) {
    if (one.unit[lang].label !== "%") return write.signed(value, more);
    const text = write.bare(value, more);
    return t("points", { value: value > 0 && /[1-9]/.test(text) ? `+${text}` : text });
  }

  /** Write the pace of steps, and of rates where they have a meaning. */
  function pace(value, rate) {
    if (value === null) return "–";
    const steps = t("a_year", { value: step(value, 1) });
    const many = rate === null || one.unit[lang].label === "%" ? "" : t("in_brackets", { value: `${rate > 0 ? "+" : ""}${write.percent(100 * rate)}` });
    return steps + many;
  }

  function cards(aim, moved) {
    const { settings } = state, at = one.years.indexOf(settings.horizon), band = result.bands[0];
    const texts = {
      middle: [t("card_middle", { year: settings.horizon }), write.whole(result.median[at]),
        t("card_interval", { level: band.level, low: write.bare(band.lower[at]), high: write.whole(band.upper[at]) })],
      difference: [t("card_difference"), moved ? step(result.difference) : t("none_word"),
        moved && result.difference_pct !== null && one.unit[lang].label !== "%" ? `${result.difference_pct > 0 ? "+" : ""}${write.percent(result.difference_pct)}` : ""],
      chance: [aim ? t("card_chance", { year: aim.deadline }) : t("card_chance_none"),
        !aim ? "–" : result.decided !== null ? t(result.decided ? "met" : "missed") : write.chance(result.chance),
        moved && aim && result.decided === null ? t("card_before", { value: write.chance(result.chance_base) }) : ""],
      reached: [t("card_reached"), !aim ? "–" : result.reached === null ? t("not_by", { year: one.years[one.years.length - 1] }) : result.reached === one.last_year ? t("already") : String(result.reached),
        aim && result.likely !== null && result.likely !== one.last_year ? t("card_likely", { year: result.likely }) : ""],
      pace: [t("card_pace"), result.needed === null ? "–" : pace(result.needed, result.needed_rate),
        [result.seen === null ? "" : t("card_seen", { value: pace(result.seen, result.seen_rate), year: one.start.year }),
          result.ahead === null ? "" : t("card_ahead", { value: pace(result.ahead, result.ahead_rate) })].filter(Boolean).join(t("joint"))],
    };
    figure.digest.textContent = [
      t("digest", { year: settings.horizon, value: texts.middle[1], interval: texts.middle[2] }),
      aim ? `${texts.chance[0]}${t("colon")}${texts.chance[1]}` : "",
      aim ? `${texts.reached[0]}${t("colon")}${texts.reached[1]}` : "",
    ].filter(Boolean).join(" · ");
    for (const [name, [label, value, note]] of Object.entries(texts)) {
      const card = figure.cards[name];
      [label, value, note].forEach((text, n) => say(card.children[n], text));
    }
  }

  function sentences() {
    const { settings } = state, aim = aimOf(), moved = isMoved(settings);
    const at = one.years.indexOf(settings.horizon), band = result.bands[0];
    const entry = one.models[settings.model][String(settings.window)];
    const out = [t(moved ? "say_scenario" : "say_forecast", {
      year: settings.horizon, model: modelName(settings), first: entry.fit[0], last: entry.fit[1], n: entry.fit[2],
      middle: write.whole(result.median[at]), level: band.level, low: write.bare(band.lower[at]), high: write.whole(band.upper[at]),
    })];
    if (moved) {
      const pct = result.difference_pct === null || one.unit[lang].label === "%" ? "" : t("in_brackets", { value: `${result.difference_pct > 0 ? "+" : ""}${write.percent(result.difference_pct)}` });
      out.push(t("say_difference", { difference: step(result.difference) + pct, base: write.whole(result.base.median[at]) }));
    }
    if (aim) {
      const goal = { value: `${{ ">=": "≥", "<=": "≤", "==": "=" }[aim.operator] || aim.operator}${lang === "zh" ? "" : " "}${write.whole(aim.value)}`, year: aim.deadline };
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

  // ---- what is built once for a series ----

  function field(key, label, ...controls) {
    return make("div", { class: `pb-x-field pb-x-field-${key}` }, make("label", { for: `${own}-${key}` }, label), ...controls);
  }

  function choice(key, label, options, value = (text) => text) {
    const select = make("select", { id: `${own}-${key}`, name: key, onchange: () => {
      change(key, value(select.value));
      if (key === "series" || key.endsWith("unit")) build();
      else show();
      keep();
      told();
    } }, ...options.map(([name, text]) => make("option", { value: name }, text)));
    inputs[key] = { read: () => { select.value = String(state.settings[key]); } };
    return field(key, label, select);
  }

  /** A slider with a number beside it; `scale` turns the setting into what is read. */
  function slider(key, label, { low, high, step, scale = 1, unit = "", get = () => state.settings[key] }) {
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    const near = (value) => Number((value / scale).toPrecision(12));
    const range = make("input", { type: "range", id: `${own}-${key}`, name: key, min: low, max: high, step,
      oninput: () => move(key, near(Number(range.value))), onchange: keep });
    const box = make("input", { type: "number", class: "pb-x-number", name: `${key}_number`, step: "any", "aria-label": label, onchange: () => {
      const next = box.value.trim() === "" ? null : Number(box.value);
      if (next !== null && Number.isFinite(next)) change(key, tidy(payload, { ...state.settings, [key]: near(next) })[key]);
      else if (key === "target" || key === "deadline") change(key, null);
      show();
      keep();
      told();
    } });
    inputs[key] = { read() {
      const value = get();
      const shown = value === null ? "" : String(Number((value * scale).toFixed(Math.max(digits, 6))));
      if (document.activeElement !== range) range.value = shown === "" ? String((low + high) / 2) : shown;
      if (document.activeElement !== box) box.value = shown;
      set(range, { "aria-valuetext": shown === "" ? t("none_word") : `${shown}${unit ? ` ${unit}` : ""}` });
    } };
    return field(key, label, make("span", { class: "pb-x-pair" }, range, box, unit ? make("span", { class: "pb-x-unit" }, unit) : null));
  }

  function group(title, ...fields) {
    return make("fieldset", {}, make("legend", {}, title), ...fields);
  }

  function build() {
    stamp += 1;
    lang = model.get("lang") || payload.lang;
    if (!(lang in payload.texts)) [lang] = Object.keys(payload.texts);
    t = teller(payload.texts[lang]);
    one = payload.series[state.settings.series];
    const unit = one.unit[lang];
    write = writer(unit, lang);
    inputs = {};
    const { settings } = state, first = one.years[0], last = one.years[one.years.length - 1];
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
    const around = [...one.history.values, ...one.models[one.default]["0"] ? explore(payload, defaults(payload, settings.series)).median : [], goal ?? one.history.last_shown];
    const least = Math.min(...around), most = Math.max(...around), room = (most - least || last_value) * 0.6;
    const bound = (value) => Math.min(Math.max(value, one.change || one.bounds[0] === null ? -Infinity : one.bounds[0]), one.change || one.bounds[1] === null ? Infinity : one.bounds[1]);
    const tick = roundUp(((most - least || last_value) * unit.factor) / 500);
    const edge = (value, round) => round((bound(value) * unit.factor) / tick) * tick;

    figure = { chart: chart() };
    figure.digest = make("p", { class: "pb-x-digest" });
    figure.live = make("p", { class: "pb-x-live", "aria-live": "polite" });
    figure.words = make("ul", { class: "pb-x-words" });
    figure.status = make("p", { class: "pb-x-status", role: "status" });
    figure.cards = Object.fromEntries(["middle", "chance", "reached", "pace", "difference"].map((name) => [
      name, make("div", { class: "pb-x-card" }, make("dt"), make("dd", { class: "pb-x-value" }), make("dd", { class: "pb-x-note" }))]));
    const button = (name, text, task, more = {}) => make("button", { type: "button", name, onclick: task, ...more }, text);
    figure.undo = button("undo", t("undo"), () => { const back = past.back(); if (back) { go(back); keepAddress(); } });
    figure.keep = button("save", t("save"), () => {
      if (state.saved.length < LETTERS.length) state.saved.push({ ...state.settings });
      show();
      keep();
    });
    figure.saved = make("ul", { class: "pb-x-saved" });

    const controls = make("form", { class: "pb-x-controls", onsubmit: (event) => event.preventDefault() },
      group(t("group_data"),
        choice("series", t("indicator"), payload.series.map((item, n) => [n, t("named", { name: item.name[lang], place: item.place[lang] })]), Number),
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
        slider("target", t("target"), { low: edge(least - room, Math.floor), high: edge(most + room, Math.ceil), step: tick, scale: unit.factor, unit: unit.label, get: () => state.settings.target ?? goal }),
        slider("deadline", t("deadline"), { ...years, get: () => state.settings.deadline ?? (one.target ? one.target.deadline : null) }),
        make("p", { class: "pb-x-hint" }, one.asked ? t(one.stands_in ? "asked_stand_in" : "asked", { target: one.asked[lang] }) : t("asked_none"))));
    const name = `${id}-${one.id}`.replace(/^explore-/, "");
    const actions = make("div", { class: "pb-x-actions" },
      figure.keep, figure.undo,
      button("reset", t("reset"), () => { go({ settings: defaults(payload, state.settings.series), saved: [] }); keep(); }),
      model.address ? button("link", t("link"), copyLink) : null,
      button("csv", "CSV", () => save(`${name}.csv`, toCsv(rows()), "text/csv;charset=utf-8")),
      button("xlsx", "XLSX", () => save(`${name}.xlsx`, toXlsx([[t("sheet_figures"), rows()], [t("sheet_settings"), settingRows()]]), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
      button("svg", "SVG", () => save(`${name}.svg`, toSvg(figure.chart.drawing, heading()), "image/svg+xml")),
      button("png", "PNG", async () => {
        const { width, height } = figure.chart.drawing.viewBox.baseVal;
        save(`${name}.png`, await toPng(toSvg(figure.chart.drawing, heading()), width, height), "image/png");
      }));
    const notes = [
      one.history.status.includes("modelled") ? t("note_modelled") : null,
      one.role.startsWith("city") || one.role === "county" ? null : t("note_context", { place: one.place[lang] }),
      one.stands_in ? t("note_stand_in") : null,
      ...one.breaks.map((item) => t("note_break", { year: item.year, reason: item.reason[lang] })),
      t("note_assumption"),
    ].filter(Boolean);
    const others = Object.keys(payload.texts).filter((other) => other !== lang);
    el.lang = lang;
    el.replaceChildren(
      make("div", { class: "pb-x-head" },
        make("p", { class: "pb-x-title", role: "heading", "aria-level": "4" }, heading()),
        ...(model.address ? [] : others.map((other) => button("lang", payload.texts[other].language, () => { model.set("lang", other); model.save_changes(); build(); }, { lang: other })))),
      make("div", { class: "pb-x-stage" }, figure.chart.box, figure.digest),
      legend(),
      make("dl", { class: "pb-x-cards" }, ...Object.values(figure.cards)),
      controls, actions, figure.saved,
      ...(model.address ? [] : [refit()]),
      figure.status, figure.words, figure.live,
      make("ul", { class: "pb-x-notes" }, ...notes.map((text) => make("li", {}, text))));
    show();
    refresh();
  }

  const heading = () => t("heading", { name: one.name[lang], place: one.place[lang] });

  function legend() {
    const sample = (kind, text, role) => make("li", {}, make("svg:svg", { viewBox: "0 0 34 12", width: 34, height: 12, "aria-hidden": "true" },
      kind === "band" ? make("svg:rect", { class: "pb-x-band", x: 0, y: 1, width: 34, height: 10 }) : make("svg:path", { class: `pb-x-line pb-x-${kind}`, d: "M0,6H34" }),
      role ? make("svg:path", { class: `pb-x-mark pb-x-${kind}`, d: marker(role, 17, 6) }) : null), text);
    const modelled = one.history.status.includes("modelled");
    return make("ul", { class: "pb-x-legend" },
      sample(one.role, t(modelled ? "legend_modelled" : "legend_figures", { place: one.place[lang] }), one.role),
      sample("forecast", t("legend_forecast")),
      sample("scenario", t("legend_scenario")),
      sample("band", t("legend_band")),
      sample("target", t("legend_target")));
  }

  /** Refresh what depends on the steps taken: buttons, saved scenarios, choices of windows. */
  function refresh() {
    figure.undo.disabled = past.length < 2;
    figure.keep.disabled = state.saved.length >= LETTERS.length;
    figure.saved.replaceChildren(...state.saved.map((settings, n) => {
      const item = payload.series[settings.series], same = settings.series === state.settings.series;
      const found = explore(payload, { ...settings, horizon: same ? state.settings.horizon : settings.horizon });
      const at = item.years.indexOf(same ? state.settings.horizon : settings.horizon);
      const other = writer(item.unit[lang], lang);
      return make("li", { class: `pb-x-saved-item pb-x-key-${n}` },
        make("strong", {}, LETTERS[n]),
        make("span", {}, t("saved_line", { name: item.name[lang], year: item.years[at], value: other.whole(found.median[at]), chance: other.chance(found.chance) })),
        make("button", { type: "button", name: `open_${LETTERS[n]}`, onclick: () => { go({ settings: { ...settings }, saved: state.saved }); keep(); } }, t("open", { letter: LETTERS[n] })),
        make("button", { type: "button", name: `drop_${LETTERS[n]}`, onclick: () => { state.saved.splice(n, 1); show(); keep(); } }, t("drop", { letter: LETTERS[n] })));
    }));
    const windows = el.querySelector(`#${own}-window`);
    if (windows) for (const option of windows.options) option.disabled = !(option.value in one.models[state.settings.model]);
  }

  function keepAddress() {
    if (model.address) writeAddress(id, past.length > 1 ? writeQuery(payload, state) : "");
    else { model.set("settings", { ...state.settings }); model.save_changes(); }
    refresh();
  }

  async function copyLink() {
    const query = writeQuery(payload, state);
    writeAddress(id, query);
    try {
      await navigator.clipboard.writeText(location.href);
      figure.status.textContent = t("link_copied");
    } catch {
      const box = make("input", { type: "text", readonly: true, class: "pb-x-link", value: location.href, "aria-label": t("link") });
      figure.status.replaceChildren(make("span", {}, t("link_here")), box);
      box.select();
    }
  }

  // ---- files ----

  function rows() {
    const unit = one.unit[lang].data, { settings } = state, source = (n) => one.history.source[n].map((k) => one.sources[k][lang]).join("; ");
    const head = ["indicator", "place", "year", "kind", "value", "low", "high", "level", "unit", "source"].map((key) => t(`column_${key}`));
    const start = [one.name[lang], one.place[lang]];
    const out = [head, ...one.history.years.map((year, n) => [...start, year, t(`status_${one.history.status[n]}`), one.history.values[n], null, null, null, unit, source(n)])];
    const add = (kind, median, lower, upper, level) => median.forEach((value, n) => {
      if (one.years[n] <= settings.horizon) out.push([...start, one.years[n], kind, value, lower[n], upper[n], level, unit, null]);
    });
    add(t("line_forecast"), result.base.median, result.base.lower, result.base.upper, settings.level);
    if (isMoved(settings)) add(t("line_scenario"), result.median, result.bands[0].lower, result.bands[0].upper, settings.level);
    views().forEach((other, n) => add(t("line_saved", { letter: LETTERS[n] }), other.result.median, other.result.bands[0].lower, other.result.bands[0].upper, other.settings.level));
    return out;
  }

  function settingRows() {
    const named = { model: "model", window: "window", horizon: "horizon", level: "level", adjust: "adjust", adjust_unit: "adjust_unit", adjust_from: "adjust_from", fade: "fade", trend_fade: "trend_fade", step: "step", step_unit: "step_unit", step_from: "step_from", ramp: "ramp", target: "target", deadline: "deadline" };
    const aim = aimOf(), { settings } = state;
    const written = { ...settings, target: aim ? aim.value : null, deadline: aim ? aim.deadline : null, model: modelName(settings), adjust_unit: t(`unit_${settings.adjust_unit}`, { unit: one.unit[lang].data }), step_unit: t(`unit_${settings.step_unit}`, { unit: one.unit[lang].data }) };
    const more = sentences().map((text) => [text]);
    return [...Object.entries(named).map(([key, word]) => [t(word), written[key]]), [], ...more, [], [t("note_assumption")]];
  }

  // ---- with a kernel: what only Python can do ----

  function refit() {
    const years = one.all_years || [one.history.years[0], one.last_year];
    const from = make("input", { type: "number", name: "fit_first", value: years[0], min: years[0], max: years[1], "aria-label": t("fit_first") });
    const to = make("input", { type: "number", name: "fit_last", value: one.last_year, min: years[0], max: years[1], "aria-label": t("fit_last") });
    const ask = (request) => {
      figure.status.textContent = t("fitting");
      model.set("request", { ...request, series: state.settings.series, stamp: Date.now() });
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

  model.on("change:payload", () => start(false));
  model.on("change:lang", () => build());
  model.on("change:message", () => { figure.status.textContent = model.get("message"); });
  model.on("change:settings", () => {
    const asked = tidy(payload, model.get("settings"));
    if (JSON.stringify(asked) === JSON.stringify(state.settings)) return;
    go({ settings: asked, saved: state.saved });
    past.push(state);
    refresh();
  });
  if (model.address) {
    addEventListener("hashchange", () => {
      const query = readAddress(id);
      if (!query) return;
      const next = readQuery(payload, query);
      go(next);
      past.push(state);
      refresh();
    });
  }
  const onResize = onFrame(() => { if (el.isConnected) show(); });
  start(true);
  let width = el.clientWidth; // heights change with every sentence, and need no new drawing
  const watcher = new ResizeObserver(() => {
    if (el.clientWidth === width) return;
    width = el.clientWidth;
    onResize();
  });
  watcher.observe(el);
  return () => watcher.disconnect();
}

export { render };
