// The chart of co-control: what each change cuts, as an arrow; across pollutants, up CO2.
import { guide } from "./guide.js";
import { LETTERS, make, niceStep, numeral, set } from "./host.js";

const HEAD = 9; // length of an arrow's head
const SEEN = 0.22; // share of an axis at least on either side of zero, so that four quadrants show

/** Estimate the width of a text, in pixels; a Chinese sign takes two places. */
const lengthOf = (text) => [...text].reduce((sum, sign) => sum + (sign > "\u2e80" ? 12.5 : 6.6), 0);

/**
 * Make a chart. `draw(view)` shows a view: `arrows` ({ id, text, kind, x, y }, as they are
 * read), `saved` points ({ x, y } or null), `axes` (two labels), `corners` (four names by
 * quadrant), and `tell(id)`, which gives the lines that are told of an arrow.
 */
function quadrants() {
  const layers = Object.fromEntries(["grid", "lines", "labels", "points"].map((name) => [name, make("svg:g")]));
  const drawing = make("svg:svg", { class: "pb-x-chart", role: "group" }, ...Object.values(layers));
  const box = make("div", { class: "pb-x-figure" }, drawing);
  const points = guide(box, drawing, layers.points, (place, px, py) => Math.hypot(place.px - px, place.py - py), (place) => place.px);
  const parts = {};
  const part = (layer, name, tag, attributes) => {
    if (!parts[name]) layers[layer].append((parts[name] = make(`svg:${tag}`)));
    set(parts[name], attributes);
    return parts[name];
  };
  let wide = 0, key = "", view = null;
  new ResizeObserver(() => { wide = box.clientWidth; }).observe(box);

  /** Give the ends of an axis that hold all values, with room on either side of zero. */
  function range(values, count, above) {
    let low = Math.min(0, ...values), high = Math.max(0, ...values);
    if (!(high > low)) { low = -1; high = 1; }
    const span = high - low;
    low = Math.min(low - span * 0.08, -span * SEEN);
    high = Math.max(high + span * above, span * SEEN);
    const step = niceStep(high - low, count);
    return { low, high, step };
  }

  function still(size, across, up, x, y) {
    const { axes } = view, { left, right, top, bottom, width, height } = size;
    layers.grid.replaceChildren();
    const digits = (step) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    for (let n = Math.ceil(across.low / across.step); n * across.step <= across.high; n += 1) {
      layers.grid.append(
        make("svg:line", { class: n ? "pb-x-grid" : "pb-x-zero", x1: x(n * across.step), x2: x(n * across.step), y1: top, y2: height - bottom }),
        make("svg:text", { class: "pb-x-axis", x: x(n * across.step), y: height - bottom + 16, "text-anchor": "middle" }, numeral(n * across.step, digits(across.step))));
    }
    for (let n = Math.ceil(up.low / up.step); n * up.step <= up.high; n += 1) {
      layers.grid.append(
        make("svg:line", { class: n ? "pb-x-grid" : "pb-x-zero", x1: left, x2: width - right, y1: y(n * up.step), y2: y(n * up.step) }),
        make("svg:text", { class: "pb-x-axis", x: left - 6, y: y(n * up.step) + 4, "text-anchor": "end" }, numeral(n * up.step, digits(up.step))));
    }
    layers.grid.append(
      make("svg:text", { class: "pb-x-axis", x: 2, y: 12 }, axes[1]),
      make("svg:text", { class: "pb-x-axis", x: width - right, y: height - 4, "text-anchor": "end" }, axes[0]));
    for (const one of cornersOf(size)) {
      layers.grid.append(make("svg:text", { class: `pb-x-corner${one.id === "I" ? " pb-x-corner-both" : ""}`, x: one.x, y: one.y, "text-anchor": one.anchor }, one.text));
    }
  }

  /** Place the names of the quadrants; `away` is the way out for what would touch one. */
  function cornersOf({ width, height, left, right, top, bottom }) {
    const text = (id) => view.corners[width < 560 ? `${id}_short` : id];
    const over = { y: top + 14, away: 15 }, under = { y: height - bottom - 6, away: -15 };
    const start = { x: left + 4, anchor: "start" }, end = { x: width - right - 4, anchor: "end" };
    const all = { I: { ...over, ...end }, II: { ...over, ...start }, III: { ...under, ...start }, IV: { ...under, ...end } };
    return Object.entries(all).map(([id, one]) => {
      const from = one.anchor === "start" ? one.x : one.x - lengthOf(text(id));
      return { id, text: text(id), ...one, from, to: from + lengthOf(text(id)) };
    });
  }

  function arrow(x0, y0, x1, y1) {
    const long = Math.hypot(x1 - x0, y1 - y0);
    if (long < 1) return { shaft: null, head: null };
    const ux = (x1 - x0) / long, uy = (y1 - y0) / long, size = Math.min(HEAD, long);
    const bx = x1 - ux * size, by = y1 - uy * size, half = size * 0.42;
    const dot = (px, py) => `${px.toFixed(1)},${py.toFixed(1)}`;
    return {
      shaft: `M${dot(x0, y0)}L${dot(bx, by)}`,
      head: `M${dot(x1, y1)}L${dot(bx - uy * half, by + ux * half)}L${dot(bx + uy * half, by - ux * half)}z`,
    };
  }

  function draw(next) {
    view = next;
    const { arrows, saved, tell, t, stamp } = view;
    const width = Math.max(280, Math.round(wide || box.clientWidth)), narrow = width < 560;
    const size = { width, height: narrow ? 290 : 360, left: narrow ? 46 : 58, right: 10, top: 20, bottom: 38 };
    const all = [...arrows, ...saved.filter(Boolean)];
    const across = range(all.map((one) => one.x), width / 110, 0.16), up = range(all.map((one) => one.y), size.height / 62, 0.3); // names of quadrants stand above
    const x = (value) => size.left + ((value - across.low) / (across.high - across.low)) * (width - size.left - size.right);
    const y = (value) => size.height - size.bottom - ((value - up.low) / (up.high - up.low)) * (size.height - size.top - size.bottom);
    const frame = JSON.stringify([size, across, up, stamp]);
    if (frame !== key) {
      key = frame;
      set(drawing, { viewBox: `0 0 ${width} ${size.height}`, "aria-label": t("chart_label") });
      still(size, across, up, x, y);
    }
    const names = arrows.map((one) => one.id).join("|") + stamp;
    if (parts.names !== names) {
      for (const name of Object.keys(parts)) { if (parts[name].remove) parts[name].remove(); delete parts[name]; }
      parts.names = names;
      points.put(arrows.map((one) => ({ id: one.id, kind: "pb-x-mark pb-x-ahead", d: "", px: 0, py: 0 })), 0, (place) => tell(place.id));
    }
    arrows.forEach((one) => {
      const { shaft, head } = arrow(x(0), y(0), x(one.x), y(one.y));
      part("lines", `shaft.${one.id}`, "path", { class: `pb-x-line pb-x-shaft pb-x-arrow-${one.kind}`, d: shaft });
      part("lines", `head.${one.id}`, "path", { class: `pb-x-head-${one.kind} pb-x-tip-head`, d: head });
    });
    LETTERS.forEach((letter, n) => {
      const one = saved[n], px = one ? x(one.x) : 0, py = one ? y(one.y) : 0;
      part("lines", `saved.${n}`, "path", { class: `pb-x-line pb-x-saved-${n}`, d: one ? `M${px - 6},${py}H${px + 6}M${px},${py - 6}V${py + 6}` : null });
      part("labels", `letter.${n}`, "text", { class: `pb-x-end pb-x-end-saved-${n}`, x: px + 8, y: py - 6 }).textContent = one ? letter : "";
    });
    name(arrows, x, y, size);
    const at = new Map(arrows.map((one) => [one.id, one]));
    points.follow((place) => {
      const one = at.get(place.id);
      [place.px, place.py] = [x(one.x), y(one.y)];
      return `M${place.px - 5},${place.py}a5,5 0 1 0 10,0a5,5 0 1 0 -10,0`;
    }, (place) => tell(place.id));
  }

  /** Name the arrows beside their ends, moved up or down where names would touch. */
  function name(arrows, x, y, size) {
    const taken = cornersOf(size);
    [...arrows].sort((a, b) => y(a.y) - y(b.y)).forEach((one) => {
      const px = x(one.x), isMoved = one.x !== 0 || one.y !== 0;
      const long = lengthOf(one.text);
      // outwards of the arrow where there is room, else above its end
      const fits = { left: px - 10 - long >= size.left, right: px + 10 + long <= size.width - size.right };
      const isLeft = one.x < 0 ? fits.left || !fits.right : !fits.right;
      const from = isLeft ? Math.max(px - 10 - long, size.left) : px + 10;
      let py = y(one.y) + (isLeft === one.x < 0 ? 4 : -8);
      for (const other of taken) if (from < other.to && from + long > other.from && Math.abs(py - other.y) < 15) py = other.y + other.away;
      if (isMoved) taken.push({ from, to: from + long, y: py, away: 15 });
      part("labels", `name.${one.id}`, "text", { class: `pb-x-end pb-x-name-${one.kind}`, x: isLeft ? from + long : from, y: py, "text-anchor": isLeft ? "end" : "start" }).textContent = isMoved ? one.text : "";
    });
  }

  return { box, drawing, draw };
}

export { quadrants };
