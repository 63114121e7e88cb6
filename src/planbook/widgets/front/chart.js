// The chart of the forecast explorer: figures, fan of intervals, scenario, target.
import { guide } from "./guide.js";
import { LETTERS, make, niceStep, numeral, set } from "./host.js";

/** Draw history markers: the sign beside the colour. */
function marker(role, x, y) {
  const r = 3.4, path = {
    circle: `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`,
    diamond: `M${x},${y - r - 1}l${r + 1},${r + 1}l${-r - 1},${r + 1}l${-r - 1},${-r - 1}z`,
    square: `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    triangle: `M${x},${y - r - 1}l${r + 1},${2 * r}h${-2 * r - 2}z`,
  };
  if (role.startsWith("nation")) return path.triangle;
  if (role.startsWith("province") || role === "county") return path.square;
  return role.endsWith("modelled") ? path.diamond : path.circle;
}

function star(x, y) {
  return `${Array.from({ length: 10 }, (_, n) => {
    const r = n % 2 ? 3 : 7, turn = (Math.PI * (n - 2.5)) / 5;
    return `${n ? "L" : "M"}${(x + r * Math.cos(turn)).toFixed(1)},${(y + r * Math.sin(turn)).toFixed(1)}`;
  }).join("")}z`;
}

/**
 * Make a chart. `draw(view)` shows a view: the series (`one`), `result`, `settings`, `aim`,
 * `saved` scenarios, whether the scenario `moved`, words (`t`) and `write`, perhaps the highest
 * year as `peak`; `tell(year)` gives the lines that are told of a year.
 */
function chart() {
  const layers = Object.fromEntries(["grid", "bands", "lines", "marks", "labels", "points"].map((name) => [name, make("svg:g")]));
  const drawing = make("svg:svg", { class: "pb-x-chart", role: "group" }, ...Object.values(layers));
  const box = make("div", { class: "pb-x-figure" }, drawing);
  const points = guide(box, drawing, layers.points, (place, at) => Math.abs(x(place.year) - at), (place) => x(place.year));
  const parts = {}; // what moves: made once, then only changed
  const part = (layer, name, tag, attributes) => {
    if (!parts[name]) layers[layer].append((parts[name] = make(`svg:${tag}`)));
    set(parts[name], attributes);
    return parts[name];
  };
  let wide = 0; // kept, since asking the page for it lays the page out
  new ResizeObserver(() => { wide = box.clientWidth; }).observe(box);
  let view = null, key = "", x = null, y = null;

  function frame(size) {
    const { one, result, settings, aim, saved, moved } = view;
    const shown = result.years.filter((year) => year <= settings.horizon).length;
    const values = [...one.history.values, ...result.bands[0].lower.slice(0, shown), ...result.bands[0].upper.slice(0, shown)];
    if (moved) values.push(...result.base.lower.slice(0, shown), ...result.base.upper.slice(0, shown));
    for (const other of saved) values.push(...other.result.median.slice(0, shown));
    if (aim) values.push(aim.value);
    let low = Math.min(...values), high = Math.max(...values);
    if (!(high > low)) { low -= 1; high += 1; }
    const step = niceStep(high - low, size.height / 62);
    return {
      shown,
      first: one.history.years[0] ?? one.last_year,
      last: Math.max(settings.horizon, aim && aim.deadline <= result.years[result.years.length - 1] ? aim.deadline : 0),
      low: Math.floor(low / step + 1e-9) * step,
      high: Math.ceil(high / step - 1e-9) * step,
      step,
    };
  }

  /** Axes and figures: made again only when the frame or the series changes. */
  function still(size, at) {
    const { one, t, tell } = view;
    layers.grid.replaceChildren();
    for (const name of Object.keys(parts).filter((one_) => one_.startsWith("past"))) { parts[name].remove(); delete parts[name]; }
    const { left, right, top, bottom, width, height } = size;
    const digits = Math.max(0, -Math.floor(Math.log10(at.step * one.unit[view.lang].factor) + 1e-9));
    for (let value = at.low, n = 0; value <= at.high + at.step / 2; n += 1, value = at.low + n * at.step) {
      layers.grid.append(
        make("svg:line", { class: "pb-x-grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
        make("svg:text", { class: "pb-x-axis", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, numeral(value * one.unit[view.lang].factor, Math.min(digits, 6))));
    }
    const years = at.last - at.first, gap = [1, 2, 5, 10, 20].find((n) => (years / n) * 42 <= width - left - right) ?? 50;
    for (let year = Math.ceil(at.first / gap) * gap; year <= at.last; year += gap) {
      layers.grid.append(make("svg:text", { class: "pb-x-axis", x: x(year), y: height - bottom + 18, "text-anchor": "middle" }, String(year)));
    }
    layers.grid.append(make("svg:text", { class: "pb-x-axis", x: 2, y: 12 }, one.unit[view.lang].label));
    const start = x(one.last_year + 0.5), isLate = start > width - right - 100; // no room behind
    layers.grid.append(
      make("svg:line", { class: "pb-x-begins", x1: start, x2: start, y1: top, y2: height - bottom }),
      make("svg:text", { class: "pb-x-axis", x: start + (isLate ? -4 : 4), y: height - bottom - 6, "text-anchor": isLate ? "end" : "start" }, t("begins")));
    for (const item of one.breaks) {
      const place = x(item.year - 0.5);
      layers.grid.append(make("svg:line", { class: "pb-x-break", x1: place, x2: place, y1: top, y2: height - bottom }));
    }
    const past = one.history;
    let path = "", before = null;
    past.years.forEach((year, n) => {
      const joined = before !== null && past.segment[n] === past.segment[before] && year === past.years[before] + 1;
      path += `${joined ? "L" : "M"}${x(year).toFixed(1)},${y(past.values[n]).toFixed(1)}`;
      before = n;
    });
    part("lines", "past", "path", { class: `pb-x-line pb-x-${one.role}`, d: path });
    points.put([
      ...past.years.map((year, n) => ({ year, d: marker(one.role, x(year), y(past.values[n])), kind: `pb-x-mark pb-x-${one.role}${past.qualifier[n] && past.qualifier[n] !== "about" ? " pb-x-bound" : ""}` })),
      ...one.years.filter((year) => year <= view.settings.horizon).map((year) => ({ year, kind: "pb-x-mark pb-x-ahead" })),
    ], past.years.length - 1, (place) => tell(place.year));
  }

  function line(values, count, from) {
    const { one } = view;
    let path = from === null ? "" : `M${x(one.last_year).toFixed(1)},${y(from).toFixed(1)}`;
    for (let n = 0; n < count; n += 1) path += `${path ? "L" : "M"}${x(one.years[n]).toFixed(1)},${y(values[n]).toFixed(1)}`;
    return path;
  }

  function area(lower, upper, count, from) {
    const there = line(upper, count, from);
    let path = "";
    for (let n = count - 1; n >= 0; n -= 1) path += `L${x(view.one.years[n]).toFixed(1)},${y(lower[n]).toFixed(1)}`;
    return `${there}${path}Z`;
  }

  function draw(next) {
    view = next;
    const { one, result, settings, aim, saved, moved, t, write } = view;
    const width = Math.max(280, Math.round(wide || box.clientWidth)), narrow = width < 560;
    const size = { width, height: narrow ? 250 : 350, left: 52, right: narrow ? 20 : 118, top: 20, bottom: 26 };
    const at = frame(size);
    x = (year) => size.left + ((year - at.first) / Math.max(at.last - at.first, 1)) * (width - size.left - size.right);
    y = (value) => size.height - size.bottom - ((value - at.low) / (at.high - at.low)) * (size.height - size.top - size.bottom);
    const now = JSON.stringify([one.id, one.entity, one.last_year, size, at, view.lang, view.stamp]);
    if (now !== key) {
      key = now;
      set(drawing, { viewBox: `0 0 ${width} ${size.height}`, "aria-label": t("chart_label") });
      still(size, at);
    }
    const from = aim?.kind?.sums ? one.so_far : one.history.last_shown;
    ["0", "1", "2"].forEach((n) => {
      const band = result.bands[n];
      part("bands", `band${n}`, "path", { class: `pb-x-band${moved ? " pb-x-band-moved" : ""}`, d: band ? area(band.lower, band.upper, at.shown, from) : null });
    });
    part("bands", "basis", "path", { class: "pb-x-basis", d: moved ? area(result.base.lower, result.base.upper, at.shown, from) : null });
    part("lines", "forecast", "path", { class: "pb-x-line pb-x-forecast", d: line(result.base.median, at.shown, from) });
    part("lines", "scenario", "path", { class: "pb-x-line pb-x-scenario", d: moved ? line(result.median, at.shown, from) : null });
    const ends = [[moved ? "scenario" : "forecast", moved ? t("line_scenario") : t("line_alone"), result.median[at.shown - 1]]];
    if (moved) ends.push(["forecast", t("line_forecast"), result.base.median[at.shown - 1]]);
    LETTERS.forEach((letter, n) => {
      const other = saved[n];
      part("lines", `saved${n}`, "path", { class: `pb-x-line pb-x-saved-${n}`, d: other ? line(other.result.median, Math.min(at.shown, other.result.years.length), from) : null });
      if (other) ends.push([`saved-${n}`, t("line_saved", { letter }), other.result.median[at.shown - 1]]);
    });
    const goal = aim ? y(aim.value) : 0;
    part("marks", "target", "path", { class: "pb-x-line pb-x-target", d: aim ? `M${x(at.first)},${goal}H${x(at.last)}` : null });
    const due = aim && aim.deadline >= at.first && aim.deadline <= at.last ? x(aim.deadline) : null;
    part("marks", "deadline", "path", { class: "pb-x-deadline", d: due === null ? null : `M${due},${size.top}V${size.height - size.bottom}` });
    part("marks", "flag", "path", { class: "pb-x-flag", d: due === null ? null : `M${due},${goal - 6}l6,6l-6,6l-6,-6z` });
    if (aim) ends.push(["target", t("line_target", { value: write.whole(aim.value) }), aim.value]);
    peak(view.peak, size, at);
    label(ends, size, at, narrow);
    points.follow((place) => {
      const n = one.years.indexOf(place.year);
      return n < 0 ? null : marker("", x(place.year), y(result.median[n]));
    }, (place) => view.tell(place.year));
  }

  /** Mark the highest year, with its name above it. */
  function peak(top, size, at) {
    const isSeen = top && top.year >= at.first && top.year <= at.last;
    const px = isSeen ? x(top.year) : 0, py = isSeen ? y(top.value) : 0;
    part("labels", "star", "path", { class: "pb-x-star", d: isSeen ? star(px, py) : null });
    const side = px > (size.left + size.width - size.right) / 2 ? "end" : "start";
    const text = part("labels", "top", "text", { class: "pb-x-top", x: px, y: Math.max(py - 9, 11), "text-anchor": side });
    text.textContent = isSeen ? top.label : "";
  }

  /** Name the lines at their ends, moved apart where they would touch. */
  function label(ends, size, at, narrow) {
    // a narrow chart has room for the letters of saved scenarios; the legend names the rest
    const named = narrow ? ends.filter(([kind]) => kind.startsWith("saved")).map(([kind, , value]) => [kind, LETTERS[Number(kind.slice(-1))], value]) : ends;
    const room = named.map(([kind, text, value]) => ({ kind, text, y: y(value) })).sort((a, b) => a.y - b.y);
    for (let n = 1; n < room.length; n += 1) room[n].y = Math.max(room[n].y, room[n - 1].y + 15);
    const over = room.length ? room[room.length - 1].y - (size.height - size.bottom) : 0;
    if (over > 0) room.forEach((one) => { one.y -= over; });
    for (let n = 0; n < 6; n += 1) {
      const one = room[n];
      const text = part("labels", `end${n}`, "text", { class: one ? `pb-x-end pb-x-end-${one.kind}` : "pb-x-end", x: x(at.last) + 8, y: one ? one.y + 4 : 0 });
      text.textContent = one ? one.text : "";
    }
  }

  return { box, drawing, draw };
}

export { chart, marker };
