// Words: one catalogue a language; sizes and frequencies of runs as everywhere in the project.

const FREQUENCIES = [
  [100, "every"], [95, "nearly_all"], [75, "most"], [55, "more"], [45, "divided"], [25, "fewer"],
  [5, "few"], [0.5, "hardly"], [0, "none"],
];

/** Sizes: where slight, small and moderate end, in the units that are shown. */
const SIZES = {
  breadth: [0.05, 0.15, 0.4], deliberate: [0.05, 0.15, 0.4], gdp: [0.1, 0.5, 2],
  share: [1, 3, 10], threat: [1, 3, 10], two_sidedness: [0.01, 0.03, 0.1],
  ambiguity: [0.01, 0.03, 0.1],
};

/** Return a text of the catalogue with its places filled in. */
function text(key, filled = {}) {
  const found = CATALOGUES[now.lang][key];
  if (found === undefined) throw new Error("no text " + key);
  return found.replace(/\{(\w+)\}/g, (all, name) => (name in filled ? String(filled[name]) : all));
}

/** Return a number as it is shown: so many decimals, a true minus, the language's own point, no zero with a sign. */
function written(number, digits, signed = false) {
  const figures = Math.abs(number).toFixed(digits);
  const shown = figures.replace(".", text("number.point"));
  if (Number(figures) === 0) return shown;
  return (number < 0 ? "−" : signed ? "+" : "") + shown;
}

/** Return how many decimals a number has at most that is as large as these: 34.4, 3.44. */
function decimals(digits, ...numbers) {
  return digits >= 2 && digits < 3 && Math.max(...numbers.map(Math.abs)) >= 10 ? digits - 1 : digits;
}

/** Return a name of the region in the reader's language, or as the data have it. */
function named(kind, code, otherwise) {
  const found = CATALOGUES[now.lang][kind + "." + code];
  return found === undefined ? otherwise || code : found;
}

/** Return the scenario's own words in the reader's language, where they are as shipped. */
function scenarioText(field) {
  const own = PAGE.about[field];
  const begins = `scenario.${PAGE.about.name}.`;
  const key = Object.keys(CATALOGUES.en).find((one) => one.startsWith(begins) && one.endsWith("." + field) && CATALOGUES.en[one] === own);
  return key ? CATALOGUES[now.lang][key] : own;
}

/** Return how often the difference has the sign of its median, in words. */
function frequency(agree, members) {
  if (members < 20) return text("frequency.counted", { some: Math.round(agree * members / 100), all: members });
  const found = FREQUENCIES.find(([least, name]) => agree >= least && (name !== "every" || members >= 200));
  return text("frequency." + found[1]);
}

/** Return the beginning of a series' name: share_RUS.KAZ is a share. */
function kindOf(series) {
  const name = series.split(".")[0];
  return name in PAGE.digits ? name : name.slice(0, name.lastIndexOf("_"));
}

/** Return whether a difference can be told from nothing, as sim.claims does. */
function tells(kind, median, agree) {
  const limits = SIZES[kind];
  const least = limits ? limits[0] / 10 : 0.5 * 10 ** -PAGE.digits[kind];
  return Math.abs(median) >= least && (agree === null || agree >= 55);
}

function sizeWord(kind, median) {
  const place = SIZES[kind].filter((limit) => Math.abs(median) >= limit).length;
  return text("size." + ["slight", "small", "moderate", "large"][place]);
}

/** Return what a series is of, as the subject of a sentence. */
function subject(series) {
  const [name, of] = series.split(".");
  if (name === "sent") return named("stream", of, streamName(of));
  const kind = kindOf(series);
  const other = name === kind ? "" : name.slice(kind.length + 1);
  return text("subject." + kind, {
    state: named("state", of), whose: named("whose", of),
    partner: other && named("partner", other), with: other && named("with", other),
    from: other && named("from", other),
  });
}

function streamName(code) {
  return PAGE.network.streams.find((one) => one.code === code).name;
}

function unitOf(series) {
  const [name, of] = series.split(".");
  if (name !== "sent") return text("unit." + kindOf(series));
  const stream = PAGE.network.streams.find((one) => one.code === of);
  return text("unit." + (stream.commodity === "gas" ? "bcm" : "mt"));
}

/** Return a list in words. */
function listed(names) {
  return names.join(text("list.comma"));
}

/** Return whether a series differs from the baseline in a month, so that it can be told. */
function moves(view, series, month) {
  const agree = view.between ? null : agreement(view, series)[month];
  return tells(kindOf(series), difference(view, series, 0)[month], agree);
}

/** Return the sentence on one series in one month: range, median, size, how often. */
function changeSentence(view, series, month, subjectTold = subject(series)) {
  const kind = kindOf(series);
  const [median, low, high] = [0, 1, 2].map((part) => difference(view, series, part)[month]);
  const digits = decimals(PAGE.digits[kind], median, low, high);
  const agree = view.between ? null : agreement(view, series)[month];
  const filled = { what: subjectTold, month: PAGE.months[month], unit: unitOf(series) };
  if (!tells(kind, median, agree)) return text("say.nothing", filled);
  const [l, m, h] = [low, median, high].map((one) => written(one, digits, true));
  const told = [SIZES[kind] && sizeWord(kind, median), agree !== null && frequency(agree, PAGE.about.members)];
  return text(l === h ? "say.same" : "say.change", {
    ...filled, low: l, high: h, median: m,
    how: told.filter(Boolean).map((one) => text("list.and") + one).join(""),
  });
}
