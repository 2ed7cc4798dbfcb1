// The triangle of the three powers: each state's path, close up, and where that lies in the whole.

const ROOT = Math.sqrt(3) / 2;
const CORNERS = [[0, 0], [1, 0], [0.5, ROOT]];

/** Return the point of three shares, made to sum to 1. */
function pointOf(shares) {
  const whole = shares.reduce((sum, one) => sum + one, 0) || 1;
  return [0, 1].map((axis) => shares.reduce((sum, one, k) => sum + (one / whole) * CORNERS[k][axis], 0));
}

function wayOf(view, run, state) {
  const rows = places(view, run, state);
  return PAGE.months.map((_, month) => pointOf(rows.map((months) => months[month])));
}

/** Return a frame (left, bottom, right, top) close about points, as the report draws it. */
function frameAbout(points) {
  const xs = points.map((one) => one[0]), ys = points.map((one) => one[1]);
  const wide = Math.max(1.3 * (Math.max(...xs) - Math.min(...xs)), 0.08);
  const tall = Math.max(1.3 * (Math.max(...ys) - Math.min(...ys)), 0.03);
  const left = (Math.max(...xs) + Math.min(...xs)) / 2 - wide / 2;
  const bottom = Math.max((Math.max(...ys) + Math.min(...ys)) / 2 - tall / 2 - 0.1 * tall, 0);
  return [left, bottom, left + wide, bottom + 1.2 * tall];
}

/** Return the part of a segment inside a frame, or null (Liang and Barsky 1984). */
function clipped([a, b], frame) {
  let enter = 0, leave = 1;
  for (const axis of [0, 1]) {
    const way = b[axis] - a[axis];
    const ends = [frame[axis] - a[axis], frame[axis + 2] - a[axis]];
    if (Math.abs(way) < 1e-12) { if (ends[0] > 0 || ends[1] < 0) return null; continue; }
    const [first, second] = ends.map((one) => one / way).sort((p, q) => p - q);
    enter = Math.max(enter, first);
    leave = Math.min(leave, second);
  }
  const at = (part) => [0, 1].map((axis) => a[axis] + part * (b[axis] - a[axis]));
  return enter >= leave ? null : [at(enter), at(leave)];
}

/** Return the lines of equal share of one power inside a frame: [share, segment]. */
function shareLines(power, frame, step) {
  const others = [0, 1, 2].filter((k) => k !== power);
  const found = [];
  for (let k = 0; k * step <= 1 + 1e-9; k++) {
    const share = k * step;
    const ends = others.map((other) => pointOf([0, 1, 2].map((p) => (p === power ? share : p === other ? 1 - share : 0))));
    const inside = clipped(ends, frame);
    if (inside) found.push([share, inside]);
  }
  return found;
}

function gridStep(reach) {
  return [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((step) => step >= reach / 5) || 0.2;
}

/** Return the triangle with paths up to a month, and its sentences. */
function triangleOf(view, month, wide) {
  const high = Math.round(Math.min(wide * 0.72, 460));
  const ways = PAGE.states.map((state) => ({ state, mine: wayOf(view, "scenario", state), base: wayOf(view, "baseline", state) }));
  const frame = frameAbout(ways.flatMap((one) => [...one.mine, ...one.base]));
  const box = { x: 12, y: 24, w: wide - 62, h: high - 48 };
  const at = ([x, y]) => [
    box.x + (box.w * (x - frame[0])) / (frame[2] - frame[0]),
    box.y + box.h - (box.h * (y - frame[1])) / (frame[3] - frame[1]),
  ];
  const made = [svg("rect", { x: box.x, y: box.y, width: box.w, height: box.h, fill: "#fff", stroke: PAGE.looks.pale })];
  made.push(...gridIn(frame, at, box));
  for (const one of ways) made.push(...pathsIn(one, month, at, box));
  const sentences = triangleSentences(view, month);
  return { picture: drawing(wide, high, sentences.join(" "), made, locator(frame, box)), sentences };
}

function gridIn(frame, at, box) {
  const made = [];
  const edges = [[1, frame[1]], [1, frame[3]], [0, frame[2]]];
  PAGE.powers.forEach((power, k) => {
    const step = gridStep(k === 2 ? frame[3] - frame[1] : frame[2] - frame[0]);
    const [axis, edge] = edges[k];
    for (const [share, ends] of shareLines(k, frame, step)) {
      made.push(svg("path", { d: lineOf(ends.map(at)), stroke: PAGE.looks.grid, fill: "none" }));
      const there = ends.find((end) => Math.abs(end[axis] - edge) < 1e-9);
      if (!there) continue;
      const [x, y] = at(there);
      if (axis === 1 && (x < box.x + 8 || x > box.x + box.w - 8)) continue;
      const told = `${written(100 * share, step < 0.01 ? 1 : 0)}%`;
      const where = k === 0 ? [x, y + 12, "middle"] : k === 1 ? [x, y - 4, "middle"] : [x + 4, y + 4, "start"];
      made.push(label(where[0], where[1], told, { "text-anchor": where[2], "font-size": 10, fill: PAGE.looks.grey }));
    }
  });
  const name = (k) => named("partner", PAGE.powers[k]);
  made.push(label(box.x, box.y + box.h + 23, `${name(0)}, % ↑`.replace(" ↑", ""), { "font-size": 11, "font-weight": "bold" }));
  made.push(label(box.x, box.y - 13, `${name(1)}, %`, { "font-size": 11, "font-weight": "bold" }));
  made.push(label(box.x + box.w + 48, box.y - 13, `${name(2)}, %`, { "font-size": 11, "font-weight": "bold", "text-anchor": "end" }));
  return made;
}

function pathsIn({ state, mine, base }, month, at, box) {
  const { ink, runs } = PAGE.looks;
  const last = mine.slice(0, month + 1).map(at);
  const [x, y] = last[last.length - 1];
  const [bx, by] = at(base[month]);
  const right = x < box.x + box.w * 0.72;
  return [
    svg("path", { d: lineOf(base.map(at)), fill: "none", stroke: runs.baseline, "stroke-width": 1.4, "stroke-dasharray": "5 3" }),
    svg("path", { d: lineOf(mine.map(at)), fill: "none", stroke: runs.scenario, "stroke-width": 1, "stroke-opacity": 0.25 }),
    svg("path", { d: lineOf(last), fill: "none", stroke: runs.scenario, "stroke-width": 2 }),
    marker(state, ...at(mine[0]), 3.6, { fill: "#fff", stroke: runs.scenario }),
    marker(state, bx, by, 3.8, { fill: runs.baseline, stroke: "#fff" }),
    marker(state, x, y, 5, { fill: runs.scenario, stroke: "#fff" }),
    label(x + (right ? 9 : -9), y + 4, named("state", state), { class: "halo", "font-weight": "bold", fill: ink, "text-anchor": right ? "start" : "end" }),
  ];
}

/** Return the whole triangle, small, and where in it the large frame lies. */
function locator(frame, box) {
  const side = 74, x0 = box.x + 10, y0 = box.y + 12 + side * ROOT;
  const at = ([x, y]) => [x0 + side * x, y0 - side * y];
  const [x1, y1] = at([frame[0], frame[3]]);
  return svg("g", {},
    svg("rect", { x: x0 - 6, y: box.y + 4, width: side + 12, height: side * ROOT + 14, fill: "#fff", "fill-opacity": 0.85 }),
    svg("path", { d: lineOf(CORNERS.map(at)) + "Z", fill: "none", stroke: PAGE.looks.grey }),
    svg("rect", { x: x1, y: y1, width: side * (frame[2] - frame[0]), height: Math.max(side * (frame[3] - frame[1]), 2), fill: PAGE.looks.window, stroke: PAGE.looks.ink }));
}

function triangleSentences(view, month) {
  const told = PAGE.states.map((state) => {
    const [mine, base] = ["scenario", "baseline"].map((run) => places(view, run, state).map((months) => months[month]));
    return text("triangle.state", {
      state: named("state", state),
      shares: listed(PAGE.powers.map((power, k) =>
        text("triangle.share", { power: named("partner", power), now: written(mine[k], 1), base: written(base[k], 1) }))),
    });
  });
  return [text("triangle.what", { month: PAGE.months[month] }), ...told];
}
