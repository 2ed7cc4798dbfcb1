// Fans: median and the band that holds 90% of runs, by month; and where exports went, by route.

/** Return one state's (or stream's) panel: both runs above, the difference below. */
function fan(view, series, month, wide, title) {
  const kind = kindOf(series);
  const digits = PAGE.digits[kind];
  const high = 232;
  const bands = (read) => [0, 1, 2].map((part) => read(view, series, part));
  const [mine, base, apart] = [level, baseLevel, difference].map(bands);
  const least = SIZES[kind] ? SIZES[kind][0] : 4 * 10 ** -digits;
  const upper = panel({ x: 44, y: 22, w: wide - 54, h: 96 }, ...limits([...mine, ...base], false, least), view, month, false);
  const lower = panel({ x: 44, y: 140, w: wide - 54, h: 70 }, ...limits(apart, true, least), view, month, true);
  const zero = svg("line", { x1: 44, x2: wide - 10, y1: lower.y(0), y2: lower.y(0), stroke: PAGE.looks.grey });
  const sentence = changeSentence(view, series, month);
  return {
    picture: drawing(wide, high, sentence,
      label(44, 14, title, { "font-weight": "bold", "font-size": 12 }),
      upper.made, bandIn(upper, mine, "scenario"), bandIn(upper, base, "baseline"),
      label(44, 134, text("fan.difference"), { "font-size": 10, fill: PAGE.looks.grey }),
      lower.made, zero, bandIn(lower, apart, "scenario")),
    sentence,
  };
}

function fanLegend() {
  return el("ul", { class: "legend" },
    el("li", {}, swatch(PAGE.looks.runs.scenario), text("run.scenario")),
    el("li", {}, swatch(PAGE.looks.runs.baseline, true), text("run.baseline")),
    el("li", {}, el("span", { class: "patch", "aria-hidden": "true" }), text("fan.window")),
    el("li", {}, text("fan.band")));
}

/** Return what a stream sends by route, in both runs and in all, by month. */
function sentBy(view, stream) {
  const at = PAGE.network.routes.map((one, k) => k).filter((k) => PAGE.network.routes[k].stream === stream);
  const [mine, base] = ["scenario", "baseline"].map((run) => { const all = flows(view, run); return at.map((k) => all[k]); });
  const sum = (rows) => PAGE.months.map((_, m) => rows.reduce((whole, one) => whole + one[m], 0));
  return { at, mine, base, whole: sum(mine), before: sum(base) };
}

/** Return the picture of a stream by route over the months, stacked, with the baseline's total. */
function exportsOf(view, stream, month, wide) {
  const { at, mine, base, whole, before } = sentBy(view, stream);
  const high = 300;
  const box = { x: 44, y: 20, w: wide - 54, h: high - 44 };
  const axes = panel(box, 0, 1.06 * Math.max(...whole, ...before, 0.01), view, month, true);
  let under = PAGE.months.map(() => 0);
  const areas = mine.map((months, k) => {
    const top = under.map((one, m) => one + months[m]);
    const d = lineOf(top.map((one, m) => [axes.x(m), axes.y(one)])) +
      lineOf(under.map((one, m) => [axes.x(m), axes.y(one)]).reverse()).replace("M", "L") + "Z";
    under = top;
    return svg("path", { d, fill: routeColour(k), stroke: "#fff", "stroke-width": 0.6 });
  });
  const line = svg("path", { d: lineOf(before.map((one, m) => [axes.x(m), axes.y(one)])), fill: "none", stroke: PAGE.looks.ink, "stroke-width": 1.8, "stroke-dasharray": "5 3" });
  const sentences = exportSentences(stream, month, { at, mine, base, whole, before });
  const legend = el("ul", { class: "legend" },
    at.map((k, n) => el("li", {}, swatch(routeColour(n)), named("route", PAGE.network.routes[k].code, PAGE.network.routes[k].name))),
    el("li", {}, swatch(PAGE.looks.ink, true), text("exports.before")));
  return { picture: drawing(wide, high, sentences.join(" "), label(4, 12, unitOf("sent." + stream), { "font-size": 10.5, fill: PAGE.looks.grey }), axes.made, areas, line), sentences, legend };
}

function routeColour(place) {
  return PAGE.looks.routes[place % PAGE.looks.routes.length];
}

function exportSentences(stream, month, { at, mine, base, whole, before }) {
  const unit = unitOf("sent." + stream);
  const digits = (...numbers) => decimals(PAGE.digits.sent, ...numbers);
  const told = [text("exports.total", {
    stream: named("stream", stream, streamName(stream)), month: PAGE.months[month], unit,
    now: written(whole[month], digits(whole[month])), base: written(before[month], digits(before[month])),
  })];
  at.forEach((k, n) => {
    const change = mine[n][month] - base[n][month];
    if (Math.abs(change) < 0.005) return;
    told.push(text("exports.route", {
      route: named("route", PAGE.network.routes[k].code, PAGE.network.routes[k].name),
      now: written(mine[n][month], digits(mine[n][month])), change: written(change, digits(change), true), unit,
    }));
  });
  if (told.length === 1) told.push(text("exports.unchanged"));
  return told;
}
