
"use strict";
// Everything on the page can be read without this script. It makes the acts searchable, and
// lets a reader choose the colours.
(() => {
  const root = document.documentElement;
  const by = (id) => document.getElementById(id);

  // Colours: the system's, until the reader asks for the others.
  const theme = by("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const tell = () => theme.setAttribute("aria-pressed", String(dark()));
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; tell(); });
  system.addEventListener("change", tell);
  theme.hidden = false;
  tell();

  // A table that fits needs no stop for the keyboard.
  const boxes = Array.from(document.querySelectorAll(".scroll"));
  const measure = () => {
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1); // read all, then write
    boxes.forEach((box, i) => { if (wide[i]) box.tabIndex = 0; else box.removeAttribute("tabindex"); });
  };
  let waiting = 0;
  addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(measure); });

  const table = by("evidence");
  if (!table) { measure(); return; }
  const body = table.tBodies[0], form = by("filter"), hits = by("hits"), texts = hits.dataset;
  const pages = by("pages"), previous = by("previous"), next = by("next"), place = by("page");
  const chosen = ["f-project", "f-bidder", "f-outcome", "f-indicator", "f-rule"].map(by);
  const size = 50;
  const count = new Intl.NumberFormat(root.lang);
  const order = new Intl.Collator(root.lang, {numeric: true});
  const fold = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const fill = (s, ...x) => s.replace(/\{(\d)\}/g, (_, n) => x[n]);

  // The rows leave the document: a browser lays out one page of them at a time.
  const all = Array.from(body.rows, (row) => ({
    row, text: fold(Array.from(row.cells, (c) => c.textContent).join(" ")), codes: " " + row.dataset.f + " ",
  }));
  let found = all, at = 0, column = -1, down = false;
  let absent = []; // codes of a figure that no field stands for

  const draw = () => {
    const last = Math.max(0, Math.ceil(found.length / size) - 1);
    at = Math.min(at, last);
    body.replaceChildren(...found.slice(at * size, at * size + size).map((x) => x.row));
    pages.hidden = last === 0;
    place.textContent = fill(texts.page, count.format(at + 1), count.format(last + 1));
    previous.setAttribute("aria-disabled", String(at === 0));
    next.setAttribute("aria-disabled", String(at === last));
    let said = found.length ? fill(texts.hits, count.format(found.length), count.format(all.length)) : texts.none;
    if (column >= 0) said += ". " + fill(down ? texts.down : texts.up, heads[column].textContent);
    if (last > 0) said += ". " + place.textContent;
    hits.textContent = said;
  };

  const key = (x) => {
    const cell = x.row.cells[column], time = cell.querySelector("time");
    return time ? time.dateTime : cell.dataset.v ? Number(cell.dataset.v) : cell.textContent;
  };
  const compare = (a, b) => typeof a === "number" || typeof b === "number" ? (Number(a) || 0) - (Number(b) || 0) : order.compare(a, b);
  const sorted = (list) => {
    if (column < 0) return list;
    const keyed = list.map((x) => [key(x), x]);
    keyed.sort((a, b) => down ? compare(b[0], a[0]) : compare(a[0], b[0]));
    return keyed.map((x) => x[1]);
  };

  const search = () => {
    const words = fold(by("f-text").value).split(/\s+/).filter(Boolean);
    const codes = chosen.map((x) => x.value).filter(Boolean).concat(absent).map((x) => " " + x + " ");
    found = sorted(all.filter((x) => codes.every((c) => x.codes.includes(c)) && words.every((w) => x.text.includes(w))));
    at = 0;
    draw();
  };

  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((th, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      down = column === i ? !down : false;
      column = i;
      heads.forEach((h, n) => n === i ? h.setAttribute("aria-sort", down ? "descending" : "ascending") : h.removeAttribute("aria-sort"));
      search();
    });
  });
  const turn = (by) => (e) => { if (e.currentTarget.getAttribute("aria-disabled") !== "true") { at += by; draw(); } };
  previous.addEventListener("click", turn(-1));
  next.addEventListener("click", turn(1));
  const again = () => { absent = []; search(); };
  form.addEventListener("input", again);
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("reset", () => setTimeout(again)); // once the fields are empty

  // A figure leads to the acts behind it.
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-show]");
    if (!link) return;
    const codes = link.dataset.show.split(" ");
    by("f-text").value = "";
    chosen.forEach((x) => { x.value = Array.from(x.options, (o) => o.value).find((v) => codes.includes(v)) || ""; });
    absent = codes.filter((c) => !chosen.some((x) => x.value === c));
    search();
  });

  form.hidden = false;
  search();
  measure();
})();
