// The explorer of synergy: what changes of activities cut of CO2 and of pollutants.
import { LETTERS, toQuery, writer } from "./host.js";
import { quadrants } from "./quadrants.js";
import { shell, within } from "./shell.js";
import { defaults, explore } from "./synergy_mathematics.js";

const CHANGE = [-100, 300];
const HEAVIEST = 100; // kg of one equivalent
const COLOURS = 6;

/** Bring settings from a link, a widget or an input within what the model allows. */
function tidy(payload, asked) {
  const out = defaults(payload);
  for (const key of Object.keys(out)) {
    const value = within(asked[key], key.startsWith("change.") ? CHANGE : [0, HEAVIEST]);
    if (value !== null) out[key] = value;
  }
  return out;
}

function synergyKind(app, { slider, group }) {
  let t, co2, pollutant, drawn, result, others = [];

  const nameOf = (one) => one.name[app.lang];
  const isBoth = (row) => row.ghg !== null && row.pollutant !== null;
  const list = (names) => names.join(t("list"));
  const amount = (write, cut) => (cut === null ? "–" : write.whole(cut[1]));
  const ends = (write, cut) => (cut === null || cut[0] === cut[2] ? "" : t("range", { low: write.bare(cut[0]), high: write.whole(cut[2]) }));
  const degrees = (value) => (value === null ? "–" : `${co2.plain(value, 0)}°`);
  const ratio = (value) => (value === null ? "–" : co2.plain(value, 2));
  const change = (value) => `${value > 0 ? "+" : ""}${co2.percent(value, Number.isInteger(value) ? 0 : 1)}`;
  const paired = () => app.payload.activities.filter((_, n) => isBoth(result.rows[n]));
  const lacking = () => app.payload.activities.filter((one, n) => !isBoth(result.rows[n]) && app.state.settings[`change.${one.id}`] !== 0);

  // ---- what is shown ----

  function show() {
    const { settings } = app.state, { activities, units } = app.payload;
    result = explore(app.payload, settings);
    others = app.state.saved.map((one) => explore(app.payload, one).both);
    const spot = (row) => ({ x: row.pollutant[1] * units.pollutant[app.lang].factor, y: row.ghg[1] * units.ghg[app.lang].factor });
    const arrows = activities.map((one, n) => ({ one, n })).filter(({ n }) => isBoth(result.rows[n]))
      .map(({ one, n }) => ({ id: one.id, text: nameOf(one), kind: n % COLOURS, ...spot(result.rows[n]) }));
    if (arrows.length > 1) arrows.push({ id: "both", text: t("together"), kind: "both", ...spot(result.both) });
    drawn.draw({
      arrows, saved: others.map((row) => (isBoth(row) ? spot(row) : null)), t, stamp: app.stamp, tell,
      axes: [t("axis_pollutant", { unit: units.pollutant[app.lang].label }), t("axis_co2", { unit: units.ghg[app.lang].label })],
      corners: Object.fromEntries(["I", "II", "III", "IV"].flatMap((one) => [one, `${one}_short`]).map((one) => [one, t(`chart_quadrant_${one}`)])),
    });
    const texts = cards();
    return { cards: texts, digest: ["ghg", "pollutant", "place"].map((name) => `${texts[name][0]}${t("colon")}${texts[name][1]}`).join(" · ") };
  }

  function legend() {
    const { activities } = app.payload;
    const line = (kind, text) => ({ line: `pb-x-line pb-x-shaft pb-x-arrow-${kind}`, text });
    const shown = activities.map((one, n) => [one, n]).filter(([, n]) => isBoth(result.rows[n]));
    return [
      ...shown.map(([one, n]) => line(n % COLOURS, t("legend_arrow", { name: nameOf(one), change: change(app.state.settings[`change.${one.id}`]) }))),
      shown.length > 1 ? line("both", t("together")) : null,
      ...others.map((_, n) => ({ line: `pb-x-line pb-x-saved-${n}`, text: t("line_saved", { letter: LETTERS[n] }) })),
    ].filter(Boolean);
  }

  function tell(id) {
    const at = app.payload.activities.findIndex((one) => one.id === id), row = at < 0 ? result.both : result.rows[at];
    return [
      at < 0 ? t("together") : t("legend_arrow", { name: nameOf(app.payload.activities[at]), change: change(app.state.settings[`change.${id}`]) }),
      t("tip_co2", { value: amount(co2, row.ghg) }), t("tip_pollutant", { value: amount(pollutant, row.pollutant) }),
      t(`quadrant_${row.quadrant}`),
      ...(row.elasticity === null ? [] : [t("tip_balance", { angle: degrees(row.angle), elasticity: ratio(row.elasticity) })]),
    ];
  }

  function cards() {
    const { total, both } = result, missing = lacking().map(nameOf);
    return {
      ghg: [t("card_ghg"), amount(co2, total.ghg), ends(co2, total.ghg)],
      pollutant: [t("card_pollutant"), amount(pollutant, total.pollutant), ends(pollutant, total.pollutant)],
      place: [t("card_place"), t(`quadrant_${both.quadrant}`), paired().length ? t("card_place_note", { list: list(paired().map(nameOf)) }) : ""],
      balance: [t("card_balance"), both.elasticity === null ? "–" : ratio(both.elasticity),
        [both.angle === null ? "" : t("card_angle", { angle: degrees(both.angle) }), t(`syn_reading_${both.reading}`)].filter(Boolean).join(t("joint"))],
      gap: [t("card_gap"), missing.length ? list(missing) : t("none_word"), missing.length ? t("card_gap_note") : ""],
    };
  }

  function sentences() {
    const { settings } = app.state, { total, both } = result, out = [];
    app.payload.activities.forEach((one, n) => {
      const row = result.rows[n], by = settings[`change.${one.id}`];
      if (by === 0) return;
      const values = { name: nameOf(one), change: change(by), co2: amount(co2, row.ghg), pollutant: amount(pollutant, row.pollutant) };
      if (!isBoth(row)) out.push(t(row.ghg === null ? "say_pollutant_only" : "say_co2_only", values));
      else out.push(t("say_activity", { ...values, quadrant: t(`quadrant_${row.quadrant}`) }));
    });
    if (!out.length) return [t("say_nothing")];
    out.push(t("say_total", { co2: amount(co2, total.ghg), pollutant: amount(pollutant, total.pollutant) }));
    if (both.elasticity !== null) out.push(t("say_both", { list: list(paired().map(nameOf)), co2: co2.percent(both.ghg_share, 1), pollutant: co2.percent(both.pollutant_share, 1), elasticity: ratio(both.elasticity), angle: degrees(both.angle), reading: t(`syn_reading_${both.reading}`) }));
    else if (paired().length) out.push(t("say_no_elasticity", { quadrant: t(`quadrant_${both.quadrant}`) }));
    if (result.is_partial) out.push(t("say_partial", { list: list(lacking().map(nameOf)) }));
    return out;
  }

  function saved(settings) {
    const found = explore(app.payload, settings);
    return t("saved_line", { co2: amount(co2, found.total.ghg), pollutant: amount(pollutant, found.total.pollutant), quadrant: t(`quadrant_${found.both.quadrant}`) });
  }

  // ---- what is built once ----

  function build() {
    t = app.t;
    const { payload, lang } = app;
    co2 = writer(payload.units.ghg[lang], lang);
    pollutant = writer(payload.units.pollutant[lang], lang);
    drawn = quadrants();
    const kg = (name) => payload.pollutants[name][lang];
    return {
      heading: t("heading"),
      unit: () => t("chart_unit", { co2: payload.units.ghg[lang].label, pollutant: payload.units.pollutant[lang].label }),
      source: [t("source", { source: payload.sources[lang].join(t("joint")) }), t("note_kind")],
      file: "what-if",
      before: [],
      stage: drawn.box,
      drawing: () => drawn.drawing,
      cards: ["ghg", "pollutant", "place", "balance", "gap"],
      groups: [
        group(t("group_changes"),
          ...payload.activities.map((one) => slider(`change.${one.id}`, nameOf(one), { low: -50, high: 50, step: 1, unit: "%" }))),
        group(t("group_weights"),
          make("p", { class: "pb-x-hint" }, t("weights_hint")),
          ...Object.entries(payload.weights).map(([name, law]) => slider(`weight.${name}`, t("weight", { name: kg(name), law: co2.plain(law, 2) }), { low: 0, high: Math.max(5, Math.ceil(2 * law)), step: 0.05, unit: t("weight_unit") }))),
      ],
      notes: [t("note_kind"), ...payload.notes[lang]],
      kernel: [],
    };
  }

  // ---- files ----

  function files() {
    const { settings } = app.state, { activities, weights, units, pollutants } = app.payload;
    const head = ["activity", "change", "ghg_low", "ghg", "ghg_high", "ghg_unit", "pollutant_low", "pollutant", "pollutant_high", "pollutant_unit", "quadrant", "angle", "elasticity"].map((key) => t(`column_${key}`));
    const row = (name, by, one) => [name, by, ...(one.ghg || [null, null, null]), units.ghg[app.lang].data, ...(one.pollutant || [null, null, null]), units.pollutant[app.lang].data, t(`quadrant_${one.quadrant}`), one.angle ?? null, one.elasticity ?? null];
    const rows = [head,
      ...activities.map((one, n) => row(nameOf(one), settings[`change.${one.id}`], result.rows[n])),
      row(t("total"), null, result.total), row(t("together"), null, result.both),
      ...others.map((one, n) => row(t("line_saved", { letter: LETTERS[n] }), null, one))];
    const chosen = [
      ...activities.map((one) => [nameOf(one), settings[`change.${one.id}`], "%"]),
      ...Object.keys(weights).map((name) => [pollutants[name][app.lang], settings[`weight.${name}`], t("weight_unit")])];
    return { rows, more: [[t("sheet_settings"), [...chosen, [], ...sentences().map((text) => [text]), [], [t("note_kind")]]]] };
  }

  return {
    defaults: () => defaults(app.payload),
    tidy: (asked) => tidy(app.payload, asked),
    encode: toQuery,
    decode: (query) => Object.fromEntries(query),
    change(key, value) { app.state.settings[key] = value; return false; },
    fits: () => true,
    build, show, legend, sentences, saved, files,
  };
}

const render = (host) => shell(host, synergyKind);

export { render };
