// The scenario explorer: a city's scenarios with changes on top, sector by sector.
import { chart, marker } from "./chart.js";
import { LETTERS, make, toQuery, whenIdle, writer } from "./host.js";
import { defaults, explore, movedOf, stepsOf, warmings } from "./scenario_mathematics.js";
import { shell, within } from "./shell.js";

const RATE = 15; // per cent a year, at most, that a reader adds
const MOST = 200; // per cent of a step's assumed effect
const RAMP = 10;
const PAST = 14; // years before the base year that the chart shows, as the static figure does
const SEEN = 0.05; // points; a smaller difference is not written
const SHOWN = ["co2", "equivalents", "intensity_change"];
const SHARES = new Set(["intensity_change"]); // that differ in points

/** The largest share of a step that leaves nothing below zero. */
const limitOf = (one) => (one.low < 0 ? Math.min(MOST, Math.floor(100 / -one.low)) : MOST);

/** Bring settings from a link, a widget or an input within what the model allows. */
function tidy(payload, asked) {
  const { parameters } = payload, known = parameters.scenarios.map((one) => one.id);
  const out = { ...defaults(payload, known.includes(asked.scenario) ? asked.scenario : null), shown: "co2" };
  const years = [parameters.base_year + 1, parameters.last_year, true];
  const limits = { year: years, from: years };
  for (const one of stepsOf(parameters, out.scenario)) {
    limits[`effect.${one.name}`] = [0, limitOf(one)];
    limits[`start.${one.name}`] = years;
    limits[`ramp.${one.name}`] = [1, RAMP, true];
  }
  for (const key of Object.keys(out)) {
    const value = key === "scenario" || key === "shown" ? null : within(asked[key], limits[key] || [-RATE, RATE]);
    if (value !== null) out[key] = value;
  }
  if (Object.hasOwn(payload.units, asked.shown)) out.shown = asked.shown;
  return out;
}

function scenarioKind(app, { tabs, slider, group, fold }) {
  const { model } = app;
  let t, writers, drawn, result, others = [];

  const plainOf = (settings) => defaults(app.payload, settings.scenario);
  const FREE = ["scenario", "shown", "year", "from"]; // that change no path by themselves
  /** List the settings that change something. */
  const movedKeys = (settings) => {
    const plain = plainOf(settings);
    return Object.keys(plain).filter((key) => !FREE.includes(key) && settings[key] !== plain[key]);
  };
  const title = (settings) => app.payload.names.scenario[settings.scenario][app.lang];
  const quantity = (name) => t(`scn_quantity_${name}`);
  const signed = (name, value, more = 0) => {
    const write = writers[name];
    if (!SHARES.has(name)) return write.signed(value, more);
    const text = write.bare(value, more);
    return t("points", { value: value > 0 && /[1-9]/.test(text) ? `+${text}` : text });
  };
  const percent = (value) => `${value > 0 && /[1-9]/.test(Math.abs(value).toFixed(1)) ? "+" : ""}${writers.co2.percent(value)}`;

  // ---- settings ----

  function change(key, value) {
    if (key === "scenario") {
      const { year, from, shown } = app.state.settings;
      app.state.settings = { ...defaults(app.payload, value), year, from, shown };
      return true;
    }
    app.state.settings[key] = value;
    return false;
  }

  /** Write what differs from the scenario: the rest is the scenario's own. */
  function encode(settings) {
    const kept = [...FREE, ...movedKeys(settings)];
    return toQuery(Object.fromEntries(kept.map((key) => [key, settings[key]])));
  }

  // ---- what is shown ----

  function figures(found) {
    const { shown } = app.state.settings, mine = found.shown[shown];
    return {
      years: found.years, median: mine.path,
      bands: [{ level: 80, lower: mine.low, upper: mine.high }],
      base: { median: found.base[shown].path, lower: found.base[shown].low, upper: found.base[shown].high },
    };
  }

  function seriesOf(name) {
    const { parameters, history } = app.payload, past = history[name];
    const first = past.years.findIndex((year) => year >= parameters.base_year - PAST);
    const years = past.years.slice(first), values = past.values.slice(first), count = years.length;
    return {
      id: name, entity: "", unit: app.payload.units[name], role: "city_modelled", breaks: [],
      last_year: parameters.base_year, years: result.years, so_far: null,
      history: {
        years, values, status: Array(count).fill("modelled"), qualifier: Array(count).fill(""),
        segment: Array(count).fill(0), last_shown: values[count - 1],
      },
    };
  }

  const aim = () => {
    const { target } = app.payload.parameters;
    return app.state.settings.shown === "intensity_change"
      ? { value: target.change, deadline: target.year, operator: "<=" } : null;
  };

  function show() {
    const { settings } = app.state, { parameters } = app.payload, name = settings.shown;
    const moved = movedKeys(settings).length > 0, write = writers[name];
    result = explore(app.payload, settings, name);
    others = app.state.saved.map((one) => ({ settings: one, result: figures(explore(app.payload, { ...one, year: settings.year }, name)) }));
    const { peak } = result;
    drawn.draw({
      one: seriesOf(name), result: figures(result), aim: aim(), moved, lang: app.lang, t, write, stamp: app.stamp,
      settings: { horizon: parameters.last_year }, saved: others, tell: tellYear,
      peak: name === "co2" && peak.year < parameters.last_year
        ? { year: peak.year, value: peak.value, label: t("star", { year: peak.year, value: write.bare(peak.value) }) } : null,
    });
    const texts = cards(moved);
    return {
      cards: texts,
      digest: [
        `${texts[name === "equivalents" ? "equivalents" : name === "co2" ? "co2" : "target"].slice(0, 2).join(t("colon"))}`,
        `${texts.peak[0]}${t("colon")}${texts.peak[1]}`,
        moved ? `${texts.difference[0]}${t("colon")}${texts.difference[1]}` : "",
      ].filter(Boolean).join(" · "),
    };
  }

  function legend() {
    const { settings } = app.state, line = (kind, text) => ({ line: `pb-x-line pb-x-${kind}`, text });
    return [
      { ...line("city_modelled", t("legend_past")), mark: { kind: "pb-x-mark pb-x-city_modelled", d: marker("city_modelled", 17, 6) } },
      line("forecast", t("legend_plain", { scenario: title(settings) })),
      movedKeys(settings).length ? line("scenario", t("legend_scenario")) : null,
      { area: `pb-x-band${movedKeys(settings).length ? " pb-x-band-moved" : ""}`, text: t("legend_band") },
      settings.shown === "co2" && result.peak.year < app.payload.parameters.last_year ? { mark: { kind: "pb-x-star", d: "M17,0l1.8,4.3h4.4l-3.4,2.8l1.3,4.4l-4.1,-2.7l-4.1,2.7l1.3,-4.4l-3.4,-2.8h4.4z" }, text: t("legend_star") } : null,
      aim() ? line("target", t("legend_target")) : null,
      ...others.map((_, n) => line(`saved-${n}`, t("line_saved", { letter: LETTERS[n] }))),
    ].filter(Boolean);
  }

  function tellYear(year) {
    const name = app.state.settings.shown, write = writers[name], past = app.payload.history[name];
    const at = past.years.indexOf(year), step = result.years.indexOf(year);
    if (at >= 0) return [String(year), write.whole(past.values[at]), t("status_modelled"), ...app.payload.sources[app.lang].slice(0, 1).map((source) => t("source", { source }))];
    if (step < 0) return [String(year)];
    const mine = result.shown[name], lines = [String(year),
      t("tip_path", { value: write.whole(mine.path[step]) }),
      t("tip_draws", { low: write.bare(mine.low[step]), high: write.whole(mine.high[step]) })];
    if (movedKeys(app.state.settings).length) lines.push(t("tip_base", { value: write.whole(result.base[name].path[step]) }));
    return lines;
  }

  const yearWords = (year) => (year >= app.payload.parameters.last_year ? t("not_peaked", { year: app.payload.parameters.last_year }) : String(year));
  const spanWords = ({ low, high }) => (low === high ? yearWords(low) : t("span", { low, high: yearWords(high) }));

  function cards(moved) {
    const { settings } = app.state, { parameters } = app.payload, at = result.years.indexOf(settings.year);
    const value = (name) => [t("card_value", { name: quantity(name), year: settings.year }), writers[name].whole(result.shown[name].path[at]),
      t("card_draws", { low: writers[name].bare(result.shown[name].low[at]), high: writers[name].whole(result.shown[name].high[at]) })];
    const out = { co2: value("co2"), peak: [t("card_peak"), yearWords(result.peak.year),
      t("card_peak_note", { span: spanWords(result.peak), chance: writers.co2.chance(result.peak.chance), by: parameters.peak_by })] };
    if (result.target) {
      const { target } = result;
      out.target = [t("card_target", { base: parameters.reference.year, year: parameters.target.year }), writers.intensity_change.whole(target.change),
        t("card_target_note", { target: writers.intensity_change.whole(parameters.target.change), chance: writers.co2.chance(target.chance) })];
    }
    if ("equivalents" in result.shown) out.equivalents = value("equivalents");
    out.difference = [t("card_difference"), moved ? signed("co2", result.difference.co2, 1) : t("none_word"),
      moved ? t("card_difference_note", { pct: percent(result.difference_pct.co2), year: settings.year, summed: signed("co2", result.summed, 1) }) : t("card_difference_none")];
    if ("equivalents" in result.shown) {
      const { cuts, quadrant } = result.since;
      out.together = [t("card_together", { base: parameters.base_year, year: settings.year }), t(`quadrant_${quadrant}`),
        t("card_together_note", { co2: percent(-cuts.co2), equivalents: percent(-cuts.equivalents) })];
    }
    return out;
  }

  function sentences() {
    const { settings } = app.state, { parameters } = app.payload, at = result.years.indexOf(settings.year);
    const moved = movedKeys(settings).length > 0, co2 = result.shown.co2, write = writers.co2;
    const out = [t(moved ? "say_moved" : "say_plain", {
      scenario: title(settings), year: settings.year, value: write.whole(co2.path[at]), low: write.bare(co2.low[at]), high: write.whole(co2.high[at]),
    })];
    if (moved) {
      out.push(t("say_difference", {
        base: write.whole(result.base.co2.path[at]), difference: signed("co2", result.difference.co2, 1), pct: percent(result.difference_pct.co2),
        first: parameters.base_year + 1, year: settings.year, summed: signed("co2", result.summed, 1),
      }));
    }
    const { peak, peak_base: before } = result;
    out.push(t("say_peak", { year: yearWords(peak.year), span: spanWords(peak), chance: write.chance(peak.chance), by: parameters.peak_by })
      + (moved ? t("say_peak_before", { year: yearWords(before.year), chance: write.chance(before.chance) }) : ""));
    if (result.target) {
      const { target, target_base: plain } = result, points = writers.intensity_change;
      out.push(t("say_target", {
        base: parameters.reference.year, year: parameters.target.year, change: points.whole(target.change), target: points.whole(parameters.target.change),
        result: t(target.change <= parameters.target.change ? "target_kept" : "target_failed"), chance: write.chance(target.chance),
      }) + (moved && Math.abs(target.change - plain.change) > SEEN ? t("say_target_before", { change: points.whole(plain.change) }) : ""));
    }
    if ("equivalents" in result.shown) {
      const { cuts, quadrant } = result.since;
      out.push(t("say_together", { base: parameters.base_year, year: settings.year, co2: percent(-cuts.co2), equivalents: percent(-cuts.equivalents), quadrant: t(`quadrant_${quadrant}`) }));
      if (moved) out.push(t("say_equivalents", { year: settings.year, difference: signed("equivalents", result.difference.equivalents), pct: percent(result.difference_pct.equivalents) }));
    }
    if (moved) {
      const parts = Object.entries(result.sectors)
        .map(([name, [, before_, after]]) => [app.payload.names.sector[name][app.lang], after - before_])
        .filter(([, gap]) => /[1-9]/.test(write.bare(gap, 1)))
        .map(([name, gap]) => t("sector_gap", { name, value: signed("co2", gap, 1) }));
      if (parts.length) out.push(t("say_sectors", { list: parts.join(t("joint")) }));
    }
    return out;
  }

  function saved(settings) {
    const { year } = app.state.settings, found = explore(app.payload, { ...settings, year }, app.state.settings.shown);
    return t("saved_line", {
      scenario: title(settings), many: movedKeys(settings).length, year,
      value: writers.co2.whole(found.shown.co2.path[found.years.indexOf(year)]), peak: yearWords(found.peak.year),
    });
  }

  // ---- what is built once for a scenario ----

  function build() {
    t = app.t;
    const { settings } = app.state, { payload, lang } = app, { parameters, names } = payload;
    writers = Object.fromEntries(Object.entries(payload.units).map(([name, unit]) => [name, writer(unit[lang], lang)]));
    drawn = chart();
    whenIdle(warmings(payload, settings.scenario));
    const years = { low: parameters.base_year + 1, high: parameters.last_year, step: 1 };
    const rate = { low: -10, high: 10, step: 0.1, unit: t("rate_unit") };
    const whole = Object.values(parameters.base.co2).reduce((sum, one) => sum + one, 0);
    const part = (name) => {
      const share = (100 * parameters.base.co2[name]) / whole;
      return t("sector_part", { name: names.sector[name][lang], share: writers.co2.percent(share, share < 1 ? 1 : 0) });
    };
    const shown = SHOWN.filter((name) => name in payload.units);
    const steps = stepsOf(parameters, settings.scenario);
    return {
      heading: t("heading", { place: payload.place[lang] }),
      unit: () => t("chart_unit", { name: quantity(app.state.settings.shown), unit: payload.units[app.state.settings.shown][lang].label }),
      source: [t("source", { source: payload.sources[lang].join(t("joint")) }), t("note_kind")],
      file: settings.scenario,
      before: [
        tabs("scenario", t("start"), parameters.scenarios.map((one) => [one.id, names.scenario[one.id][lang]])),
        make("p", { class: "pb-x-hint" }, names.summary[settings.scenario][lang]),
        tabs("shown", t("chart"), shown.map((name) => [name, t(`tab_${name}`)])),
      ],
      stage: drawn.box,
      drawing: () => drawn.drawing,
      cards: ["co2", "peak", "difference", parameters.target.year > parameters.base_year && parameters.target.year <= parameters.last_year ? "target" : null, ...(shown.includes("equivalents") ? ["equivalents", "together"] : [])].filter(Boolean),
      groups: [
        group(t("group_activity"), ...movedOf(parameters).map((name) => slider(`activity.${name}`, part(name), rate))),
        group(t("group_intensity"), ...movedOf(parameters).map((name) => slider(`intensity.${name}`, part(name), rate))),
        group(t("group_years"),
          slider("from", t("from"), years),
          slider("year", t("year"), years),
          slider("output", t("output"), { ...rate, low: -5, high: 5 })),
        steps.length ? group(t("group_steps"),
          make("p", { class: "pb-x-hint" }, t("steps_hint")),
          ...steps.map((one) => fold(one.name, names.step[one.name][lang], movedKeys(settings).some((key) => key.endsWith(`.${one.name}`)),
            slider(`effect.${one.name}`, t("effect", { sector: names.sector[one.sector][lang], value: percent(100 * one.value) }), { low: 0, high: limitOf(one), step: 5, unit: "%" }),
            slider(`start.${one.name}`, t("step_start"), years),
            slider(`ramp.${one.name}`, t("ramp"), { low: 1, high: RAMP, step: 1, unit: t("years_unit") })))) : null,
      ].filter(Boolean),
      notes: [
        t("note_kind"), t("note_own"), t("note_draws", { draws: parameters.draws }),
        shown.includes("equivalents") ? t("note_pollution", { parts: payload.pollution[lang] }) : null,
        payload.hidden[lang] ? t("note_hidden", { list: payload.hidden[lang] }) : null,
      ],
      kernel: [],
    };
  }

  // ---- files ----

  function files() {
    const { settings } = app.state, { payload, lang } = app;
    const whole = explore(payload, settings);
    const head = ["scenario", "quantity", "year", "kind", "value", "low", "high", "unit"].map((key) => t(`column_${key}`));
    const rows = [head];
    for (const name of Object.keys(whole.shown)) {
      const unit = payload.units[name][lang].data, past = payload.history[name];
      past.years.forEach((year, n) => rows.push([null, quantity(name), year, t("status_modelled"), past.values[n], null, null, unit]));
      const add = (settings_, kind, found) => found.path.forEach((value, n) => rows.push([title(settings_), quantity(name), whole.years[n], kind, value, found.low[n], found.high[n], unit]));
      add(settings, t("line_alone"), whole.base[name]);
      if (movedKeys(settings).length) add(settings, t("line_scenario"), whole.shown[name]);
      app.state.saved.forEach((one, n) => add(one, t("line_saved", { letter: LETTERS[n] }), explore(payload, { ...one, year: settings.year }).shown[name]));
    }
    const labels = { scenario: t("start"), year: t("year"), from: t("from"), output: t("output") };
    const label = (key) => {
      const [kind, name] = key.split(".");
      if (!name) return labels[key];
      return ["activity", "intensity"].includes(kind) ? `${t(`factor_${kind}`)}${t("colon")}${payload.names.sector[name][lang]}` : `${payload.names.step[name][lang]}${t("colon")}${t(`part_${kind}`)}`;
    };
    const chosen = Object.keys(plainOf(settings)).map((key) => [label(key), key === "scenario" ? title(settings) : settings[key]]);
    return { rows, more: [[t("sheet_settings"), [...chosen, [], ...sentences().map((text) => [text]), [], [t("note_kind")]]]] };
  }

  return {
    defaults: (settings) => ({ ...plainOf(settings), shown: settings.shown }),
    tidy: (asked) => tidy(app.payload, asked),
    decode: (query) => Object.fromEntries(query),
    fits: (settings) => settings.scenario === app.state.settings.scenario,
    encode, change, build, show, legend, sentences, saved, files,
  };
}

const render = (host) => shell(host, scenarioKind);

export { render };
