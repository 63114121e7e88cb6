// The mirror of planbook/widgets/mathematics.py, which explains every formula. A test
// compares both over a grid of settings: whoever changes one changes the other.

const ROUNDING = 1e-9;
const SAME = 1e-12;
const ON_BOUND = 1e-9;
const SMALLEST = 1e-12;
const EDGE = 30;
// of what the plan sets no target for
const LEVEL = { level: true, sums: false, every_year: false, from_deadline: false, rate: true, to_full: false, adds: false, budget: false };
const NODES = Float64Array.from({ length: 75 }, (_, i) => -3.7 + (7.4 * i) / 74);

/** Chance of at most z under the normal law; the series is exact to double precision. */
function normal(z) {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let term = z, sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The inverse of `normal`, by Newton's method from the middle, where it cannot overshoot. */
function score(p) {
  if (p > 0.5) return -score(1 - p);
  let z = 0;
  for (let n = 0; n < 60; n += 1) {
    const move = (normal(z) - p) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
    z -= move;
    if (Math.abs(move) < 1e-14) break;
  }
  return z;
}

function interpolate(x, at, values) {
  const last = at.length - 1;
  if (!(x >= at[0])) return values[0];
  if (x >= at[last]) return values[last];
  let low = 0, high = last; // at[low] <= x < at[high]
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle] <= x) low = middle;
    else high = middle;
  }
  return values[low] + ((x - at[low]) / (at[high] - at[low])) * (values[high] - values[low]);
}

function forward(y, scale, lower, upper) {
  if (scale === "identity") return y;
  if (scale === "log") return Math.log(Math.max(y - lower, Math.exp(-700)));
  const tiny = 1 / (1 + Math.exp(EDGE));
  const held = Math.min(Math.max((y - lower) / (upper - lower), tiny), 1 - tiny);
  return Math.log(held / (1 - held));
}

function back(u, scale, lower, upper) {
  if (scale === "identity") return u;
  if (scale === "log") return lower + Math.exp(u);
  return lower + (upper - lower) / (1 + Math.exp(-Math.min(Math.max(u, -EDGE), EDGE)));
}

const decoded = new WeakMap(); // entry of the payload: its points, one array a step

function pointsOf(entry, laws) {
  if (!decoded.has(entry)) {
    const rows = entry.table
      ? entry.table.map((row) => {
          let whole = 0;
          return Float64Array.from(row, (step) => (whole += step) * entry.unit);
        })
      : entry.centre.map((centre, n) =>
          Float64Array.from(laws[entry.law], (one) => centre + entry.spread[n] * one));
    decoded.set(entry, rows);
  }
  return decoded.get(entry);
}

const ranked = new Map();

function ranksOf(text, draws) {
  if (!ranked.has(text)) {
    const raw = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const rows = [];
    for (let at = 0; at < raw.length; at += 2 * draws) {
      rows.push(Uint16Array.from({ length: draws }, (_, n) => raw[at + 2 * n] + 256 * raw[at + 2 * n + 1]));
    }
    ranked.set(text, rows);
  }
  return ranked.get(text);
}

const stratified = new Map();

function scoresOf(draws) {
  if (!stratified.has(draws)) {
    stratified.set(draws, Float64Array.from({ length: draws }, (_, n) => score((n + 0.5) / draws)));
  }
  return stratified.get(draws);
}

function defaults(payload, series = 0) {
  const one = payload.series[series];
  const first = one.years[0], last = one.years[one.years.length - 1];
  const inside = (year) => Math.min(Math.max(year, first), last);
  return {
    series,
    model: one.default,
    window: 0,
    horizon: inside(payload.horizon),
    level: payload.level,
    adjust: 0,
    adjust_unit: "percent",
    adjust_from: inside(payload.as_of + 1),
    fade: 0,
    trend_fade: 0,
    step: 0,
    step_unit: "percent",
    step_from: inside(payload.as_of + 1),
    ramp: 1,
    target: null,
    deadline: null,
  };
}

function lawOf(one, laws, settings, plain) {
  const entry = one.models[settings.model][String(settings.window)];
  const points = pointsOf(entry, laws);
  const lower = one.bounds[0] === null ? -Infinity : one.bounds[0];
  const upper = one.bounds[1] === null ? Infinity : one.bounds[1];
  const base = one.change ? one.change.base : null;
  const hold = (y) => Math.min(Math.max(y, lower), upper);
  const shown = (level) => (base === null ? level : (level / base - 1) * 100);
  const atom = entry.atom;
  const bound = atom && (atom.upper ? upper : lower);
  const free = (z, step) => hold(back(interpolate(z, NODES, points[step]), entry.scale, lower, upper));
  const unadjusted = (z, step) => {
    if (!atom) return free(z, step);
    const p = normal(z), mass = atom.mass[step];
    if (atom.upper ? p >= 1 - mass - ON_BOUND : p <= mass + ON_BOUND) return bound;
    return free(score((atom.upper ? p : p - mass) / (1 - mass)), step);
  };
  const { times, plus } = adjustment(one, base, unadjusted, settings, plain);
  return {
    quantile: (z, step) => shown(hold(unadjusted(z, step) * times[step] + plus[step])),
    hasAtom: Boolean(atom),
    cdf(value, step, less = false) {
      const level = base === null ? value : base * (1 + value / 100);
      const strict = less && Boolean(atom);
      if (level < lower || (strict && level === lower)) return 0;
      if (level > upper || (level === upper && !(strict && atom.upper))) return 1;
      const before = (level - plus[step]) / times[step];
      const below = normal(interpolate(forward(before, entry.scale, lower, upper), points[step], NODES));
      if (!atom) return below;
      const mass = atom.mass[step];
      const isAt = Math.abs(before - bound) <= SAME * Math.max(1, Math.abs(bound));
      if (atom.upper) {
        if ((before > bound && !isAt) || (isAt && !strict)) return 1;
        return (1 - mass) * (isAt ? 1 : below);
      }
      if ((before < bound && !isAt) || (isAt && strict)) return 0;
      return mass + (1 - mass) * (isAt ? 0 : below);
    },
  };
}

function adjustment(one, base, unadjusted, settings, plain) {
  const count = one.years.length;
  const times = new Float64Array(count).fill(1), plus = new Float64Array(count);
  if (plain) return { times, plus };
  const kept = 1 - settings.trend_fade / 100;
  const share = 1 - settings.fade / 100;
  const middle = [one.last, ...one.years.map((_, step) => unadjusted(0, step))];
  const ratio = Math.min(...middle) > 0;
  const point = base === null ? 1 : base / 100;
  let moved = 0, power = 1;
  one.years.forEach((year, step) => {
    let factor = 1, addend = 0;
    if (kept !== 1) {
      power *= kept;
      const before = middle[step], now = middle[step + 1];
      moved += power * (ratio ? Math.log(now / before) : now - before);
      if (ratio) factor = (middle[0] * Math.exp(moved)) / now;
      else addend = middle[0] + moved - now;
    }
    let grown = 1, summed = 0, still = 1;
    for (let n = year - settings.adjust_from; n >= 0; n -= 1) {
      grown *= 1 + (settings.adjust * still) / 100;
      summed += settings.adjust * still;
      still *= share;
    }
    const part = Math.min(1, Math.max(0, year - settings.step_from + 1) / settings.ramp);
    if (settings.adjust_unit === "points") grown = 1;
    else summed = 0;
    let stepped = 1;
    if (settings.step_unit === "points") summed += settings.step * part;
    else stepped = 1 + (settings.step * part) / 100;
    const whole = grown * stepped;
    times[step] = Math.max(factor * whole, SMALLEST);
    plus[step] = addend * whole + summed * point;
  });
  return { times, plus };
}

function targetOf(one, settings) {
  const plan = one.target;
  const value = settings.target ?? (plan ? plan.value : null);
  const deadline = settings.deadline ?? (plan ? plan.deadline : null);
  if (value === null || deadline === null) return null;
  const operator = plan ? plan.operator : one.operator;
  const kind = plan ? plan.kind : LEVEL;
  const atLeast = [">=", ">", "=="].includes(operator);
  let threshold = value;
  if (kind.level && !one.change) {
    const edge = one.bounds[atLeast ? 1 : 0];
    const full = value === edge || (kind.to_full && value === 100);
    if (full && operator !== ">" && operator !== "<") {
      threshold += atLeast ? -one.edge : one.edge;
    }
  }
  const first = plan && plan.base_year !== null ? plan.base_year + 1 : null;
  return { value, threshold, deadline, operator, kind, first };
}

function isMet(aim, value) {
  const goal = aim.threshold;
  if (Math.abs(value - goal) <= Math.max(ROUNDING * Math.max(Math.abs(value), Math.abs(goal)), ROUNDING)) {
    return [">=", "<=", "=="].includes(aim.operator);
  }
  if (aim.operator === ">=" || aim.operator === ">") return value > goal;
  if (aim.operator === "==") return goal !== aim.value && value > goal;
  return value < goal;
}

const wantsMost = (aim) => aim.operator === "<=" || aim.operator === "<";

function reading(payload, one, settings, aim, plain) {
  const law = lawOf(one, payload.laws, settings, plain);
  const name = one.models[settings.model][String(settings.window)].paths;
  let paths = null, sums = null, known = true;
  if (aim && (aim.kind.sums || aim.kind.every_year)) {
    if (name === undefined) known = !aim.kind.sums;
    else {
      const scores = scoresOf(payload.draws);
      const ranks = ranksOf(one.paths[name], payload.draws);
      paths = one.years.map((_, step) => {
        const values = Float64Array.from(scores, (z) => law.quantile(z, step));
        return Float64Array.from(ranks[step], (rank) => values[rank]);
      });
      if (aim.kind.sums && one.so_far !== null) {
        const [kept, share] = one.weights, later = new Float64Array(payload.draws);
        sums = paths.map((row, step) => {
          row.forEach((value, n) => { later[n] += value; });
          return Float64Array.from(later, (value) => kept[step] * one.so_far + share[step] * value).sort();
        });
      } else if (aim.kind.sums) known = false;
    }
  }
  const ofSums = (p, step) => {
    const at = p * (payload.draws - 1), low = Math.floor(at);
    const high = Math.min(low + 1, payload.draws - 1);
    return sums[step][low] + (at - low) * (sums[step][high] - sums[step][low]);
  };
  const row = (z) => {
    const p = sums ? normal(z) : 0;
    return one.years.map((_, step) => (sums ? ofSums(p, step) : law.quantile(z, step)));
  };
  const chanceAt = (step) => {
    const most = wantsMost(aim), strict = law.hasAtom && !most;
    let below;
    if (sums) {
      let count = 0;
      for (const value of sums[step]) count += strict ? value < aim.threshold : value <= aim.threshold;
      below = count / payload.draws;
    } else below = law.cdf(aim.threshold, step, !most);
    return most ? below : 1 - below;
  };
  const chance = () => {
    const at = one.years.indexOf(aim.deadline);
    if (at < 0 || !known) return null;
    if (!aim.kind.every_year) return chanceAt(at);
    if (!paths) return null;
    const sign = wantsMost(aim) ? -1 : 1;
    let good = 0;
    for (let n = 0; n < payload.draws; n += 1) {
      let holds = true;
      for (let step = 0; step <= at && holds; step += 1) {
        const year = one.years[step];
        if (year < aim.first || one.kept.includes(year)) continue;
        holds = sign * (paths[step][n] - aim.threshold) >= 0;
      }
      good += holds;
    }
    return good / payload.draws;
  };
  return { row, chanceAt, chance, known };
}

function decidedBy(one, aim) {
  const { years, values } = one.measured;
  const whole = years.map((year, n) => [year, values[n]]);
  const seen = whole.filter(([year]) => year <= aim.deadline);
  if (aim.kind.from_deadline) {
    if (whole.some(([year, value]) => year >= aim.deadline && !isMet(aim, value))) return false;
  } else if (aim.kind.every_year) {
    if (seen.some(([year, value]) => year >= aim.first && !isMet(aim, value))) return false;
  } else if (aim.kind.adds && !wantsMost(aim)) {
    if (seen.some(([, value]) => isMet(aim, value))) return true;
  } else if (aim.kind.budget && seen.some(([, value]) => !isMet(aim, value))) return false;
  const due = seen.find(([year]) => year === aim.deadline);
  return due ? isMet(aim, due[1]) : null;
}

const levelOf = (one, value) => (one.change ? 1 + value / 100 : value);

function paceOf(one, aim, median) {
  const out = { needed: null, seen: null, ahead: null, needed_rate: null, seen_rate: null, ahead_rate: null };
  const last = aim && aim.kind.sums ? one.so_far : one.history.last_shown;
  if (last === null || (aim && aim.kind.every_year)) return out;
  const rate = (first, final, years) => {
    if (aim && !aim.kind.rate) return null;
    const from = levelOf(one, first), to = levelOf(one, final);
    return from > 0 && to > 0 ? (to / from) ** (1 / years) - 1 : null;
  };
  const { start } = one, year = one.last_year;
  if (start && start.year < year) {
    out.seen = (last - start.value) / (year - start.year);
    out.seen_rate = rate(start.value, last, year - start.year);
  }
  if (!aim) return out;
  const left = aim.deadline - year;
  if (left >= 1 && !(isMet(aim, last) && !aim.kind.budget)) {
    out.needed = (aim.value - last) / left;
    out.needed_rate = rate(last, aim.value, left);
  }
  const at = one.years.indexOf(aim.deadline);
  if (left >= 1 && at >= 0) {
    out.ahead = (median[at] - last) / left;
    out.ahead_rate = rate(last, median[at], left);
  }
  return out;
}

function explore(payload, settings) {
  const one = payload.series[settings.series];
  const aim = targetOf(one, settings);
  const changed = reading(payload, one, settings, aim, false);
  const plain = reading(payload, one, settings, aim, true);
  const bands = [settings.level, ...payload.rules.inner.filter((inner) => inner < settings.level)].map((level) => {
    const z = score(0.5 + level / 200);
    return { level, lower: changed.row(-z), upper: changed.row(z) };
  });
  const z = score(0.5 + settings.level / 200);
  const base = { median: plain.row(0), lower: plain.row(-z), upper: plain.row(z) };
  const median = changed.row(0);
  const at = one.years.indexOf(settings.horizon);
  const under = levelOf(one, base.median[at]);
  const result = {
    years: one.years,
    median,
    bands,
    base,
    chance: null,
    chance_base: null,
    decided: null,
    reached: null,
    reached_base: null,
    likely: null,
    ...paceOf(one, aim, median),
    difference: median[at] - base.median[at],
    difference_pct: under > 0 ? (levelOf(one, median[at]) / under - 1) * 100 : null,
  };
  if (!aim) return result;
  result.decided = decidedBy(one, aim);
  if (result.decided === null) {
    result.chance = changed.chance();
    result.chance_base = plain.chance();
  }
  if (aim.kind.budget) return result;
  const last = aim.kind.sums ? one.so_far : one.history.last_shown;
  if (last !== null && isMet(aim, last)) {
    result.reached = result.reached_base = result.likely = one.last_year;
    return result;
  }
  const first = (row) => one.years.find((_, step) => isMet(aim, row[step])) ?? null;
  if (changed.known) {
    result.reached = first(median);
    result.likely = one.years.find((_, step) => changed.chanceAt(step) >= payload.rules.likely) ?? null;
  }
  if (plain.known) result.reached_base = first(base.median);
  return result;
}

export { NODES, defaults, explore, interpolate, isMet, normal, score, targetOf };
