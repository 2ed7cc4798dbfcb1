// Elements and drawings; every text goes in as text, never as markup.

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  return furnished(made, attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnished(made, attributes, children) {
  for (const [name, given] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), given);
    else if (given !== null && given !== false) made.setAttribute(name, given === true ? "" : given);
  }
  made.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

/** Return an empty drawing in dots of the screen, with its sentence for who cannot see it. */
function drawing(wide, high, label, ...children) {
  return svg("svg", {
    viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": label,
  }, svg("title", {}, label), ...children);
}

function label(x, y, told, attributes = {}) {
  return svg("text", { x, y, "font-size": 11, fill: PAGE.looks.ink, ...attributes }, told);
}

function lineOf(points) {
  return points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** Return about so many round numbers between two. */
function ticks(low, high, about = 4) {
  const raw = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return { step, found };
}

function tickText(number, step) {
  return written(number, Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9))));
}

/** Return the marker of a state about a point: circle, square, triangle, diamond or triangle down. */
function marker(state, x, y, size, attributes = {}) {
  const shape = PAGE.looks.markers[state];
  const s = size;
  const ways = {
    s: `M${x - s} ${y - s}h${2 * s}v${2 * s}h${-2 * s}Z`,
    "^": `M${x} ${y - s * 1.2}L${x + s * 1.2} ${y + s}H${x - s * 1.2}Z`,
    v: `M${x} ${y + s * 1.2}L${x + s * 1.2} ${y - s}H${x - s * 1.2}Z`,
    D: `M${x} ${y - s * 1.3}L${x + s * 1.3} ${y}L${x} ${y + s * 1.3}L${x - s * 1.3} ${y}Z`,
  };
  return ways[shape] ? svg("path", { d: ways[shape], ...attributes }) : svg("circle", { cx: x, cy: y, r: s * 1.1, ...attributes });
}

/** Return axes over the months for a panel: frame, ticks, years, the supposed months, the cursor. */
function panel(box, low, high, view, month, yearsBelow) {
  const months = PAGE.months.length;
  const x = (at) => box.x + (box.w * at) / Math.max(months - 1, 1);
  const y = (at) => box.y + box.h - (box.h * (at - low)) / (high - low || 1);
  const made = [];
  const inside = windowOf(view);
  if (inside) {
    made.push(svg("rect", {
      x: x(Math.max(inside[0] - 0.5, 0)), y: box.y, height: box.h, fill: PAGE.looks.window,
      width: Math.max(x(Math.min(inside[1] + 0.5, months - 1)) - x(Math.max(inside[0] - 0.5, 0)), 1),
    }));
  }
  const { step, found } = ticks(low, high, box.h < 90 ? 3 : 4);
  for (const at of found) {
    made.push(svg("line", { x1: box.x, x2: box.x + box.w, y1: y(at), y2: y(at), stroke: PAGE.looks.grid }));
    made.push(label(box.x - 4, y(at) + 3.5, tickText(at, step), { "text-anchor": "end", "font-size": 10, fill: PAGE.looks.grey }));
  }
  const every = Math.ceil(months / 12 / (box.w / 44));
  PAGE.months.forEach((name, k) => {
    if (!name.endsWith("-01") || (Number(name.slice(0, 4)) - Number(PAGE.months[0].slice(0, 4))) % every) return;
    made.push(svg("line", { x1: x(k), x2: x(k), y1: box.y, y2: box.y + box.h, stroke: PAGE.looks.grid }));
    if (yearsBelow) made.push(label(x(k), box.y + box.h + 13, name.slice(0, 4), { "font-size": 10, fill: PAGE.looks.grey, "text-anchor": k ? "middle" : "start" }));
  });
  if (month !== null) {
    made.push(svg("line", { x1: x(month), x2: x(month), y1: box.y, y2: box.y + box.h, stroke: PAGE.looks.ink, "stroke-width": 1, "stroke-dasharray": "2 2" }));
  }
  return { made, x, y };
}

/** Return a band with its median in a panel: low and high as an area, the median as a line. */
function bandIn(axes, [median, low, high], run) {
  const colour = PAGE.looks.runs[run];
  const up = [...low].map((one, k) => [axes.x(k), axes.y(one)]);
  const down = [...high].map((one, k) => [axes.x(k), axes.y(one)]).reverse();
  return [
    svg("path", { d: lineOf(up) + lineOf(down).replace("M", "L") + "Z", fill: colour, "fill-opacity": run === "baseline" ? 0.25 : 0.22 }),
    svg("path", {
      d: lineOf([...median].map((one, k) => [axes.x(k), axes.y(one)])), fill: "none", stroke: colour,
      "stroke-width": 1.8, "stroke-dasharray": run === "baseline" ? "5 3" : null,
    }),
  ];
}

function limits(rows, zero = false, least = 0) {
  let low = zero ? 0 : Infinity, high = zero ? 0 : -Infinity;
  for (const months of rows) for (const one of months) { low = Math.min(low, one); high = Math.max(high, one); }
  const room = Math.max(0.06 * (high - low), 1e-9);
  if (high - low < least) { const more = (least - (high - low)) / 2; low -= more; high += more; }
  return [low - room, high + room];
}
