// The points of a chart: a tip at the pointer, and the arrow keys from point to point.
import { make } from "./host.js";

const NEAR = 24; // units of the drawing within which a pointer finds a point

/**
 * Let readers visit points. `away(place, x, y)` is the distance of a place from a pointer and
 * `across(place)` where its tip stands. `put` gives new places (`kind`: class, `d`: path) with
 * the one that the Tab key reaches, and `follow` moves those that a setting moves.
 */
function guide(box, drawing, layer, away, across) {
  const tip = make("div", { class: "pb-x-tip", hidden: true, "aria-hidden": "true" });
  let places = [], tell = () => [];
  layer.setAttribute("role", "list");
  box.append(tip);

  function put(next, entry, lines) {
    places = next;
    tell = lines;
    layer.replaceChildren(...places.map((place, n) => {
      place.element = make("svg:path", { class: place.kind, d: place.d, role: "listitem", tabindex: n === entry ? 0 : -1, "aria-label": tell(place).join("; ") });
      place.element.addEventListener("focus", () => show(n));
      place.element.addEventListener("blur", hide);
      return place.element;
    }));
  }

  function follow(shape, lines) {
    tell = lines;
    for (const place of places) {
      const d = shape(place);
      if (d !== null) place.element.setAttribute("d", d);
    }
    if (!tip.hidden && tip.dataset.place) show(Number(tip.dataset.place));
  }

  function show(n) {
    const place = places[n];
    if (!place) return;
    const lines = tell(place);
    tip.replaceChildren(...lines.map((text, at) => make(at ? "span" : "strong", {}, text)));
    tip.hidden = false;
    tip.dataset.place = String(n);
    places.forEach((one, at) => one.element.classList.toggle("pb-x-here", at === n));
    const scale = drawing.clientWidth / drawing.viewBox.baseVal.width;
    const left = across(place) * scale;
    tip.style.insetInlineStart = `${Math.max(0, Math.min(left - tip.offsetWidth / 2, box.clientWidth - tip.offsetWidth))}px`;
    place.element.setAttribute("aria-label", lines.join("; "));
  }

  function hide() {
    tip.hidden = true;
    delete tip.dataset.place;
    places.forEach((one) => one.element.classList.remove("pb-x-here"));
  }

  drawing.addEventListener("pointermove", (event) => {
    const area = drawing.getBoundingClientRect(), scale = drawing.viewBox.baseVal.width / area.width;
    const x = (event.clientX - area.left) * scale, y = (event.clientY - area.top) * scale;
    let best = -1, nearest = NEAR;
    places.forEach((place, n) => {
      const far = away(place, x, y);
      if (far < nearest) { nearest = far; best = n; }
    });
    if (best >= 0) show(best);
    else hide();
  });
  drawing.addEventListener("pointerleave", () => { if (!drawing.contains(document.activeElement)) hide(); });
  drawing.addEventListener("keydown", (event) => {
    const here = places.findIndex((place) => place.element === document.activeElement);
    const go = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: places.length - 1 }[event.key];
    if (event.key === "Escape") hide();
    if (here < 0 || go === undefined || !places[go]) return;
    event.preventDefault();
    places[here].element.setAttribute("tabindex", "-1");
    places[go].element.setAttribute("tabindex", "0");
    places[go].element.focus();
  });
  return { put, follow };
}

export { guide };
