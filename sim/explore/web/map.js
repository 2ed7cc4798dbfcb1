// The map: routes as wide as the root of what they carry is worth, closed links crossed.

const NARROW = 560;
const FEW_PLACES = ["Novorossiysk", "Astana", "Tashkent", "Baku", "Khorgos"];
const WIDEST = 9;
const SIDES = { left: [-5, 3.5, "end"], right: [5, 3.5, "start"], above: [0, -6, "middle"], below: [0, 13, "middle"] };
const MOST_LABELS = 4;

/** Return functions from degrees to dots for a drawing so wide, and its height. */
function projection(wide) {
  const [west, south, east, north] = PAGE.ground.view;
  const shrink = Math.cos(((south + north) / 2) * Math.PI / 180);
  const dots = wide / ((east - west) * shrink);
  return {
    high: Math.round((north - south) * dots),
    at: ([lon, lat]) => [(lon - west) * shrink * dots, (north - lat) * dots],
  };
}

/** Return a way moved to its left by so many dots. */
function beside(points, shift) {
  return points.map(([x, y], k) => {
    const [a, b] = [points[Math.max(k - 1, 0)], points[Math.min(k + 1, points.length - 1)]];
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const long = Math.hypot(dx, dy) || 1;
    return [x + (dy / long) * shift, y - (dx / long) * shift];
  });
}

/** Return the point half-way along a way. */
function halfWay(points) {
  const steps = points.slice(1).map((one, k) => Math.hypot(one[0] - points[k][0], one[1] - points[k][1]));
  let left = steps.reduce((sum, one) => sum + one, 0) / 2;
  for (let k = 0; k < steps.length; k++) {
    if (left <= steps[k] && steps[k] > 0) {
      const part = left / steps[k];
      return [0, 1].map((axis) => points[k][axis] + part * (points[k + 1][axis] - points[k][axis]));
    }
    left -= steps[k];
  }
  return points[0];
}

function ringPath(ring, at) {
  return lineOf(ring.map(at)) + "Z";
}

function groundIn(at, narrow) {
  const { land, states, seas, labels } = PAGE.ground;
  const made = [svg("path", { d: land.map((ring) => ringPath(ring, at)).join(""), fill: PAGE.looks.land, stroke: "#d5d3ca", "stroke-width": 0.6, "fill-rule": "evenodd" })];
  for (const rings of Object.values(states)) {
    made.push(svg("path", { d: rings.map((ring) => ringPath(ring, at)).join(""), fill: PAGE.looks.state, stroke: PAGE.looks.border, "stroke-width": 0.7 }));
  }
  const names = [];
  for (const [name, point] of Object.entries(seas)) {
    if (narrow) continue;
    const [x, y] = at(point);
    named("sea", name, name).split(" ").forEach((word, k) =>
      names.push(label(x, y + 12 * k, word, { "text-anchor": "middle", "font-style": "italic", fill: "#57707f" })));
  }
  for (const [code, point] of Object.entries(labels)) {
    const [x, y] = at(point);
    names.push(label(x, y, named("state", code), { "text-anchor": "middle", "font-weight": "bold", fill: "#4d462f", "font-size": narrow ? 9.5 : 12, class: "halo" }));
  }
  return { made, names };
}

function placesIn(at, narrow) {
  return Object.entries(PAGE.ground.places).flatMap(([name, [lon, lat, side]]) => {
    if (narrow && !FEW_PLACES.includes(name)) return [];
    const [x, y] = at([lon, lat]);
    const [right, down, anchor] = SIDES[side];
    return [
      svg("circle", { cx: x, cy: y, r: 2.6, fill: "#fff", stroke: PAGE.looks.ink }),
      label(x + right, y + down, named("place", name, name), { "text-anchor": anchor, class: "halo", "font-size": narrow ? 9.5 : 11 }),
    ];
  });
}

/** Return the map with names alone: what stands there before a prediction. */
function plainMap(wide) {
  const { high, at } = projection(wide);
  const narrow = wide < NARROW;
  const { made, names } = groundIn(at, narrow);
  const ways = PAGE.network.links.map((link) =>
    svg("path", { d: lineOf(link.path.map(at)), fill: "none", stroke: PAGE.looks.grey, "stroke-width": 1, "stroke-dasharray": link.unbuilt ? "1.5 3" : null }));
  return drawing(wide, high, text("map.plain"), sea(wide, high), made, ways, placesIn(at, narrow), names);
}

function sea(wide, high) {
  return svg("rect", { x: 0, y: 0, width: wide, height: high, fill: PAGE.looks.sea });
}

/** Return the links whose carried worth differs most from the baseline, each like change once. */
function mostChanged(mine, other) {
  const all = mine.map((one, k) => ({ k, change: total(one.worth) - total(other[k].worth) }))
    .filter((one) => Math.abs(one.change) > 0.02)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  const found = [];
  for (const one of all) {
    if (found.length < MOST_LABELS && !found.some((known) => Math.abs(known.change - one.change) < 0.02)) found.push(one);
  }
  return found.map((one) => one.k);
}

/** Return which commodity a link carries most, in either run. */
function chiefOf(one, other) {
  const sum = (code) => (one.worth[code] || 0) + (other.worth[code] || 0);
  return PAGE.network.commodities.map((c) => c.code).sort((a, b) => sum(b) - sum(a))[0];
}

/** Return in a sentence what a link carries, and in the baseline. */
function linkSentence(k, mine, other) {
  const link = PAGE.network.links[k];
  const code = chiefOf(mine[k], other[k]);
  const unit = text("unit." + (code === "gas" ? "bcm" : "mt"));
  return text("map.link", {
    link: named("link", link.code, link.name), commodity: named("commodity", code),
    now: written(mine[k].carried[code] || 0, PAGE.steps.flow), unit,
    base: written(other[k].carried[code] || 0, PAGE.steps.flow),
  });
}

/** Return the map of one month of one run, and its sentences. */
function flowMap(view, month, run, wide, tell) {
  const { high, at } = projection(wide);
  const narrow = wide < NARROW;
  const { made, names } = groundIn(at, narrow);
  const other = loads(view, "baseline", month);
  const mine = run === "baseline" ? other : loads(view, "scenario", month);
  const top = topWorth(view);
  const shut = run === "baseline" ? [] : shutIn(view, month);
  const ways = [], over = [];
  PAGE.network.links.forEach((link, k) => {
    const points = link.path.map(at);
    const all = total(mine[k].worth);
    const widths = PAGE.network.commodities.map(({ code }) => {
      const worth = mine[k].worth[code] || 0;
      return worth > 0.002 ? Math.max(WIDEST * Math.sqrt(worth / top), 0.9) : 0;
    });
    const whole = widths.reduce((sum, one) => sum + one, 0);
    if (all <= 0.002) ways.push(svg("path", { d: lineOf(points), fill: "none", stroke: PAGE.looks.grey, "stroke-width": 0.9, "stroke-dasharray": link.unbuilt ? "1.5 3" : null }));
    let shift = -whole / 2;
    PAGE.network.commodities.forEach(({ code }, c) => {
      if (!widths[c]) return;
      ways.push(svg("path", { d: lineOf(beside(points, shift + widths[c] / 2)), fill: "none", stroke: PAGE.looks.commodities[code], "stroke-width": widths[c], "stroke-linejoin": "round" }));
      shift += widths[c];
    });
    const told = linkSentence(k, mine, other);
    over.push(svg("path", {
      d: lineOf(points), fill: "none", stroke: "transparent", "stroke-width": 14, class: "hit",
      onmouseenter: () => tell(told), onclick: () => tell(told),
    }, svg("title", {}, told)));
  });
  const crosses = shut.flatMap((k) => crossed(PAGE.network.links[k].path.map(at)));
  const numbers = mostChanged(mine, other).flatMap((k) => numberOn(k, mine, other, run, at, narrow));
  const sentences = mapSentences(view, month, run, mine, other, shut);
  return {
    picture: drawing(wide, high, sentences.join(" "), sea(wide, high), made, ways, crosses, placesIn(at, narrow), names, numbers, over),
    sentences,
  };
}

function crossed(points) {
  const [x, y] = halfWay(points);
  const cross = `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}`;
  return [
    svg("path", { d: lineOf(points), fill: "none", stroke: PAGE.looks.ink, "stroke-width": 1.5, "stroke-dasharray": "5 3" }),
    svg("path", { d: cross, stroke: "#fff", "stroke-width": 5 }),
    svg("path", { d: cross, stroke: PAGE.looks.ink, "stroke-width": 2.2 }),
  ];
}

function numberOn(k, mine, other, run, at, narrow) {
  const code = chiefOf(mine[k], other[k]);
  const [now_, base] = [mine[k].carried[code] || 0, other[k].carried[code] || 0];
  const told = run === "baseline" ? written(base, 1) : `${written(now_, 1)} (${written(now_ - base, 1, true)})`;
  const [x, y] = halfWay(PAGE.network.links[k].path.map(at));
  return [label(x, y - 9, told, { "text-anchor": "middle", "font-weight": "bold", class: "halo", "font-size": narrow ? 9.5 : 11.5 })];
}

/** Return the largest worth that any link carries in any month: widths are alike in all months. */
function topWorth(view) {
  let top = 0;
  const found = PAGE.network.links.map(() => new Float64Array(PAGE.months.length));
  flows(view, "baseline").forEach((months, k) => {
    const route = PAGE.network.routes[k];
    for (const link of route.links) months.forEach((one, m) => { found[link][m] += one * route.worth; });
  });
  for (const months of found) top = Math.max(top, ...months);
  return top || 1;
}

function mapSentences(view, month, run, mine, other, shut) {
  const told = [text(run === "baseline" ? "map.baseline" : "map.scenario", { month: PAGE.months[month] })];
  if (shut.length) told.push(text("map.shut", { links: listed(shut.map((k) => named("link", PAGE.network.links[k].code, PAGE.network.links[k].name))) }));
  const changed = mostChanged(mine, other);
  if (run === "baseline") return told;
  if (!changed.length) return [...told, text("map.unchanged")];
  return [...told, ...changed.map((k) => linkSentence(k, mine, other))];
}

/** Return the legend of the map. */
function mapLegend() {
  const entries = PAGE.network.commodities.map(({ code }) =>
    el("li", {}, swatch(PAGE.looks.commodities[code]), named("commodity", code)));
  const shut = el("li", {}, svg("svg", { width: 22, height: 12, "aria-hidden": "true" },
    svg("path", { d: "M0 6H22", stroke: PAGE.looks.ink, "stroke-dasharray": "5 3", "stroke-width": 1.5 }),
    svg("path", { d: "M7 2L15 10M15 2L7 10", stroke: PAGE.looks.ink, "stroke-width": 2 })), text("map.legend.shut"));
  return el("ul", { class: "legend" }, entries, shut);
}

function swatch(colour, dashed = false) {
  return svg("svg", { width: 22, height: 12, "aria-hidden": "true" },
    svg("path", { d: "M0 6H22", stroke: colour, "stroke-width": dashed ? 2 : 5, "stroke-dasharray": dashed ? "5 3" : null }));
}
