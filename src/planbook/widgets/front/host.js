// What every explorer shares: where it is mounted, its state in the page's address, words
// and numbers, elements. Nothing here knows what an explorer is about.

const SVG = "http://www.w3.org/2000/svg";
const LETTERS = ["A", "B", "C"]; // of saved scenarios

/** Make an element; texts go in as text, never as markup. */
function make(tag, attributes = {}, ...children) {
  const element = tag.startsWith("svg:")
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  set(element, attributes);
  element.append(...children.filter((one) => one !== null && one !== undefined));
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Put words together: `{name}` stands for a value. */
function teller(texts) {
  return (key, values = {}) => {
    if (!(key in texts)) throw new Error(`no words for '${key}'`);
    return texts[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  };
}

/** Write a number as the book does: separators, a true minus sign, no minus zero. */
function numeral(value, digits) {
  if (value === null || !Number.isFinite(value)) return "–";
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** Give a round step that divides `span` into about `count` parts. */
function niceStep(span, count) {
  const rough = span / Math.max(count, 1), power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999);
}

/** Give functions that write values of a unit: alone, with it, as a difference. */
function writer(unit, lang) {
  const gap = lang === "zh" ? "" : " ";
  const label = unit.label ? gap + unit.label : "";
  const bare = (value, more = 0) => numeral(value === null ? null : value * unit.factor, unit.digits + more);
  return {
    bare,
    plain: numeral,
    whole: (value) => (value === null ? "–" : bare(value) + label),
    signed: (value, more = 0) =>
      value === null ? "–" : (value > 0 && /[1-9]/.test(bare(value, more)) ? "+" : "") + bare(value, more) + label,
    percent: (value, digits = 1) => `${numeral(value, digits)}${gap}%`,
    chance(p) {
      if (p === null) return "–";
      if (p < 0.02) return `<${gap}2${gap}%`;
      if (p > 0.98) return `>${gap}98${gap}%`;
      return `${numeral(100 * p, 0)}${gap}%`;
    },
  };
}

// ---- the page as host ----

/** What a widget's model offers, for a page without a kernel. */
function pageModel(state) {
  return {
    get: (key) => state[key],
    set: (key, value) => { state[key] = value; },
    save_changes() {},
    on() {},
    off() {},
    address: true,
  };
}

/** Read the query that the address holds for one explorer, or null. */
function readAddress(id) {
  const [name, query] = location.hash.slice(1).split("?");
  return name === id && query ? new URLSearchParams(query) : null;
}

/** Keep the state in the address, and in the link to the same page in the other language. */
function writeAddress(id, query) {
  const hash = query ? `#${id}?${query}` : "";
  if (!hash && !location.hash.startsWith(`#${id}`)) return;
  history.replaceState(history.state, "", hash || location.pathname + location.search);
  for (const link of document.querySelectorAll("a.pb-language")) link.hash = hash;
}

/**
 * Mount every explorer of one kind that the page holds so far. The script stands right
 * behind its place, so that an explorer can be used before the rest of a page is read.
 */
function mountAll(kind, render) {
  for (const block of document.querySelectorAll(`[data-planbook-widget="${kind}"]:not([data-ready])`)) {
    const data = block.querySelector('script[type="application/json"]');
    const el = make("div", { class: "pb-x" });
    block.append(el);
    render({ model: pageModel({ ...JSON.parse(data.textContent), id: block.id }), el });
    const none = block.querySelector(".pb-x-none");
    if (none) none.hidden = true;
    block.dataset.ready = "";
    performance.mark(`planbook-ready-${block.id}`);
    if (readAddress(block.id)) {
      block.scrollIntoView();
      if (document.readyState !== "complete") addEventListener("load", () => block.scrollIntoView(), { once: true });
    }
  }
}

// ---- the state: settings, saved scenarios, undo ----

/** Write settings as a query, all of them, so that a link means the same in later editions. */
function toQuery(settings) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(settings)) {
    if (value !== null) query.set(key, String(value));
  }
  return query;
}

/** Keep states so that steps can be taken back. */
function timeline() {
  const past = [];
  return {
    push(state) {
      const text = JSON.stringify(state);
      if (past[past.length - 1] !== text) past.push(text);
      if (past.length > 200) past.shift();
    },
    back() {
      if (past.length < 2) return null;
      past.pop();
      return JSON.parse(past[past.length - 1]);
    },
    get length() { return past.length; },
    clear() { past.length = 0; },
  };
}

/** Call at most once a frame, however often it is asked for. */
function onFrame(task) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; task(); });
  };
}

/** Do small tasks one after another while nobody waits for the page. */
function whenIdle(tasks) {
  const later = window.requestIdleCallback || ((task) => setTimeout(() => task({ timeRemaining: () => 5 }), 50));
  const left = [...tasks];
  const run = (deadline) => {
    do left.shift()?.(); while (left.length && deadline.timeRemaining() > 4);
    if (left.length) later(run);
  };
  if (left.length) later(run);
}

/** Call once it has been quiet for a while. */
function whenQuiet(task, milliseconds) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(task, milliseconds); };
}

export { LETTERS, make, mountAll, niceStep, numeral, onFrame, readAddress, set, teller, timeline, toQuery, whenIdle, whenQuiet, writeAddress, writer };
