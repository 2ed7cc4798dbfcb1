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
  for (const one of ways) made.push(...pathsIn(one, month, at));
  made.push(...namesIn(ways, month, at, wide, high));
  const sentences = triangleSentences(view, month);
  const near = ways.flatMap((one) => [...one.mine, ...one.base]).map(at);
  return { picture: drawing(wide, high, sentences.join(" "), made, locator(frame, emptiest(box, near))), sentences };
}

/** Return lines of equal share, each named where it leaves the frame: the first by its power. */
function gridIn(frame, at, box) {
  const lines = [], words = [];
  const edges = [[1, frame[1]], [1, frame[3]], [0, frame[2]]];
  PAGE.powers.forEach((power, k) => {
    const step = gridStep(k === 2 ? frame[3] - frame[1] : frame[2] - frame[0]);
    const [axis, edge] = edges[k];
    let told = false;
    for (const [share, ends] of shareLines(k, frame, step)) {
      lines.push(svg("path", { d: lineOf(ends.map(at)), stroke: PAGE.looks.grid, fill: "none" }));
      const there = ends.find((end) => Math.abs(end[axis] - edge) < 1e-9);
      if (!there) continue;
      const [x, y] = at(there);
      if (axis === 1 && (x < box.x + 30 || x > box.x + box.w - 12)) continue;
      if (axis === 0 && y < box.y + 16) continue;
      const percent = `${written(100 * share, step < 0.01 ? 1 : 0)}%`;
      const name = named("partner", power);
      if (k === 2 && !told) words.push(label(x - 4, y - 4, name, { "text-anchor": "end", "font-size": 10.5, class: "halo", fill: PAGE.looks.grey }));
      const where = k === 0 ? [x, y + 14, "middle"] : k === 1 ? [x, y - 5, "middle"] : [x + 4, y + 4, "start"];
      words.push(label(where[0], where[1], told || k === 2 ? percent : `${name} ${percent}`, { "text-anchor": where[2], "font-size": 10.5, fill: PAGE.looks.grey }));
      told = true;
    }
  });
  return [...lines, ...words];
}

function pathsIn({ state, mine, base }, month, at) {
  const { runs } = PAGE.looks;
  const [here, there] = [mine, base].map((way) => at(way[month]));
  return [
    svg("path", { d: lineOf(base.map(at)), fill: "none", stroke: runs.baseline, "stroke-width": 1.4, "stroke-dasharray": "5 3" }),
    svg("path", { d: lineOf(mine.map(at)), fill: "none", stroke: runs.scenario, "stroke-width": 1, "stroke-opacity": 0.25 }),
    svg("path", { d: lineOf(mine.slice(0, month + 1).map(at)), fill: "none", stroke: runs.scenario, "stroke-width": 2 }),
    marker(state, ...at(mine[0]), 3.6, { fill: "#fff", stroke: runs.scenario }),
    marker(state, ...there, 3.8, { fill: runs.baseline, stroke: "#fff" }),
    marker(state, ...here, 5, { fill: runs.scenario, stroke: "#fff" }),
  ];
}

const BESIDE = [[9, 4, "start"], [-9, 4, "end"], [0, -10, "middle"], [0, 18, "middle"], [8, -8, "start"], [-8, -8, "end"], [8, 16, "start"], [-8, 16, "end"]];

/** Return the states' names near their markers, clear of paths and of each other. */
function namesIn(ways, month, at, wide, high) {
  const taken = ways.flatMap(({ mine, base }) => [...mine, ...base].map(at)).map(([x, y]) => [x - 3, y - 3, x + 3, y + 3]);
  return ways.map(({ state, mine }) => {
    const [x, y] = at(mine[month]);
    const options = BESIDE.map(([right, down, anchor]) =>
      label(x + right, y + down, named("state", state), { class: "halo", "font-weight": "bold", "text-anchor": anchor }));
    const worst = options.map((one) => covered(boxOf(one), taken, wide - 50, high));
    const best = options[worst.indexOf(Math.min(...worst))];
    taken.push(boxOf(best), boxOf(best), boxOf(best));
    return best;
  });
}

const SMALL = { w: 92, h: 84 };

/** Return the corner of a box, for the small triangle, that lies farthest from all paths. */
function emptiest(box, points) {
  const corners = [0, 1].flatMap((right) => [0, 1].map((down) => ({
    x: box.x + 4 + right * (box.w - SMALL.w - 8), y: box.y + 4 + down * (box.h - SMALL.h - 8) })));
  const room = ({ x, y }) => Math.min(...points.map(([px, py]) =>
    Math.hypot(Math.max(x - 70 - px, px - x - SMALL.w - 70, 0), Math.max(y - 8 - py, py - y - SMALL.h - 8, 0))));
  return corners.reduce((best, one) => (room(one) > room(best) ? one : best));
}

/** Return the whole triangle, small, and where in it the large frame lies. */
function locator(frame, { x, y }) {
  const side = 78, x0 = x + 7, y0 = y + 10 + side * ROOT;
  const at = ([right, up]) => [x0 + side * right, y0 - side * up];
  const [x1, y1] = at([frame[0], frame[3]]);
  return svg("g", {},
    svg("rect", { x, y, width: SMALL.w, height: SMALL.h, fill: "#fff", "fill-opacity": 0.9, stroke: PAGE.looks.grid }),
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
