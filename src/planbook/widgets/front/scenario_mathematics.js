// The mirror of planbook/widgets/scenario_mathematics.py and planbook/analysis/scenarios.py,
// which explain every formula. Draws are kept year by year, one after another, and what a
// move does not touch is kept from the move before.
import { quadrant } from "./cocontrol.js";

const FACTORS = ["activity", "intensity"];
const LOW = 0.1, HIGH = 0.9; // of the draws below the ends of an interval
const SAME = 1e-9;
const MT_TO_T = 1e6, T_PER_1E4 = 1e-4;
const KEPT = 12; // results of other settings that are kept
const PARTS = 80; // indices that are kept, those of several scenarios and steps

const movedOf = (parameters) => parameters.sectors.filter((name) => parameters.base.co2[name]);
const scenarioOf = (parameters, id) => parameters.scenarios.find((one) => one.id === id);

function stepsOf(parameters, scenario) {
  return scenarioOf(parameters, scenario).changes
    .filter((one) => one.kind === "step")
    .map((one) => ({ ...one, name: one.id.slice(5) }))
    .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
}

function defaults(payload, scenario = null) {
  const { parameters } = payload, id = scenario ?? parameters.scenarios[0].id;
  const first = parameters.base_year + 1, last = parameters.last_year;
  const inside = (year) => Math.min(Math.max(year, first), last);
  const out = { scenario: id, year: inside(payload.horizon), from: inside(payload.as_of + 1), output: 0 };
  for (const factor of FACTORS) for (const name of movedOf(parameters)) out[`${factor}.${name}`] = 0;
  for (const one of stepsOf(parameters, id)) {
    out[`effect.${one.name}`] = 100;
    out[`start.${one.name}`] = one.start;
    out[`ramp.${one.name}`] = one.ramp;
  }
  return out;
}

function uniforms(seed, key, count) {
  let start = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) start = Math.imul(start ^ byte, 0x01000193);
  return Float64Array.from({ length: count }, (_, n) => {
    let state = (Math.imul(n, 0x9e3779b9) + (start ^ seed)) | 0;
    state ^= state >>> 16;
    state = Math.imul(state, 0x85ebca6b);
    state ^= state >>> 13;
    state = Math.imul(state, 0xc2b2ae35);
    state ^= state >>> 16;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  });
}

function triangular(u, low, value, high) {
  const width = high - low;
  if (width === 0) return u.fill(value);
  const peak = (value - low) / width;
  return u.map((one) => (one <= peak ? low + Math.sqrt(one * peak) * width : high - Math.sqrt((1 - one) * (1 - peak)) * width));
}

const stores = new WeakMap(); // parameters: what was computed from them

function storeOf(parameters) {
  if (!stores.has(parameters)) stores.set(parameters, { draws: new Map(), parts: new Map(), results: new Map(), room: new Map() });
  return stores.get(parameters);
}

/** Keep the latest results of a computation, so that a drag does not fill the memory. */
function remember(store, key, most, compute) {
  if (store.has(key)) {
    const found = store.get(key);
    store.delete(key);
    store.set(key, found);
    return found;
  }
  const found = compute();
  store.set(key, found);
  if (store.size > most) store.delete(store.keys().next().value);
  return found;
}

function drawsOf(parameters, change) {
  return remember(storeOf(parameters).draws, change.id, Infinity, () =>
    triangular(uniforms(parameters.seed, change.id, parameters.draws), change.low, change.value, change.high));
}

/** Multiply what the changes of one factor do into `out`, `count` draws a year. */
function apply(out, changes, settings, years, count, valuesOf) {
  for (const change of changes) {
    const values = valuesOf(change);
    if (change.kind === "rate") {
      const running = new Float64Array(count).fill(1);
      years.forEach((year, at) => {
        if (year >= change.from && year <= change.to) {
          const part = change.damping ** (year - change.from + change.offset);
          for (let n = 0; n < count; n += 1) running[n] *= 1 + values[n] * part;
        }
        for (let n = 0, k = at * count; n < count; n += 1, k += 1) out[k] *= running[n];
      });
    } else {
      const name = change.id.slice(5), share = settings[`effect.${name}`] / 100;
      const start = settings[`start.${name}`], ramp = settings[`ramp.${name}`];
      years.forEach((year, at) => {
        const part = share * Math.min(1, Math.max(0, (year - start + 1) / ramp));
        if (part === 0) return;
        for (let n = 0, k = at * count; n < count; n += 1, k += 1) out[k] *= 1 + values[n] * part;
      });
    }
  }
}

/** Index of a reader's yearly change, which is certain. */
function ownIndex(rates, from, years) {
  let grown = 1;
  return Float64Array.from(years, (year) => {
    if (year >= from) for (const rate of rates) grown *= 1 + rate / 100;
    return grown;
  });
}

/** Index of what the changes of a sector's factors make of it, year by year and draw by draw. */
function indexOf(parameters, settings, years, count, sector, factors) {
  const { scenario } = settings;
  const own = scenarioOf(parameters, scenario).changes.filter((one) => one.sector === sector && factors.includes(one.factor));
  const steps = own.filter((one) => one.kind === "step").map((one) => {
    const name = one.id.slice(5);
    return `${settings[`effect.${name}`]},${settings[`start.${name}`]},${settings[`ramp.${name}`]}`;
  });
  const key = [scenario, sector, factors, count, ...steps].join("|");
  return remember(storeOf(parameters).parts, key, PARTS, () => {
    const out = new Float64Array(count * years.length).fill(1);
    apply(out, own, settings, years, count, (change) => (count === 1 ? [change.value] : drawsOf(parameters, change)));
    return out;
  });
}

function yearsOf(parameters) {
  return Array.from({ length: parameters.last_year - parameters.base_year + 1 }, (_, n) => parameters.base_year + n);
}

/** Compute sums of a scenario: as assumed (count 1) or by draw. */
function sums(parameters, settings, years, count) {
  const store = storeOf(parameters), { changes } = scenarioOf(parameters, settings.scenario), size = count * years.length;
  const index = (sector, factors) => indexOf(parameters, settings, years, count, sector, factors);
  const weights = parameters.equivalent_kg;
  // draws are read before the next move, so that their room can be used again
  const room = (name) => remember(store.room, `${name}${count}`, Infinity, () => new Float64Array(size)).fill(0);
  const co2 = room("co2");
  const counted = Object.keys(parameters.base).filter((name) => name in weights);
  const equivalents = counted.length ? room("equivalents") : null;
  const parts = {};
  const terms = []; // what is added up: an amount times its indices
  for (const sector of parameters.sectors) {
    const mine = counted.filter((name) => sector in parameters.base[name]);
    if (!(sector in parameters.base.co2) && !mine.length) continue;
    const own = ownIndex(FACTORS.map((factor) => settings[`${factor}.${sector}`] ?? 0), settings.from, years);
    const burnt = index(sector, FACTORS), base = parameters.base.co2[sector] ?? 0;
    if (count === 1) parts[sector] = Array.from(years, (_, at) => base * burnt[at] * own[at]);
    if (base) terms.push({ into: co2, amount: base, own, burnt, more: null });
    let plain = 0; // pollutants that change as the fuel does
    for (const name of mine) {
      const amount = parameters.base[name][sector] / weights[name];
      if (!changes.some((one) => one.sector === sector && one.factor === name)) plain += amount;
      else terms.push({ into: equivalents, amount, own, burnt, more: index(sector, [name]) });
    }
    if (plain) terms.push({ into: equivalents, amount: plain, own, burnt, more: null });
  }
  for (let at = 0; at < years.length; at += 1) { // year by year, so that a sum stays at hand
    for (const { into, amount, own, burnt, more } of terms) {
      const times = amount * own[at], end = (at + 1) * count;
      if (more) for (let k = at * count; k < end; k += 1) into[k] += burnt[k] * more[k] * times;
      else for (let k = at * count; k < end; k += 1) into[k] += burnt[k] * times;
    }
  }
  const output = index("economy", ["output"]), own = ownIndex([settings.output], settings.from, years);
  const { reference } = parameters;
  const start = ((reference.co2 * MT_TO_T) / reference.output) * T_PER_1E4;
  const intensity_change = room("intensity_change");
  for (let at = 0, k = 0; at < years.length; at += 1) {
    const times = (100 * MT_TO_T * T_PER_1E4) / (parameters.output * own[at] * start);
    for (const end = k + count; k < end; k += 1) intensity_change[k] = (co2[k] * times) / output[k] - 100;
  }
  return { found: { co2, ...(equivalents ? { equivalents } : {}), intensity_change }, parts };
}

/** Bring the n-th smallest value of a stretch to its place, smaller ones before it. */
function select(values, n, left, right) {
  while (right > left) {
    const pivot = values[(left + right) >> 1];
    let i = left, j = right;
    while (i <= j) {
      while (values[i] < pivot) i += 1;
      while (values[j] > pivot) j -= 1;
      if (i <= j) {
        const kept = values[i];
        values[i] = values[j];
        values[j] = kept;
        i += 1;
        j -= 1;
      }
    }
    if (n <= j) right = j;
    else if (n >= i) left = i;
    else return values[n];
  }
  return values[n];
}

/** Give the ends of an interval of values; the order of `values` is changed. */
function ends(values) {
  const last = values.length - 1;
  return [LOW, HIGH].map((share, n) => {
    const at = share * last, whole = Math.floor(at);
    const low = select(values, whole, n ? Math.floor(LOW * last) : 0, last);
    if (whole === last) return low;
    let high = Infinity; // the next one is the smallest of those behind
    for (let k = whole + 1; k <= last; k += 1) if (values[k] < high) high = values[k];
    return low + (at - whole) * (high - low);
  });
}

function peakOf(parameters, years, path, drawn, count) {
  const first = years[0];
  const past = Object.entries(parameters.history).map(([year, value]) => [Number(year), value]).filter(([year]) => year < first).sort((a, b) => a[0] - b[0]);
  let top = -Infinity, when = first;
  for (const [year, value] of past) if (value > top) { top = value; when = year; }
  const tops = new Float64Array(count).fill(top), whens = new Int16Array(count).fill(when);
  let value = top, year = when;
  years.forEach((one, at) => {
    if (path[at] > value) { value = path[at]; year = one; }
    for (let n = 0, k = at * count; n < count; n += 1, k += 1) {
      if (drawn[k] > tops[n]) { tops[n] = drawn[k]; whens[n] = one; }
    }
  });
  const tally = new Map();
  let early = 0, before = 0;
  for (const found of whens) {
    tally.set(found, (tally.get(found) || 0) + 1);
    early += found <= parameters.peak_by;
    before += found < first;
  }
  const sorted = [...tally].sort((a, b) => a[0] - b[0]);
  const quantile = (share) => { // the smallest year that so many draws do not exceed
    let left = Math.max(0, Math.ceil(count * share - 1));
    for (const [found, many] of sorted) { if (left < many) return found; left -= many; }
    return sorted[sorted.length - 1][0];
  };
  return { year, value, low: quantile(LOW), high: quantile(HIGH), chance: early / count, past: before / count };
}

/**
 * Read one scenario with the settings. With `only`, the ends of the draws are found for that
 * quantity, and for the others in the years that are quoted; the rest is null.
 */
function read(parameters, settings, only) {
  const { year, shown, ...rest } = settings; // what is quoted and drawn changes no path
  const quoted = only ? [year, parameters.target.year] : null;
  return remember(storeOf(parameters).results, JSON.stringify([rest, only, quoted]), KEPT, () => {
    const years = yearsOf(parameters), count = parameters.draws;
    const { found: path, parts } = sums(parameters, settings, years, 1);
    const { found: drawn } = sums(parameters, settings, years, count);
    const peak = peakOf(parameters, years, path.co2, drawn.co2, count);
    const aim = parameters.target, due = years.indexOf(aim.year);
    let target = null;
    if (due >= 0) {
      let good = 0;
      for (let n = 0, k = due * count; n < count; n += 1, k += 1) good += drawn.intensity_change[k] <= aim.change;
      target = { change: path.intensity_change[due], chance: good / count };
    }
    const names = Object.keys(path), out = { names, years, parts, peak, target };
    for (const name of names) {
      const both = years.map((one, at) => (only && name !== only && !quoted.includes(one) ? [null, null] : ends(drawn[name].subarray(at * count, (at + 1) * count))));
      out[name] = { path: Array.from(path[name]), low: both.map((one) => one[0]), high: both.map((one) => one[1]) };
    }
    if (target) Object.assign(target, { low: out.intensity_change.low[due], high: out.intensity_change.high[due] });
    return out;
  });
}

function unmoved(payload, settings) {
  return { ...defaults(payload, settings.scenario), year: settings.year };
}

/** Tell whether settings change anything; the year from which no change begins does not. */
function isMoved(payload, settings) {
  const plain = unmoved(payload, settings);
  return Object.keys(plain).some((key) => key !== "from" && settings[key] !== plain[key]);
}

/**
 * List what can be computed before a reader moves anything, in small pieces: indices that
 * no move changes, and sums that are thrown away, so that the browser has compiled them.
 */
function warmings(payload, scenario) {
  const { parameters } = payload, { changes } = scenarioOf(parameters, scenario);
  const settings = defaults(payload, scenario), years = yearsOf(parameters), count = parameters.draws;
  const index = (sector, factors) => () => indexOf(parameters, settings, years, count, sector, factors);
  let drawn = null;
  const own = changes.filter((one) => !FACTORS.includes(one.factor));
  return [
    ...changes.map((change) => () => drawsOf(parameters, change)),
    ...parameters.sectors.map((name) => index(name, FACTORS)),
    ...own.map((one) => index(one.sector, [one.factor])), // output, and pollutants on their own
    () => { drawn = sums(parameters, settings, years, count).found; },
    () => peakOf(parameters, years, drawn.co2, drawn.co2, count),
    ...years.map((_, at) => () => ends(drawn.co2.subarray(at * count, (at + 1) * count))),
    () => sums(parameters, settings, years, count),
  ];
}

/** Compute what the explorer shows; with `only`, what it shows while that quantity is drawn. */
function explore(payload, settings, only = null) {
  const { parameters } = payload;
  const plain = payload.plain?.[settings.scenario] ?? read(parameters, unmoved(payload, settings), only);
  const mine = isMoved(payload, settings) ? read(parameters, settings, only) : plain;
  const at = mine.years.indexOf(settings.year);
  const each = (names, value) => Object.fromEntries(names.map((name) => [name, value(name)]));
  const gap = each(mine.names, (name) => mine[name].path[at] - plain[name].path[at]);
  const cuts = each(mine.names.filter((name) => name !== "intensity_change"), (name) => 100 * (1 - mine[name].path[at] / mine[name].path[0]));
  const held = (name) => (name in cuts ? (Math.abs(cuts[name]) < 100 * SAME ? 0 : cuts[name]) : null);
  const after = (one) => ({ path: one.path.slice(1), low: one.low.slice(1), high: one.high.slice(1) });
  let summed = 0;
  for (let n = 1; n <= at; n += 1) summed += mine.co2.path[n] - plain.co2.path[n];
  return {
    years: mine.years.slice(1),
    shown: each(mine.names, (name) => after(mine[name])),
    base: each(plain.names, (name) => after(plain[name])),
    peak: mine.peak,
    peak_base: plain.peak,
    target: mine.target,
    target_base: plain.target,
    difference: gap,
    difference_pct: each(mine.names.filter((name) => name !== "intensity_change"), (name) => (100 * gap[name]) / plain[name].path[at]),
    summed,
    since: { cuts, quadrant: quadrant(held("equivalents"), held("co2")) },
    sectors: each(movedOf(parameters), (name) => [mine.parts[name][0], plain.parts[name][at], mine.parts[name][at]]),
  };
}

export { defaults, explore, movedOf, stepsOf, warmings };
