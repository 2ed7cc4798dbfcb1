// What was computed, read back; between computed points, the multilinear mean. Pure functions.

/** Return the arrays of the page by name: {cells, shape}. Changes along the last axis are summed. */
async function unpacked(numbers) {
  const letters = atob(numbers.letters);
  const squeezed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([squeezed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(stream).arrayBuffer());
  const found = {};
  let at = 0;
  for (const [name, [, shape]] of Object.entries(numbers.places)) {
    const months = shape[shape.length - 1];
    const cells = new Int32Array(shape.reduce((one, other) => one * other, 1));
    for (let k = 0; k < cells.length; k++) {
      let folded = 0;
      for (let shift = 0, more = 128; more; shift += 7) {
        const byte = raw[at++];
        folded |= (byte & 127) << shift;
        more = byte & 128;
      }
      const change = folded & 1 ? -((folded + 1) >> 1) : folded >> 1;
      cells[k] = k % months ? cells[k - 1] + change : change;
    }
    found[name] = { cells, shape };
  }
  return found;
}

/** Return the number that a cell stands for: its middle, and 0 about 0. */
function middle(cell, step) {
  return cell === 0 ? 0 : Math.sign(cell) * (Math.abs(cell) + 0.5) * step;
}

/** Return where a number stands among the steps of a slider: [[place, weight], ...]. Never beyond. */
function along(slider, number) {
  const steps = slider.steps;
  const last = steps.length - 1;
  if (number <= steps[0]) return [[0, 1]];
  if (number >= steps[last]) return [[last, 1]];
  const above = steps.findIndex((step) => step >= number);
  if (steps[above] === number) return [[above, 1]];
  const part = (number - steps[above - 1]) / (steps[above] - steps[above - 1]);
  if (slider.stops) return [[part < 0.5 ? above - 1 : above, 1]];
  return [[above - 1, 1 - part], [above, part]];
}

/** Return the computed points about a place of the sliders with their weights; they sum to 1. */
function weights(sliders, at) {
  return sliders.reduce(
    (found, slider, k) =>
      found.flatMap(([point, weight]) =>
        along(slider, at[k]).map(([place, part]) => [point * slider.steps.length + place, weight * part])),
    [[0, 1]],
  );
}

/** Return the months of one row of an array, averaged over computed points. */
function row(array, points, place, step) {
  const months = array.shape[array.shape.length - 1];
  const size = array.cells.length / array.shape[0];
  const first = place.reduce((found, one, k) => found * array.shape[k + 1] + one, 0) * months;
  const found = new Float64Array(months);
  for (const [point, weight] of points) {
    const start = point * size + first;
    for (let month = 0; month < months; month++) {
      const cell = array.cells[start + month];
      found[month] += weight * (step === null ? cell : middle(cell, step));
    }
  }
  return found;
}

// Scores ----------------------------------------------------------------------------------------

/** Return what a direction is called: less than so much is no real change. */
function directionOf(change, least) {
  return change >= least ? "higher" : change <= -least ? "lower" : "same";
}

const DIRECTIONS = ["lower", "same", "higher"];

/** Return the share of the members with each direction. */
function shares(members, least) {
  return DIRECTIONS.map(
    (name) => members.filter((one) => directionOf(one, least) === name).length / members.length);
}

/** Return the chances that a prediction gives: its confidence, and the rest in halves. */
function chances(direction, confidence) {
  return DIRECTIONS.map((name) => (name === direction ? confidence : (1 - confidence) / 2));
}

/** Return the mean Brier score over the members, 0 best, 2 worst (Brier 1950). */
function brier(given, found) {
  const squares = given.reduce((sum, one) => sum + one * one, 0);
  return squares - 2 * given.reduce((sum, one, k) => sum + one * found[k], 0) + 1;
}

/** Return the mean CRPS over the members of one number: for a lone number the mean distance. */
function crps(size, members) {
  return members.reduce((sum, one) => sum + Math.abs(one - size), 0) / members.length;
}

/** Return the mean CRPS of the members themselves: half of how far they lie from each other. */
function crpsOfMembers(members) {
  return members.reduce((sum, one) => sum + crps(one, members), 0) / members.length / 2;
}
