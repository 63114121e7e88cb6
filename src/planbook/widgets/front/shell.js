// What surrounds every explorer: its state with undo, saved scenarios and link, controls,
// cards, words read aloud, files. What an explorer is about comes from its own `kind`.
import { picture, save, toCsv, toPng, toXlsx } from "./files.js";
import { LETTERS, make, onFrame, readAddress, set, teller, timeline, whenQuiet, writeAddress } from "./host.js";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
let count = 0;

/** Change a text only where it differs: the browser lays out what is touched. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Bring a number within its limits ([low, high, whole]); null where there is none. */
function within(given, [low, high, whole]) {
  const value = Number(given);
  if (given === undefined || given === null || given === "" || !Number.isFinite(value)) return null;
  return Math.min(Math.max(whole ? Math.round(value) : value, low), high);
}

/** Round up to a figure that a slider may end at. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((one) => one * power >= value * 0.999) * power;
}

/**
 * Mount an explorer. `define(app, tools)` gives its kind:
 * `defaults(settings)` to reset to, `tidy(asked)` (settings within what is allowed),
 * `encode(settings)` and `decode(query)` for the address, `change(key, value)` (true if the
 * controls must be made again), `fits(settings)` (whether the controls made are for them),
 * `build()`, `show()`, `legend()`, `sentences()`, `saved(settings)` and `files()`.
 */
function shell({ model, el }, define) {
  el.classList.add("pb-x");
  const own = `pb-x-${(count += 1)}`, id = model.get("id") || own, past = timeline();
  const opened = new Set(); // groups that a reader has opened stay so
  const app = { model, id, own, payload: null, lang: "", t: null, state: null, stamp: 0 };
  let inputs = {}, figure = null, made = null;

  // ---- state ----

  function start(first) {
    app.payload = model.get("payload");
    language();
    const linked = first && model.address ? readAddress(id) : null;
    if (linked) app.state = readQuery(linked);
    else {
      const asked = model.get("settings");
      app.state = { settings: kind.tidy(asked && Object.keys(asked).length ? asked : {}), saved: [] };
    }
    past.clear();
    past.push(app.state);
    build();
  }

  function language() {
    app.lang = model.get("lang") || app.payload.lang;
    if (!(app.lang in app.payload.texts)) [app.lang] = Object.keys(app.payload.texts);
    app.t = teller(app.payload.texts[app.lang]);
  }

  function writeQuery() {
    const query = kind.encode(app.state.settings);
    app.state.saved.forEach((settings, n) => query.set(LETTERS[n], kind.encode(settings).toString()));
    return query.toString();
  }

  function readQuery(query) {
    const settings = (given) => kind.tidy(kind.decode(given));
    return {
      settings: settings(query),
      saved: LETTERS.filter((letter) => query.has(letter)).map((letter) => settings(new URLSearchParams(query.get(letter)))),
    };
  }

  function change(key, value) {
    if (kind.change(key, value)) build();
    else paint();
  }

  /** Keep what was reached: for undo, in the address and at the kernel. */
  function keep() {
    past.push(app.state);
    publish();
  }

  function publish() {
    if (model.address) writeAddress(id, past.length > 1 || app.state.saved.length ? writeQuery() : "");
    else {
      model.set("settings", { ...app.state.settings });
      model.save_changes();
    }
    refresh();
  }

  function go(next) {
    const fits = kind.fits(next.settings);
    app.state = next;
    if (fits) show();
    else build();
    told();
  }

  const told = whenQuiet(() => { figure.live.textContent = kind.sentences().join(" "); }, 700);
  const paint = onFrame(() => show());

  // ---- what is shown ----

  function show() {
    const { digest, cards } = kind.show();
    say(figure.digest, digest);
    for (const [name, texts] of Object.entries(cards)) texts.forEach((text, n) => say(figure.cards[name].children[n], text));
    kind.sentences().forEach((text, n, all) => {
      while (figure.words.children.length > all.length) figure.words.lastChild.remove();
      if (!figure.words.children[n]) figure.words.append(make("li"));
      say(figure.words.children[n], text);
    });
    const names = kind.legend(), key = JSON.stringify(names);
    if (figure.named !== key) {
      figure.named = key;
      figure.legend.replaceChildren(...names.map((one) => make("li", {}, sample(one), one.text)));
    }
    for (const input of Object.values(inputs)) input.read();
  }

  /** Draw a line, an area or a sign of the legend. */
  function sample({ line, area, mark }) {
    return make("svg:svg", { viewBox: "0 0 34 12", width: 34, height: 12, "aria-hidden": "true" },
      area ? make("svg:rect", { class: area, x: 0, y: 1, width: 34, height: 10 }) : null,
      line ? make("svg:path", { class: line, d: "M0,6H34" }) : null,
      mark ? make("svg:path", { class: mark.kind, d: mark.d }) : null);
  }

  // ---- controls ----

  function field(key, label, ...controls) {
    return make("div", { class: `pb-x-field pb-x-field-${key.split(".")[0]}` }, make("label", { for: `${own}-${key}` }, label), ...controls);
  }

  function choice(key, label, options, value = (text) => text) {
    const select = make("select", { id: `${own}-${key}`, name: key, onchange: () => {
      if (kind.change(key, value(select.value))) build();
      else show();
      keep();
      told();
    } }, ...options.map(([name, text]) => make("option", { value: name }, text)));
    inputs[key] = { read: () => { select.value = String(app.state.settings[key]); } };
    return field(key, label, select);
  }

  /**
   * A slider with a number beside it; `scale` turns the setting into what is read, `get`
   * reads it, and an emptied field gives `empty` where that is allowed.
   */
  function slider(key, label, { low, high, step, scale = 1, unit = "", get = () => app.state.settings[key], empty }) {
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    const near = (value) => Number((value / scale).toPrecision(12));
    const range = make("input", { type: "range", id: `${own}-${key}`, name: key, min: low, max: high, step,
      oninput: () => { change(key, near(Number(range.value))); told(); }, onchange: keep });
    const box = make("input", { type: "number", class: "pb-x-number", name: `${key}_number`, step: "any", "aria-label": label, onchange: () => {
      const next = box.value.trim() === "" ? null : Number(box.value);
      if (next !== null && Number.isFinite(next)) kind.change(key, kind.tidy({ ...app.state.settings, [key]: near(next) })[key]);
      else if (empty !== undefined) kind.change(key, empty);
      show();
      keep();
      told();
    } });
    inputs[key] = { read() {
      const value = get();
      const shown = value === null ? "" : String(Number((value * scale).toFixed(Math.max(digits, 6))));
      if (document.activeElement !== range) range.value = shown === "" ? String((low + high) / 2) : shown;
      if (document.activeElement !== box) box.value = shown;
      set(range, { "aria-valuetext": shown === "" ? app.t("none_word") : `${shown}${unit ? ` ${unit}` : ""}` });
    } };
    return field(key, label, make("span", { class: "pb-x-pair" }, range, box, unit ? make("span", { class: "pb-x-unit" }, unit) : null));
  }

  /** A choice of few, all in sight. */
  function tabs(key, label, options) {
    const radios = options.map(([value]) => make("input", { type: "radio", name: `${own}-${key}`, id: `${own}-${key}-${value}`, value, onchange: () => {
      if (kind.change(key, value)) build();
      else show();
      keep();
      told();
      el.querySelector(`[id="${own}-${key}-${value}"]`).focus(); // which a new build has replaced
    } }));
    inputs[key] = { read: () => radios.forEach((one) => { one.checked = one.value === String(app.state.settings[key]); }) };
    return make("fieldset", { class: `pb-x-tabs pb-x-tabs-${key}` }, make("legend", {}, label),
      ...options.map(([value, text], n) => make("label", { for: `${own}-${key}-${value}` }, radios[n], make("span", {}, text))));
  }

  function group(title, ...fields) {
    return make("fieldset", {}, make("legend", {}, title), ...fields);
  }

  /** Controls that a reader opens where they are wanted; open where something `isChanged`. */
  function fold(name, title, isChanged, ...fields) {
    return make("details", { class: "pb-x-fold", open: isChanged || opened.has(name), ontoggle: (event) => {
      if (event.target.open) opened.add(name);
      else opened.delete(name);
    } }, make("summary", {}, title), ...fields);
  }

  function button(name, text, task, more = {}) {
    return make("button", { type: "button", name, onclick: task, ...more }, text);
  }

  // ---- what is built once, and again where other controls are needed ----

  function build() {
    app.stamp += 1;
    language();
    const { t, payload } = app;
    inputs = {};
    figure = { named: null };
    made = kind.build();
    figure.digest = make("p", { class: "pb-x-digest" });
    figure.legend = make("ul", { class: "pb-x-legend" });
    figure.live = make("p", { class: "pb-x-live", "aria-live": "polite" });
    figure.words = make("ul", { class: "pb-x-words" });
    figure.status = make("p", { class: "pb-x-status", role: "status" });
    figure.cards = Object.fromEntries(made.cards.map((name) => [
      name, make("div", { class: `pb-x-card pb-x-card-${name}` }, make("dt"), make("dd", { class: "pb-x-value" }), make("dd", { class: "pb-x-note" }))]));
    figure.undo = button("undo", t("undo"), () => { const back = past.back(); if (back) { go(back); publish(); } });
    figure.keep = button("save", t("save"), () => {
      if (app.state.saved.length < LETTERS.length) app.state.saved.push({ ...app.state.settings });
      show();
      keep();
    });
    figure.saved = make("ul", { class: "pb-x-saved" });
    const name = `${id}-${made.file}`.replace(/^explore-/, "");
    const drawn = () => picture(made.drawing(), {
      title: made.heading,
      head: [made.unit(), figure.digest.textContent].filter(Boolean),
      foot: made.source,
      legend: [...figure.legend.children].map((item) => ({ sample: item.querySelector("svg"), text: item.textContent })),
    });
    const actions = make("div", { class: "pb-x-actions" },
      figure.keep, figure.undo,
      button("reset", t("reset"), () => { go({ settings: kind.defaults(app.state.settings), saved: [] }); keep(); }),
      model.address ? button("link", t("link"), copyLink) : null,
      button("csv", "CSV", () => save(`${name}.csv`, toCsv(kind.files().rows), "text/csv;charset=utf-8")),
      button("xlsx", "XLSX", () => {
        const { rows, more } = kind.files();
        save(`${name}.xlsx`, toXlsx([[t("sheet_figures"), rows], ...more]), XLSX);
      }),
      button("svg", "SVG", () => save(`${name}.svg`, drawn().text, "image/svg+xml")),
      button("png", "PNG", async () => {
        const { text, width, height } = drawn();
        save(`${name}.png`, await toPng(text, width, height), "image/png");
      }));
    const others = Object.keys(payload.texts).filter((other) => other !== app.lang);
    el.lang = app.lang;
    el.replaceChildren(
      make("div", { class: "pb-x-head" },
        make("p", { class: "pb-x-title", role: "heading", "aria-level": "4" }, made.heading),
        ...(model.address ? [] : others.map((other) => button("lang", payload.texts[other].language, () => { model.set("lang", other); model.save_changes(); build(); }, { lang: other })))),
      ...made.before,
      make("div", { class: "pb-x-stage" }, made.stage, figure.digest),
      figure.legend,
      make("dl", { class: "pb-x-cards" }, ...Object.values(figure.cards)),
      make("form", { class: "pb-x-controls", onsubmit: (event) => event.preventDefault() }, ...made.groups),
      actions, figure.saved,
      ...(model.address ? [] : made.kernel),
      figure.status, figure.words, figure.live,
      make("ul", { class: "pb-x-notes" }, ...made.notes.filter(Boolean).map((text) => make("li", {}, text))));
    show();
    refresh();
  }

  /** Refresh what depends on the steps taken: buttons, saved scenarios. */
  function refresh() {
    const { t, state } = app;
    figure.undo.disabled = past.length < 2;
    figure.keep.disabled = state.saved.length >= LETTERS.length;
    figure.saved.replaceChildren(...state.saved.map((settings, n) => make("li", { class: `pb-x-saved-item pb-x-key-${n}` },
      make("strong", {}, LETTERS[n]),
      make("span", {}, kind.saved(settings)),
      button(`open_${LETTERS[n]}`, t("open", { letter: LETTERS[n] }), () => { go({ settings: { ...settings }, saved: state.saved }); keep(); }),
      button(`drop_${LETTERS[n]}`, t("drop", { letter: LETTERS[n] }), () => { state.saved.splice(n, 1); show(); keep(); }))));
    if (made.refresh) made.refresh();
  }

  async function copyLink() {
    writeAddress(id, writeQuery());
    try {
      await navigator.clipboard.writeText(location.href);
      figure.status.textContent = app.t("link_copied");
    } catch {
      const box = make("input", { type: "text", readonly: true, class: "pb-x-link", value: location.href, "aria-label": app.t("link") });
      figure.status.replaceChildren(make("span", {}, app.t("link_here")), box);
      box.select();
    }
  }

  // ---- what comes from outside ----

  const tools = {
    choice, tabs, slider, group, fold,
    find: (key) => el.querySelector(`[name="${key}"]`),
    status: (text) => { figure.status.textContent = text; },
  };
  const kind = define(app, tools);
  model.on("change:payload", () => start(false));
  model.on("change:lang", () => build());
  model.on("change:message", () => tools.status(model.get("message")));
  model.on("change:settings", () => {
    const asked = kind.tidy(model.get("settings"));
    if (JSON.stringify(asked) === JSON.stringify(app.state.settings)) return;
    go({ settings: asked, saved: app.state.saved });
    past.push(app.state);
    refresh();
  });
  if (model.address) {
    addEventListener("hashchange", () => {
      const query = readAddress(id);
      if (!query) return;
      go(readQuery(query));
      past.push(app.state);
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

export { roundUp, shell, within };
