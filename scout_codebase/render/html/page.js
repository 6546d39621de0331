
"use strict";
// Tables whose columns sort, findings that are filtered, pictures that are panned and searched.
// Everything is read from the page and written as text: nothing is made of markup, and nothing is
// fetched. Without this script the page shows all of its content.
(() => {
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const SEVERITIES = ["critical", "high", "medium", "low"];

  function sortValue(cell) {
    const text = cell ? cell.textContent.trim() : "";
    const severity = SEVERITIES.indexOf(text);
    if (severity >= 0) return severity;
    const number = /^[\d,]+(\.\d+)?( ?%)?$/.test(text) ? parseFloat(text.replace(/,/g, "")) : NaN;
    return Number.isNaN(number) ? text.toLowerCase() : number;
  }

  function compare(one, other) {
    if (typeof one === typeof other) return one < other ? -1 : one > other ? 1 : 0;
    return typeof one === "number" ? -1 : 1;
  }

  function sortTable(table, heads, column) {
    const rising = heads[column].getAttribute("aria-sort") !== "ascending";
    heads.forEach((head, at) => head.setAttribute(
      "aria-sort", at === column ? (rising ? "ascending" : "descending") : "none"));
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => [sortValue(row.cells[column]), row]);
    rows.sort((one, other) => compare(one[0], other[0]) * (rising ? 1 : -1));
    body.append(...rows.map((pair) => pair[1]));
    followOrder(body);
  }

  // The cards of findings stand in the order of the rows that link to them.
  function followOrder(body) {
    const cards = document.querySelector(".cards");
    const numbers = Array.from(body.rows, (row) => row.dataset.finding).filter(Boolean);
    if (!cards || !numbers.length) return;
    const byNumber = new Map(all(cards, ".finding").map((card) => [card.dataset.finding, card]));
    cards.prepend(...numbers.map((number) => byNumber.get(number)).filter(Boolean));
  }

  function makeSortable(table) {
    const body = table.tBodies[0];
    if (!table.tHead || !body || body.rows.length < 2) return;
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      if (!head.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sortTable(table, heads, column));
    });
  }

  function makeFilters(form) {
    const section = form.closest(".findings");
    const cards = all(section, ".finding");
    const rows = new Map(all(section, "tr[data-finding]").map((row) => [row.dataset.finding, row]));
    const texts = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
    const status = form.querySelector("output");
    const value = (name) => (form.elements[name] ? form.elements[name].value : "");

    function shows(card) {
      const boxes = all(form, "input[name=severity]");
      const severity = boxes.find((box) => box.value === card.dataset.severity);
      const menus = ["rule", "component", "state"];
      return (!severity || severity.checked)
        && menus.every((name) => !value(name) || value(name) === card.dataset[name])
        && texts.get(card).includes(value("text").trim().toLowerCase());
    }

    function apply() {
      let shown = 0;
      for (const card of cards) {
        const visible = shows(card);
        card.hidden = !visible;
        const row = rows.get(card.dataset.finding);
        if (row) row.hidden = !visible;
        shown += visible ? 1 : 0;
      }
      status.textContent = `${shown} of ${cards.length} shown`;
    }

    form.addEventListener("input", apply);
    form.addEventListener("change", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    form.hidden = false;
    apply();
  }

  // A link to a finding that is filtered out shows it again.
  function showTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const card = target && target.closest(".finding");
    const form = document.querySelector("[data-filters]");
    if (card && card.hidden && form) {
      form.reset();
      setTimeout(() => target.scrollIntoView());
    }
  }

  function makeViewer(figure) {
    const svg = figure.querySelector("svg");
    const stage = figure.querySelector(".stage");
    const status = figure.querySelector("output");
    const search = figure.querySelector("input[type=search]");
    const whole = svg.getAttribute("viewBox").split(" ").map(Number);
    let view = whole.slice();

    function look(next) {
      const width = Math.min(whole[2], Math.max(whole[2] / 20, next[2]));
      const height = width * whole[3] / whole[2];
      const within = (at, length, size) => Math.min(Math.max(at, 0), Math.max(0, size - length));
      view = [within(next[0], width, whole[2]), within(next[1], height, whole[3]), width, height];
      svg.setAttribute("viewBox", view.map((number) => number.toFixed(2)).join(" "));
    }

    function zoom(factor, x = 0.5, y = 0.5) {
      const width = Math.min(whole[2], view[2] * factor);
      const height = width * whole[3] / whole[2];
      look([view[0] + (view[2] - width) * x, view[1] + (view[3] - height) * y, width, height]);
    }

    const pan = (x, y) => look([view[0] + x * view[2], view[1] + y * view[3], view[2], view[3]]);
    const keys = {
      ArrowLeft: () => pan(-0.1, 0), ArrowRight: () => pan(0.1, 0),
      ArrowUp: () => pan(0, -0.1), ArrowDown: () => pan(0, 0.1),
      "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), 0: () => look(whole),
    };
    const buttons = { in: keys["+"], out: keys["-"], all: keys[0] };

    stage.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    all(figure, "[data-zoom]").forEach((button) =>
      button.addEventListener("click", () => buttons[button.dataset.zoom]()));
    stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(event.deltaY > 0 ? 1.15 : 0.87,
        (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    }, { passive: false });
    let held = null;
    stage.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" && view[2] === whole[2]) return;
      held = [event.clientX, event.clientY];
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      if (!held) return;
      const box = svg.getBoundingClientRect();
      pan((held[0] - event.clientX) / box.width, (held[1] - event.clientY) / box.height);
      held = [event.clientX, event.clientY];
    });
    for (const name of ["pointerup", "pointercancel"]) {
      stage.addEventListener(name, () => { held = null; });
    }

    const nodes = all(svg, ".box, .tile");
    const joins = all(svg, "[data-from]");
    const names = new Map(nodes.map((node) => [node, node.querySelector("title").textContent.toLowerCase()]));

    function mark(found, searching) {
      const ids = new Set(found.map((node) => node.dataset.node).filter(Boolean));
      const near = new Set(ids);
      for (const join of joins) {
        const touches = ids.has(join.dataset.from) || ids.has(join.dataset.to);
        if (touches) near.add(join.dataset.from).add(join.dataset.to);
        join.classList.toggle("hit", touches);
        join.classList.toggle("dim", searching && !touches);
      }
      const hits = new Set(found);
      for (const node of nodes) {
        node.classList.toggle("hit", hits.has(node));
        node.classList.toggle("dim", searching && !hits.has(node) && !near.has(node.dataset.node));
      }
    }

    function find() {
      const wanted = search.value.trim().toLowerCase();
      const found = wanted ? nodes.filter((node) => names.get(node).includes(wanted)) : [];
      mark(found, Boolean(wanted));
      status.textContent = wanted ? `${found.length} found` : "";
      if (found.length !== 1) { look(wanted ? view : whole); return; }
      const box = found[0].querySelector("rect").getBBox();
      const width = Math.max(whole[2] / 2, box.width * 2);
      look([box.x + box.width / 2 - width / 2, box.y - width / 4, width, 0]);
    }

    search.addEventListener("input", find);
    nodes.filter((node) => node.dataset.node).forEach((node) => {
      node.addEventListener("pointerenter", () => { if (!search.value) mark([node], true); });
      node.addEventListener("pointerleave", () => { if (!search.value) mark([], false); });
    });
    figure.querySelector(".tools").hidden = false;
    figure.classList.add("live");
  }

  all(document, "table.rows").forEach(makeSortable);
  all(document, "[data-filters]").forEach(makeFilters);
  all(document, "[data-viewer]").forEach(makeViewer);
  addEventListener("hashchange", showTarget);
  addEventListener("beforeprint", () => all(document, "details").forEach((one) => { one.open = true; }));
})();
