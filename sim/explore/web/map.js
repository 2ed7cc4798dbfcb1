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

/** Return the point that lies a part of the way along. */
function partWay(points, share) {
  const steps = points.slice(1).map((one, k) => Math.hypot(one[0] - points[k][0], one[1] - points[k][1]));
  let left = share * steps.reduce((sum, one) => sum + one, 0);
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
    const words = named("place", name, name);
    const size = narrow ? 9.5 : 11;
    const cut = SIDES[side][2] === "end" && x < textWidth(words, size) + 8;
    const [right, down, anchor] = cut ? [0, -7, x < textWidth(words, size) / 2 ? "start" : "middle"] : SIDES[side];
    return [
      svg("circle", { cx: x, cy: y, r: 2.6, fill: "#fff", stroke: PAGE.looks.ink }),
      label(x + right, y + down, words, { "text-anchor": anchor, class: "halo", "font-size": size }),
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

function flowText(number, signed = false) {
  return written(number, decimals(PAGE.steps.flow, number), signed);
}

/** Return in a sentence what a link carries, and in the baseline. */
function linkSentence(k, mine, other) {
  const link = PAGE.network.links[k];
  const code = chiefOf(mine[k], other[k]);
  const unit = text("unit." + (code === "gas" ? "bcm" : "mt"));
  return text("map.link", {
    link: named("link", link.code, link.name), commodity: named("commodity", code),
    now: flowText(mine[k].carried[code] || 0), unit, base: flowText(other[k].carried[code] || 0),
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
  const under = [...placesIn(at, narrow), ...names];
  const numbers = numbersOn(mostChanged(mine, other), mine, other, run, { at, narrow, wide, high, under });
  const sentences = mapSentences(view, month, run, mine, other, shut);
  return {
    picture: drawing(wide, high, sentences.join(" "), sea(wide, high), made, ways, crosses, under, numbers, over),
    sentences,
  };
}

function crossed(points) {
  const [x, y] = partWay(points, 0.5);
  const cross = `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}`;
  return [
    svg("path", { d: lineOf(points), fill: "none", stroke: PAGE.looks.ink, "stroke-width": 1.5, "stroke-dasharray": "5 3" }),
    svg("path", { d: cross, stroke: "#fff", "stroke-width": 5 }),
    svg("path", { d: cross, stroke: PAGE.looks.ink, "stroke-width": 2.2 }),
  ];
}

/** Return about how wide words are: a letter of ours takes half its height, a sign of theirs all. */
function textWidth(words, size) {
  return [...words].reduce((sum, one) => sum + (one.charCodeAt(0) > 0x2e80 ? 1 : one.charCodeAt(0) >= 0x400 ? 0.72 : 0.6) * size, 0);
}

/** Return the box that a text takes, by its anchor. */
function boxOf(made) {
  const [x, y, size] = ["x", "y", "font-size"].map((name) => Number(made.getAttribute(name)));
  const wide = textWidth(made.textContent, size);
  const left = { start: x, middle: x - wide / 2, end: x - wide }[made.getAttribute("text-anchor") || "start"];
  return [left, y - size, left + wide, y + 0.25 * size];
}

/** Return how much of a box others cover, and how far it leaves the frame. */
function covered(box, taken, wide, high) {
  const out = Math.max(0, -box[0]) + Math.max(0, box[2] - wide) + Math.max(0, -box[1]) + Math.max(0, box[3] - high);
  return taken.reduce((sum, one) => sum +
    Math.max(0, Math.min(box[2], one[2]) - Math.max(box[0], one[0])) *
    Math.max(0, Math.min(box[3], one[3]) - Math.max(box[1], one[1])), 60 * out);
}

const SPOTS = [[0, -9], [0, 17], [0, -20], [0, 28], [34, 4], [-34, 4]];

/** Return what the links carry that changed most, written where it covers least. */
function numbersOn(links, mine, other, run, { at, narrow, wide, high, under }) {
  const taken = under.filter((one) => one.tagName === "text").map(boxOf);
  return links.map((k) => {
    const code = chiefOf(mine[k], other[k]);
    const [here, base] = [mine[k].carried[code] || 0, other[k].carried[code] || 0];
    const words = run === "baseline" ? flowText(base) : `${flowText(here)} (${flowText(here - base, true)})`;
    const points = PAGE.network.links[k].path.map(at);
    const options = [0.5, 0.35, 0.65, 0.2, 0.8].flatMap((part) => {
      const [x, y] = partWay(points, part);
      return SPOTS.map(([right, down]) => label(x + right, y + down, words, { "text-anchor": "middle", "font-weight": "bold", class: "halo", "font-size": narrow ? 9.5 : 11.5 }));
    });
    const worst = options.map((one) => covered(boxOf(one), taken, wide, high));
    const best = options[worst.indexOf(Math.min(...worst))];
    taken.push(boxOf(best));
    return best;
  });
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
