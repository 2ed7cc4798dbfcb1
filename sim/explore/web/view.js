// A view: which computed points are shown, and what is read of them.

/** Return the view of where the sliders stand; null is the scenario as it is written. */
function viewAt(at) {
  const points = at === null ? [[PAGE.baseline_of.length - 1, 1]] : weights(PAGE.sliders, at);
  const baselines = points.map(([point, weight]) => [PAGE.baseline_of[point], weight]);
  return { at, points, baselines, between: points.length > 1 };
}

function stepOf(digits) {
  return 10 ** -(digits + 1);
}

function seriesRow(array, points, series, part) {
  const place = PAGE.series.indexOf(series);
  return row(array, points, [place, part], stepOf(PAGE.digits[kindOf(series)]));
}

/** Part 0 is the median, 1 and 2 the ends of the band that holds 90% of runs. */
const level = (view, series, part) => seriesRow(ARRAYS.level, view.points, series, part);
const difference = (view, series, part) => seriesRow(ARRAYS.difference, view.points, series, part);
const baseLevel = (view, series, part) => seriesRow(ARRAYS.base_level, view.baselines, series, part);

const agreement = (view, series) =>
  row(ARRAYS.agree, view.points, [PAGE.series.indexOf(series)], null);

/** Return the imposed and the chosen mean of a part by month: shares, then breadth, then GDP. */
function parts(view, state, part) {
  const shares = PAGE.partners.length;
  const digits = PAGE.steps.parts[part < shares ? 0 : part - shares + 1];
  return [0, 1].map((which) =>
    row(ARRAYS.parts, view.points, [PAGE.states.indexOf(state), part, which], stepOf(digits)));
}

const channel = (view, state, domain, partner) =>
  row(ARRAYS.channels, view.points, [PAGE.states.indexOf(state), domain, partner],
    stepOf(PAGE.steps.channels));

function flows(view, run) {
  const array = run === "baseline" ? ARRAYS.base_flow : ARRAYS.flow;
  const points = run === "baseline" ? view.baselines : view.points;
  return PAGE.network.routes.map((_, k) => row(array, points, [k], stepOf(PAGE.steps.flow)));
}

function places(view, run, state) {
  const array = run === "baseline" ? ARRAYS.base_triangle : ARRAYS.triangle;
  const points = run === "baseline" ? view.baselines : view.points;
  return PAGE.powers.map((_, k) =>
    row(array, points, [PAGE.states.indexOf(state), k], stepOf(PAGE.steps.triangle)));
}

/** Return which links are shut or cut in a month, by their place. */
function shutIn(view, month) {
  return PAGE.network.links
    .map((_, k) => k)
    .filter((k) => row(ARRAYS.shut, view.points, [k], null)[month] >= 0.5);
}

/** Return the first and last month in which something is supposed, or null where it is all of them. */
function windowOf(view) {
  const differs = row(ARRAYS.differs, view.points, [], null);
  const inside = [...differs.keys()].filter((month) => differs[month] >= 0.5);
  if (!inside.length || inside.length === differs.length) return null;
  return [inside[0], inside[inside.length - 1]];
}

/** Return what each link carries of each commodity in a month, and what that is worth. */
function loads(view, run, month) {
  const found = PAGE.network.links.map(() => ({ carried: {}, worth: {} }));
  flows(view, run).forEach((months, k) => {
    const route = PAGE.network.routes[k];
    for (const link of route.links) {
      const one = found[link];
      one.carried[route.commodity] = (one.carried[route.commodity] || 0) + months[month];
      one.worth[route.commodity] = (one.worth[route.commodity] || 0) + months[month] * route.worth;
    }
  });
  return found;
}

const total = (worth) => Object.values(worth).reduce((sum, one) => sum + one, 0);
