"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  let printing = false;

  // ---- theme -------------------------------------------------------------------------------
  const theme = () => {
    if (printing) return "light";
    return chosen || (prefersDark.matches ? "dark" : "light");
  };

  function applyTheme(name) {
    root.dataset.theme = name;
    Object.keys(data.figures).forEach((id) => {
      if (byId(id).data) Plotly.relayout(id, colours());
    });
  }

  function colours() {
    const style = getComputedStyle(root);
    const value = (name) => style.getPropertyValue(name).trim();
    const axis = { color: value("--soft"), gridcolor: value("--grid"), zerolinecolor: value("--line") };
    const layout = {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      "font.color": value("--text"),
      "hoverlabel.bgcolor": value("--card"),
      "hoverlabel.font.color": value("--text"),
      "hoverlabel.bordercolor": value("--line"),
    };
    ["xaxis", "yaxis"].forEach((name) => {
      Object.entries(axis).forEach(([key, colour]) => { layout[`${name}.${key}`] = colour; });
    });
    return layout;
  }

  // Paper is light, also when the reader's preference changes behind the print dialog.
  function setPrinting(now) {
    printing = now;
    fitFigures(printing ? PAPER_WIDTH : null);
    applyTheme(theme());
  }

  // ---- figures: drawn when they come near the screen ----------------------------------------
  function draw(id) {
    const place = byId(id);
    if (place.data) return;
    const spec = data.figures[id];
    const layout = Object.assign({}, spec.layout, {
      autosize: true,
      margin: { l: 58, r: 14, t: spec.data.length > 1 ? 36 : 12, b: 50 },
      font: { family: getComputedStyle(document.body).fontFamily, size: 13 },
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", traceorder: "normal" },
      showlegend: spec.data.length > 1,
      hoverlabel: { font: {} },
    });
    // An allowed list: the library's own menu offers to upload the chart to a server of its makers.
    const config = {
      responsive: true,
      displaylogo: false,
      showSendToCloud: false,
      showEditInChartStudio: false,
      showLink: false,
      modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    };
    ["xaxis", "yaxis"].forEach((name) => {
      layout[name].title.font = { size: 13 };
      layout[name].ticklabelstandoff = 5;
    });
    Plotly.newPlot(place, spec.data, layout, config).then(() => Plotly.relayout(place, colours()));
  }

  function drawAll() {
    Object.keys(data.figures).forEach(draw);
  }

  // Paper is narrower than most screens, and its size is known only to the printer.
  const PAPER_WIDTH = 660;

  function fitFigures(width) {
    drawAll();
    Object.keys(data.figures).forEach((id) => Plotly.relayout(id, { width, autosize: width === null }));
  }

  function watchFigures() {
    const watcher = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach((entry) => draw(entry.target.id));
    }, { rootMargin: "600px" });
    Object.keys(data.figures).forEach((id) => watcher.observe(byId(id)));
  }

  // ---- sample browser ------------------------------------------------------------------------
  const PAGE = 10;
  const SIDES = ["run", "dataset", "band", "outcome", "set"];
  const NOT_IN_SET = "not in it";
  let first = 0;
  let onlyQuery = null;

  const source = (segments) => segments.map((part) => (typeof part === "string" ? part : part[0])).join("");

  function facts(sample) {
    const query = data.queries[sample.query];
    return {
      run: sample.run,
      dataset: query.dataset,
      band: query.band,
      outcome: sample.outcome,
      set: sample.set || NOT_IN_SET,
    };
  }

  function prepare(sample) {
    const query = data.queries[sample.query];
    const texts = [source(query.text), source(sample.text), sample.answer ? source(sample.answer) : ""];
    return Object.assign(sample, { facts: facts(sample), words: texts.join("\n").toLowerCase() });
  }

  function fillFilters() {
    SIDES.forEach((side) => {
      const values = [...new Set(data.samples.map((sample) => sample.facts[side]))];
      const select = byId(`filter-${side}`);
      values.forEach((value) => select.add(new Option(value.replaceAll("_", " "), value)));
      const label = select.closest("[data-several]");
      if (label) label.hidden = values.length < 2;
    });
  }

  function matching() {
    const wanted = SIDES.map((side) => [side, byId(`filter-${side}`).value]).filter(([, value]) => value);
    const text = byId("filter-text").value.trim().toLowerCase();
    const found = data.samples.filter((sample) =>
      (!onlyQuery || sample.query === onlyQuery) &&
      wanted.every(([side, value]) => sample.facts[side] === value) && sample.words.includes(text));
    return inOrder(found, byId("order").value);
  }

  function inOrder(samples, order) {
    const rate = (sample) => data.queries[sample.query].correct / Math.max(1, data.queries[sample.query].trials);
    const by = {
      longest: (a, b) => b.tokens - a.tokens,
      shortest: (a, b) => a.tokens - b.tokens,
      hardest: (a, b) => rate(a) - rate(b),
    }[order];
    return by ? samples.slice().sort(by) : samples;
  }

  // ---- what a reader takes along ---------------------------------------------------------------
  function download(name, rows) {
    const lines = rows.map((row) => JSON.stringify(row)).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines], { type: "application/jsonl" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function asRow(sample) {
    const query = data.queries[sample.query];
    return {
      query_id: query.id,
      from: sample.run,
      dataset: query.dataset,
      trial: sample.trial,
      outcome: sample.outcome,
      training_set: sample.set || null,
      query: source(query.text),
      references: query.references.map(source),
      answer: sample.answer ? source(sample.answer) : null,
      reason: sample.reason,
      tokens: sample.tokens,
      response: source(sample.text),
    };
  }

  // ---- table of queries ------------------------------------------------------------------------
  const QUERY_PAGE = 25;
  const COLUMNS = [
    ["query", (row) => row.text, "words", (row) => row.shown],
    ["band", (row) => row.band, "words"],
    ["pass rate", (row) => row.correct / Math.max(1, row.trials), "", (row) => (row.trials ? `${(100 * row.correct / row.trials).toFixed(1)} %` : "")],
    ["trials", (row) => row.trials, ""],
    ["correct", (row) => row.correct, ""],
    ["state", (row) => row.state, "words"],
    ["reference", (row) => row.reference, "words"],
    ["usual wrong answer", (row) => row.usual, "words"],
  ];
  const table = { first: 0, column: null, down: false };

  function matchingQueries() {
    const text = byId("query-text").value.trim().toLowerCase();
    const wanted = ["run", "band", "state"].map((side) => [side, byId(`query-${side}`).value]).filter(([, value]) => value);
    const solved = byId("query-solved").value;
    const rows = data.table.filter((row) =>
      wanted.every(([side, value]) => row[side] === value) &&
      (!solved || solved === (row.correct === 0 ? "never" : row.correct === row.trials ? "always" : "sometimes")) &&
      `${row.text}\n${row.shown}\n${row.reference}\n${row.usual}\n${row.id}`.toLowerCase().includes(text));
    if (table.column === null) return rows;
    const value = COLUMNS[table.column][1];
    const sign = table.down ? -1 : 1;
    return rows.sort((a, b) => sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
  }

  function showQueries() {
    const found = matchingQueries();
    table.first = Math.max(0, Math.min(table.first, Math.floor((found.length - 1) / QUERY_PAGE) * QUERY_PAGE));
    const page = found.slice(table.first, table.first + QUERY_PAGE);
    const body = byId("query-table").tBodies[0];
    body.replaceChildren(...page.map(queryRow));
    const listed = Object.values(data.listed).reduce((sum, count) => sum + count, 0);
    const left = listed > data.table.length ? ` (of ${listed} in all; the hardest are listed)` : "";
    byId("queries-found").textContent = found.length
      ? `${table.first + 1} to ${table.first + page.length} of ${found.length} queries${left}`
      : "No query matches; widen the filters.";
    byId("queries-previous").disabled = table.first === 0;
    byId("queries-next").disabled = table.first + QUERY_PAGE >= found.length;
    [...byId("query-table").tHead.rows[0].cells].forEach((cell, place) => {
      cell.setAttribute("aria-sort", place !== table.column ? "none" : table.down ? "descending" : "ascending");
    });
  }

  function queryRow(row) {
    const line = document.createElement("tr");
    COLUMNS.forEach(([, value, side, shown], place) => {
      const cell = make(place ? "td" : "th", side);
      const text = String((shown || value)(row));
      if (place) {
        cell.textContent = text;
      } else {
        cell.scope = "row";
        const button = make("button", "query", text);
        button.type = "button";
        button.title = `${row.id}: show its responses`;
        button.addEventListener("click", () => showOnly(`${row.run}:${row.id}`));
        cell.append(button);
      }
      line.append(cell);
    });
    return line;
  }

  function showOnly(key) {
    if (!byId("cards")) return;
    onlyQuery = key;
    first = 0;
    byId("filters").reset();
    byId("one-query").hidden = key === null;
    show();
    byId("samples").scrollIntoView();
  }

  function startQueries() {
    ["run", "band", "state"].forEach((side) => {
      const values = [...new Set(data.table.map((row) => row[side]))];
      const select = byId(`query-${side}`);
      values.forEach((value) => select.add(new Option(value, value)));
      const label = select.closest("[data-several]");
      if (label) label.hidden = values.length < 2;
    });
    const head = byId("query-table").tHead.rows[0];
    COLUMNS.forEach(([name, , side], place) => {
      const cell = make("th", side);
      cell.scope = "col";
      const button = make("button", "sort", name);
      button.type = "button";
      button.addEventListener("click", () => {
        table.down = table.column === place && !table.down;
        table.column = place;
        showQueries();
      });
      cell.append(button);
      head.append(cell);
    });
    const turnQueries = (by) => { table.first += by; showQueries(); };
    byId("query-filters").addEventListener("input", () => { table.first = 0; showQueries(); });
    byId("query-filters").addEventListener("submit", (event) => event.preventDefault());
    byId("queries-previous").addEventListener("click", () => turnQueries(-QUERY_PAGE));
    byId("queries-next").addEventListener("click", () => turnQueries(QUERY_PAGE));
    byId("query-download").addEventListener("click", () => download("queries.jsonl", matchingQueries().map(({ shown, ...row }) => row)));
    showQueries();
  }

  // Text always goes in as text. Formulas are MathML that the report made of an allowed list.
  function write(element, segments) {
    const raw = byId("raw").checked;
    segments.forEach((part) => {
      if (typeof part === "string" || raw) {
        element.append(typeof part === "string" ? part : part[0]);
      } else {
        const formula = document.createElement("span");
        formula.innerHTML = part[1];
        formula.title = part[0];
        element.append(formula);
      }
    });
    return element;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function field(title, segments) {
    const box = make("div"), text = write(make("div", "text"), segments);
    if (text.textContent === "") text.textContent = "(empty)";
    // Long texts scroll, and the keyboard scrolls only what it can reach.
    text.tabIndex = 0;
    text.setAttribute("role", "group");
    text.setAttribute("aria-label", title);
    box.append(make("h3", "", title), text);
    return box;
  }

  function card(sample) {
    const query = data.queries[sample.query];
    const item = make("li", "card");
    const top = make("div", "top");
    top.append(make("span", `badge ${sample.outcome}`, sample.outcome.replaceAll("_", " ")));
    [
      `from ${sample.run}`,
      sample.set ? `in the training set (${sample.set})` : "",
      query.dataset,
      query.band,
      `trial ${sample.trial}`,
      `${sample.tokens} tokens`,
      sample.finish === "length" ? "ran into the token limit" : "",
      `${query.correct} of ${query.trials} trials correct`,
    ].filter(Boolean).forEach((text) => top.append(make("span", "", text)));
    const body = make("div", "sample");
    const verdict = make("div", "verdict");
    const references = query.references.flatMap((one, i) => (i ? [" or ", ...one] : one));
    verdict.append(
      field("Reference", references),
      field("Extracted answer", sample.answer || ["none"]),
      field("Why", [sample.reason || sample.outcome.replaceAll("_", " ")]),
    );
    const link = make("button", "link", "Link");
    link.type = "button";
    link.title = "Put the address of this sample into the address bar";
    link.addEventListener("click", () => { location.hash = nameOf(sample); });
    top.append(link);
    body.append(field("Query", query.text), field("Response", sample.text), verdict);
    item.append(top, body);
    return item;
  }

  const nameOf = (sample) => `sample=${encodeURIComponent(`${sample.query}/${sample.trial}`)}`;

  // An address that ends in a sample's name opens with this sample first.
  function followAddress() {
    const named = data.samples.findIndex((sample) => `#${nameOf(sample)}` === location.hash);
    if (named < 0) return;
    onlyQuery = data.samples[named].query;
    byId("filters").reset();
    byId("one-query").hidden = false;
    first = 0;
    show();
    const place = matching().indexOf(data.samples[named]);
    first = Math.floor(place / PAGE) * PAGE;
    show();
    byId("cards").children[place % PAGE].scrollIntoView();
  }

  function show() {
    const found = matching();
    first = Math.max(0, Math.min(first, Math.floor((found.length - 1) / PAGE) * PAGE));
    const page = found.slice(first, first + PAGE);
    byId("cards").replaceChildren(...page.map(card));
    byId("cards").classList.toggle("raw", byId("raw").checked);
    byId("found").textContent = found.length
      ? `${first + 1} to ${first + page.length} of ${found.length} samples`
      : onlyQuery && !data.queries[onlyQuery]
        ? "No response to this query is in this selection; a report with more --samples has some."
        : "No sample matches; widen the filters.";
    byId("previous").disabled = first === 0;
    byId("next").disabled = first + PAGE >= found.length;
  }

  function turn(by) {
    first += by;
    show();
    byId("found").scrollIntoView();
  }

  function startBrowser() {
    data.samples.forEach(prepare);
    fillFilters();
    byId("filters").addEventListener("input", () => { first = 0; show(); });
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("previous").addEventListener("click", () => turn(-PAGE));
    byId("next").addEventListener("click", () => turn(PAGE));
    byId("sample-download").addEventListener("click", () => download("samples.jsonl", matching().map(asRow)));
    byId("one-query").addEventListener("click", () => showOnly(null));
    window.addEventListener("hashchange", followAddress);
    show();
    followAddress();
  }

  // ---- the bar of sections: its end fades while there is more to the right -----------------------
  function watchBar() {
    const bar = document.querySelector("nav");
    const fade = () => bar.classList.toggle("more", bar.scrollWidth - bar.clientWidth - bar.scrollLeft > 1);
    bar.addEventListener("scroll", fade, { passive: true });
    window.addEventListener("resize", fade);
    fade();
  }

  // ---- start -----------------------------------------------------------------------------------
  applyTheme(theme());
  prefersDark.addEventListener("change", () => applyTheme(theme()));
  byId("theme").addEventListener("click", () => {
    chosen = theme() === "dark" ? "light" : "dark";
    applyTheme(chosen);
  });
  window.addEventListener("beforeprint", () => setPrinting(true));
  window.addEventListener("afterprint", () => setPrinting(false));
  if (byId("query-table")) startQueries();
  if (byId("cards")) startBrowser();
  watchFigures();
  watchBar();
})();
