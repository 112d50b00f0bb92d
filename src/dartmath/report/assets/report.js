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
  const SIDES = ["run", "dataset", "band", "outcome"];
  let first = 0;

  const source = (segments) => segments.map((part) => (typeof part === "string" ? part : part[0])).join("");

  function facts(sample) {
    const query = data.queries[sample.query];
    return { run: sample.run, dataset: query.dataset, band: query.band, outcome: sample.outcome };
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
    return data.samples.filter((sample) =>
      wanted.every(([side, value]) => sample.facts[side] === value) && sample.words.includes(text));
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
    const box = make("div");
    box.append(make("h3", "", title), write(make("div", "text"), segments));
    if (box.lastChild.textContent === "") box.lastChild.textContent = "(empty)";
    return box;
  }

  function card(sample) {
    const query = data.queries[sample.query];
    const item = make("li", "card");
    const top = make("div", "top");
    top.append(make("span", `badge ${sample.outcome}`, sample.outcome.replaceAll("_", " ")));
    [
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
    body.append(field("Query", query.text), field("Response", sample.text), verdict);
    item.append(top, body);
    return item;
  }

  function show() {
    const found = matching();
    first = Math.max(0, Math.min(first, Math.floor((found.length - 1) / PAGE) * PAGE));
    const page = found.slice(first, first + PAGE);
    byId("cards").replaceChildren(...page.map(card));
    byId("cards").classList.toggle("raw", byId("raw").checked);
    byId("found").textContent = found.length
      ? `${first + 1} to ${first + page.length} of ${found.length} samples`
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
    show();
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
  if (byId("cards")) startBrowser();
  watchFigures();
})();
