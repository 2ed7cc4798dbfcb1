// The reveal, in steps: tonnes, money, threat, imposed and chosen, then indices, then the score.

const STEPS = ["tonnes", "money", "threat", "parts", "indices", "score"];
const LEAST = 0.1; // points of share: below this no change can be told from nothing

function reveal() {
  const step = STEPS[now.step];
  const view = viewAt(null);
  const month = PAGE.predicted.month;
  const last = now.step === STEPS.length - 1;
  const next = el("button", { type: "button", class: "go", onclick: () => { if (last) { now.stage = "explore"; render("h1"); } else { now.step += 1; render("h2"); } } },
    text(last ? "reveal.explore" : "reveal.next"));
  const back = now.step > 0 ? el("button", { type: "button", onclick: () => { now.step -= 1; render("h2"); } }, text("reveal.back")) : null;
  return el("div", { class: "reveal" },
    banner(),
    el("p", { class: "yours" }, predictionTold()),
    el("ol", { class: "steps", "aria-label": text("reveal.steps") }, STEPS.map((name, k) =>
      el("li", { "aria-current": k === now.step ? "step" : null, class: k < now.step ? "done" : "" }, text("reveal." + name)))),
    el("section", { "aria-live": "polite" },
      el("h2", { tabindex: -1 }, text("reveal." + step)),
      REVEALED[step](view, month)),
    el("p", { class: "buttons" }, back, next));
}

const REVEALED = {
  tonnes: (view, month) => {
    const streams = PAGE.series.filter((one) => one.startsWith("sent.")).slice(0, 4);
    const told = streams.filter((one, k) => k === 0 || moves(view, one, month)).map((one) => changeSentence(view, one, month));
    const ways = streams.length ? exportSentences(streams[0].slice(5), month, sentBy(view, streams[0].slice(5))).slice(1) : [];
    return shownWith(told.length ? [...told, ...ways] : [text("reveal.no_tonnes")],
      el("div", { class: "picture", "data-map": "scenario", "data-month": month }), mapLegend(), el("p", { class: "note" }, text("map.note")));
  },
  money: (view, month) => ofStates(view, month, "gdp", "earnings", "remittances"),
  threat: (view, month) => ofStates(view, month, "threat_" + feared(view, month)),
  parts: (view, month) => {
    const { partner } = PAGE.predicted;
    const told = PAGE.states.map((state) => sharesTold(view, state, partner, month));
    return shownWith([text("parts.what"), ...headFirst(told)], el("div", { class: "picture", "data-parts": partner, "data-month": month }), partsLegend());
  },
  indices: (view, month) => {
    const { state } = PAGE.predicted;
    const told = ["breadth", "two_sidedness", "ambiguity", "deliberate"].map((one) => changeSentence(view, `${one}.${state}`, month));
    return shownWith([...told, text("indices.read")], el("div", { class: "picture", "data-triangle": month }), triangleLegend());
  },
  score: () => score(),
};

function shownWith(sentences, ...pictures) {
  return el("div", { class: "beside" },
    el("ul", { class: "claims" }, sentences.map((one) => el("li", {}, one))), el("figure", {}, pictures));
}

/** Return states in their order, that of the prediction first. */
function headFirst(all) {
  const head = PAGE.states.indexOf(PAGE.predicted.state);
  return [all[head], ...all.filter((_, k) => k !== head)];
}

/** Return what one quantity does in all states, and others where they differ, with a fan. */
function ofStates(view, month, name, ...others) {
  const states = headFirst(PAGE.states).filter((state, k) => k === 0 || moves(view, `${name}.${state}`, month));
  const seen = states.map((state) => changeSentence(view, `${name}.${state}`, month));
  const rest = states.length < PAGE.states.length ? [text("say.others_nothing")] : [];
  const more = others.flatMap((other) => headFirst(PAGE.states).map((state) => `${other}.${state}`))
    .filter((series) => moves(view, series, month)).map((series) => changeSentence(view, series, month));
  return shownWith([...seen, ...rest, ...more],
    el("div", { class: "picture", "data-fan": `${name}.${PAGE.predicted.state}`, "data-month": month }), fanLegend());
}

/** Return the power whose threat to the predicted state moves most. */
function feared(view, month) {
  const change = (power) => Math.abs(difference(view, `threat_${power}.${PAGE.predicted.state}`, 0)[month]);
  return [...PAGE.powers].sort((a, b) => change(b) - change(a))[0];
}

/** Return what a partner's share does, and how much of it was imposed and chosen. */
function sharesTold(view, state, partner, month) {
  const series = `share_${partner}.${state}`;
  const told = changeSentence(view, series, month);
  return moves(view, series, month) ? `${told} ${partsSentence(view, state, PAGE.partners.indexOf(partner), month)}` : told;
}

function partsSentence(view, state, part, month) {
  const [imposed, chosen] = parts(view, state, part).map((months) => months[month]);
  const shares = PAGE.partners.length;
  const digits = PAGE.steps.parts[part < shares ? 0 : part - shares + 1];
  const unit = text("unit." + (part < shares ? "share" : part === shares ? "breadth" : "gdp"));
  if (Math.abs(imposed) < 10 ** -digits / 2 && Math.abs(chosen) < 10 ** -digits / 2) return "";
  return text("parts.split", { imposed: written(imposed, digits, true), chosen: written(chosen, digits, true), unit });
}

/** Return bars of imposed and chosen change of a partner's share, by state. */
function partsPicture(view, partner, month, wide) {
  const at = PAGE.partners.indexOf(partner);
  const rows = PAGE.states.map((state) => ({ state, both: parts(view, state, at).map((months) => months[month]) }));
  const reach = Math.max(...rows.flatMap(({ both }) => both.map(Math.abs)), 1) * 1.1;
  const left = Math.min(110, wide * 0.3), room = (wide - left - 12) / 2, zero = left + room;
  const high = 30 + rows.length * 44;
  const x = (one) => zero + (room * one) / reach;
  const made = [];
  const { step, found } = ticks(-reach, reach, 5);
  for (const one of found) made.push(
    svg("line", { x1: x(one), x2: x(one), y1: 4, y2: high - 22, stroke: one === 0 ? PAGE.looks.grey : PAGE.looks.grid }),
    label(x(one), high - 8, tickText(one, step), { "text-anchor": "middle", "font-size": 10, fill: PAGE.looks.grey }));
  rows.forEach(({ state, both }, k) => {
    made.push(label(left - 6, 30 + 44 * k, named("state", state), { "text-anchor": "end", "font-weight": "bold" }));
    both.forEach((one, n) => made.push(svg("rect", {
      x: Math.min(x(0), x(one)), width: Math.max(Math.abs(x(one) - x(0)), 1), y: 10 + 44 * k + 16 * n, height: 14,
      fill: PAGE.looks.parts[n ? "chosen" : "imposed"], stroke: PAGE.looks.ink, "stroke-width": 0.5 })));
  });
  return drawing(wide, high, text("parts.picture", { with: named("with", partner), partner: named("partner", partner), month: PAGE.months[month] }), made);
}

function partsLegend() {
  return el("ul", { class: "legend" }, ["imposed", "chosen"].map((one) => el("li", {}, swatch(PAGE.looks.parts[one]), text("parts." + one))));
}

/** Return the scores of the prediction, beside what knows nothing and what knows the runs. */
function score() {
  const { members } = PAGE.predicted;
  const { direction, size, sure } = now.prediction;
  const found = shares(members, LEAST);
  const line = (name, one, two) => el("tr", {}, el("th", { scope: "row" }, text(name)), el("td", {}, written(one, 2)), el("td", {}, written(two, 1)));
  const counts = DIRECTIONS.map((name, k) => text("score.share", { direction: text("predict." + name), share: Math.round(found[k] * members.length), all: members.length }));
  return el("div", { class: "score" },
    el("p", {}, text("score.runs", predictedWords()), " ", listed(counts), text("list.stop")),
    el("div", { class: "picture", "data-members": "1" }),
    el("table", {},
      el("thead", {}, el("tr", {}, el("td", {}), el("th", { scope: "col" }, text("score.brier")), el("th", { scope: "col" }, text("score.crps")))),
      el("tbody", {},
        line("score.you", brier(chances(direction, sure), found), crps(size, members)),
        line("score.nothing", brier([1 / 3, 1 / 3, 1 / 3], found), crps(0, members)),
        line("score.best", brier(found, found), crpsOfMembers(members)))),
    el("p", { class: "note" }, text("score.how", { least: written(LEAST, 1) })), afterScore());
}

/** Return what comes after the score: in a page that is a file, what saves the prediction. */
let afterScore = () => {
  const who = el("input", { type: "text", id: "who", maxlength: 40, size: 20 });
  const save = () => {
    const { name, arm, members, seed } = PAGE.about;
    const saved = { scenario: name, arm, members, months: PAGE.months.length, seed, who: who.value, ...now.prediction };
    download((who.value.replace(/[^\p{L}\p{N}]+/gu, "_") || "prediction") + ".json", JSON.stringify(saved) + "\n", "application/json");
  };
  return el("p", {}, el("label", { for: "who" }, text("class.who"), " ", who), " ", el("button", { type: "button", id: "save-prediction", onclick: save }, text("score.save")));
};

/** Save words as a file where the browser puts what it saves. */
function download(name, words, type) {
  const link = el("a", { href: URL.createObjectURL(new Blob([words], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Return the members as dots along a line, with the prediction among them. */
function membersPicture(wide) {
  const { members } = PAGE.predicted;
  const { size } = now.prediction;
  const [low, high] = limits([[...members, size, 0]], false, 1);
  const x = (one) => 16 + ((wide - 32) * (one - low)) / (high - low);
  const bins = new Map();
  const dots = [...members].sort((a, b) => a - b).map((one) => {
    const bin = Math.round(x(one) / 5);
    bins.set(bin, (bins.get(bin) || 0) + 1);
    return [bin * 5, bins.get(bin)];
  });
  const tall = Math.max(...bins.values());
  const rise = Math.min(5, 96 / tall);
  const made = dots.map(([at, n]) => svg("circle", { cx: at, cy: 122 - n * rise, r: 2.2, fill: PAGE.looks.runs.scenario }));
  const { step, found } = ticks(low, high, Math.max(3, wide / 90));
  for (const one of found) made.push(svg("line", { x1: x(one), x2: x(one), y1: 120, y2: 124, stroke: PAGE.looks.grey }), label(x(one), 137, tickText(one, step), { "text-anchor": "middle", "font-size": 10 }));
  made.push(svg("line", { x1: 8, x2: wide - 8, y1: 121, y2: 121, stroke: PAGE.looks.grey }));
  const at = x(size);
  made.push(svg("line", { x1: at, x2: at, y1: 18, y2: 121, stroke: "#a8752a", "stroke-width": 2.5 }),
    label(at, 13, text("score.here"), { "text-anchor": at < 60 ? "start" : at > wide - 60 ? "end" : "middle", "font-weight": "bold" }));
  return drawing(wide, 142, text("score.picture", { size: written(size, 1, true), unit: text("unit.share") }), made);
}
