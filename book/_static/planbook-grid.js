/* Sorts and filters the book's tables in the page. Without it they are plain tables.
   One classic script: browsers refuse modules and fetch() on pages opened from a disk. */
(() => {
  "use strict";

  const STATES = ["ascending", "descending", ""]; // "": as listed

  const plain = (text) => text.normalize("NFKC").toLowerCase();

  function setUp(block) {
    const form = block.querySelector("form.pb-grid-tools");
    const body = block.querySelector("tbody");
    const rows = [...body.rows];
    const facets = [...form.querySelectorAll("select[data-facet]")];
    const heads = [...block.querySelectorAll("thead th[data-column]")];
    const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
    const texts = rows.map((row) => plain(row.textContent));
    const numeric = heads.map((head) => {
      const keys = rows.map((row) => row.cells[head.dataset.column].dataset.sort).filter(Boolean);
      return keys.length > 0 && keys.every((key) => !Number.isNaN(Number(key)));
    });

    function filter() {
      const words = plain(form.elements.text.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, number) => {
        const fits =
          words.every((word) => texts[number].includes(word)) &&
          facets.every(({ name, value }) =>
            !value || (row.getAttribute(`data-${name}`) || "").split(" ").includes(value));
        row.hidden = !fits;
        shown += fits;
      });
      const total = block.dataset.count;
      form.querySelector(".pb-grid-count").textContent = total.replace("{shown}", shown);
      block.querySelector(".pb-grid-none").hidden = shown > 0;
    }

    function order(column, state) {
      const place = heads.findIndex((head) => head.dataset.column === column);
      const key = (row) => row.cells[column].dataset.sort;
      const sorted = [...rows];
      if (state) {
        const sign = state === "ascending" ? 1 : -1;
        const by = numeric[place] ? (a, b) => a - b : compare;
        sorted.sort((one, other) => {
          const [a, b] = [key(one), key(other)];
          if (!a || !b) return Number(!a) - Number(!b); // what is missing stands last
          return sign * by(a, b);
        });
      }
      body.append(...sorted);
      heads.forEach((head, number) => {
        if (state && number === place) head.setAttribute("aria-sort", state);
        else head.removeAttribute("aria-sort");
      });
      form.elements.sort.value = state ? `${column} ${state}` : "";
    }

    for (const head of heads) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const now = STATES.indexOf(head.getAttribute("aria-sort") || "");
        order(head.dataset.column, STATES[(now + 1) % STATES.length]);
      });
    }
    form.elements.sort.addEventListener("change", () => {
      const [column, state] = form.elements.sort.value.split(" ");
      order(column || "0", state || "");
    });
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { order("0", ""); filter(); }));

    // An address such as ?verdict=no_data&part=2#board opens the table filtered.
    function choose(asked) {
      form.elements.text.value = asked.get("text") || "";
      for (const facet of facets) {
        const value = asked.get(facet.name);
        facet.value = [...facet.options].some((option) => option.value === value) ? value : "";
      }
      filter();
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest(`a[href^="?"][href$="#${block.id}"]`);
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(new URLSearchParams(link.search));
      block.scrollIntoView();
    });
    choose(location.hash === `#${block.id}` ? new URLSearchParams(location.search) : new URLSearchParams());
    form.hidden = false;
  }

  function start() {
    document.querySelectorAll(".pb-grid").forEach(setUp);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
