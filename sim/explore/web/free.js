// Free exploration: sliders, months, and five ways to look.

const TABS = ["map", "fans", "exports", "why", "evidence"];
const QUANTITIES = () => [
  "gdp", "earnings", "remittances", ...PAGE.powers.map((one) => "threat_" + one),
  ...PAGE.partners.map((one) => "share_" + one), "breadth", "two_sidedness", "ambiguity", "deliberate",
];

function explore() {
  const inner = el("div", { id: "look", role: "tabpanel", tabindex: 0, "aria-labelledby": "tab-" + now.tab });
  const made = el("div", { class: "explore" },
    banner(),
    el("h1", { tabindex: -1, class: "small" }, scenarioText("title")),
    el("div", { class: "desk" },
      el("div", { class: "controls" }, sliders(), monthBar()),
      el("div", { class: "shown" }, tabs(), inner)),
    languages(), leftOut());
  return made;
}

function banner() {
  return el("p", { class: "tag line" }, text("tag"), " ", el("a", { href: "#left-out", onclick: openLeftOut }, text("tag.link")));
}

// Sliders ---------------------------------------------------------------------------------------

function startOf(slider) {
  return slider.written !== null && slider.written >= slider.steps[0] && slider.written <= slider.steps[slider.steps.length - 1]
    ? slider.written : slider.steps[Math.floor(slider.steps.length / 2)];
}

/** Return what a slider moves, in words. */
function sliderName(slider) {
  if (slider.event) {
    const known = "field." + slider.field;
    return text(known in CATALOGUES.en ? known : "field.other", { event: slider.event.replaceAll("_", " "), field: slider.field });
  }
  return slider.name === "shocks" ? text("field.shocks") : text("field.ledger", { name: slider.name.replaceAll("_", " ").replaceAll("/", " · ") });
}

/** Return where a slider stands, in words: a date for a start. */
function sliderTold(slider, number) {
  if (slider.field === "start") return later(slider.date, number);
  if (slider.field === "on" || slider.name === "shocks") return text(number >= 0.5 ? "on" : "off");
  if (slider.field === "left" || (slider.field === "size" && slider.how === "cut")) return Math.round(number * 100) + "%";
  if (slider.field === "size" && slider.how === "factor") return written(100 * (number - 1), 0, true) + "%";
  if (slider.field === "months") return text(number === 1 ? "months.one" : "months", { count: written(number, Number.isInteger(number) ? 0 : 1) });
  return `${plainly(Number(number.toPrecision(3)))} ${slider.unit}`.trim();
}

function later(date, months) {
  const [year, month] = date.split("-").map(Number);
  const whole = year * 12 + month - 1 + Math.round(months);
  return `${Math.floor(whole / 12)}-${String((whole % 12) + 1).padStart(2, "0")}`;
}

function sliders() {
  const made = PAGE.sliders.map((slider, k) => {
    const id = "slider-" + k;
    const [low, high] = [slider.steps[0], slider.steps[slider.steps.length - 1]];
    const here = now.at ? now.at[k] : startOf(slider);
    const shown = el("output", { for: id, id: id + "-told" }, sliderTold(slider, here));
    const whole = slider.stops || slider.field === "months";
    const input = el("input", {
      type: "range", id, min: low, max: high, step: whole ? 1 : (high - low) / 40, value: here, list: id + "-steps",
      "aria-valuetext": sliderTold(slider, here),
      oninput: (event) => moved(k, Number(event.target.value)),
    });
    const marks = el("datalist", { id: id + "-steps" }, slider.steps.map((one) => el("option", { value: one })));
    return el("div", { class: "slider" }, el("label", { for: id }, sliderName(slider), " ", shown), input, marks,
      el("span", { class: "ends", "aria-hidden": "true" }, slider.steps.map((one) => el("span", { style: `left:${(100 * (one - low)) / (high - low)}%` }, "|"))));
  });
  return el("fieldset", { class: "sliders" }, el("legend", {}, text("sliders.head")), made,
    el("button", { type: "button", id: "as-written", "aria-pressed": String(now.at === null), onclick: asWritten }, text("sliders.written")),
    el("p", { class: "note", id: "where", role: "status" }));
}

/** Return a number on its slider: at a computed step where it stops there, or is next to one. */
function settled(slider, number) {
  const nearest = slider.steps.reduce((best, one) => (Math.abs(one - number) < Math.abs(best - number) ? one : best));
  const reach = slider.steps[slider.steps.length - 1] - slider.steps[0];
  return slider.stops || Math.abs(nearest - number) < reach / 60 ? nearest : number;
}

function moved(k, number) {
  if (now.at === null) now.at = PAGE.sliders.map((slider, n) => settled(slider, Number(document.getElementById("slider-" + n).value)));
  now.at[k] = settled(PAGE.sliders[k], number);
  const input = document.getElementById("slider-" + k);
  if (PAGE.sliders[k].stops) input.value = now.at[k];
  const told = sliderTold(PAGE.sliders[k], now.at[k]);
  input.setAttribute("aria-valuetext", told);
  document.getElementById(`slider-${k}-told`).textContent = told;
  document.getElementById("as-written").setAttribute("aria-pressed", "false");
  refresh();
}

function asWritten() {
  now.at = null;
  PAGE.sliders.forEach((slider, k) => {
    document.getElementById("slider-" + k).value = startOf(slider);
    document.getElementById(`slider-${k}-told`).textContent = sliderTold(slider, startOf(slider));
  });
  document.getElementById("as-written").setAttribute("aria-pressed", "true");
  refresh();
}

/** Return the sentence on the scenario as it is written. */
let whereWritten = (filled) => text("where.written", filled);

/** Return the sentence on what the numbers are: a computed point, or the mean of those about it. */
function whereTold(view) {
  const filled = { members: PAGE.about.members, seed: PAGE.about.seed };
  if (view.at === null) return whereWritten(filled);
  if (!view.between) return text("where.computed", filled);
  const about = PAGE.sliders.flatMap((slider, k) => {
    const found = along(slider, now.at[k]);
    return found.length < 2 ? [] : [text("where.ends", { name: sliderName(slider), low: sliderTold(slider, slider.steps[found[0][0]]), high: sliderTold(slider, slider.steps[found[1][0]]) })];
  });
  return text("where.between", { about: listed(about), count: view.points.length });
}

// Months ----------------------------------------------------------------------------------------

let playing = null;

function monthBar() {
  const last = PAGE.months.length - 1;
  const step = (by) => () => { stop(); toMonth(now.month + by); };
  return el("fieldset", { class: "months" },
    el("legend", {}, text("months.head"), " ", el("output", { id: "month-told" }, PAGE.months[now.month])),
    el("input", { type: "range", id: "month", min: 0, max: last, step: 1, value: now.month, "aria-label": text("months.head"), "aria-valuetext": PAGE.months[now.month], oninput: (event) => { stop(); toMonth(Number(event.target.value)); } }),
    el("div", { class: "buttons" },
      el("button", { type: "button", onclick: step(-1), "aria-label": text("months.back") }, "◀"),
      el("button", { type: "button", id: "play", onclick: play }, text("months.play")),
      el("button", { type: "button", onclick: step(1), "aria-label": text("months.on") }, "▶")));
}

function toMonth(month) {
  now.month = Math.max(0, Math.min(PAGE.months.length - 1, month));
  const input = document.getElementById("month");
  input.value = now.month;
  input.setAttribute("aria-valuetext", PAGE.months[now.month]);
  document.getElementById("month-told").textContent = PAGE.months[now.month];
  if (now.tab !== "compose") refresh(); // where events are composed nothing hangs on the month
}

function play() {
  if (playing !== null) return stop();
  if (now.month === PAGE.months.length - 1) toMonth(0);
  document.getElementById("play").textContent = text("months.pause");
  playing = setInterval(() => {
    if (now.month >= PAGE.months.length - 1) stop();
    else toMonth(now.month + 1);
  }, 350);
}

function stop() {
  if (playing !== null) clearInterval(playing);
  playing = null;
  const button = document.getElementById("play");
  if (button) button.textContent = text("months.play");
}

// Ways to look ----------------------------------------------------------------------------------

function tabs() {
  const shown = TABS.filter((one) => one !== "exports" || streamsMoved().length);
  const made = shown.map((name) => el("button", {
    type: "button", role: "tab", id: "tab-" + name, "aria-selected": String(name === now.tab), "aria-controls": "look",
    tabindex: name === now.tab ? 0 : -1, onclick: () => chooseTab(name),
    onkeydown: (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) chooseTab(shown[(shown.indexOf(name) + by + shown.length) % shown.length], true);
    },
  }, text("tab." + name)));
  return el("div", { role: "tablist", "aria-label": text("tab.head") }, made);
}

function chooseTab(name, focused = false) {
  now.tab = name;
  for (const one of document.querySelectorAll("[role=tab]")) {
    one.setAttribute("aria-selected", String(one.id === "tab-" + name));
    one.tabIndex = one.id === "tab-" + name ? 0 : -1;
  }
  document.getElementById("look").setAttribute("aria-labelledby", "tab-" + name);
  if (focused) document.getElementById("tab-" + name).focus();
  refresh();
}

const streamsMoved = () => PAGE.series.filter((one) => one.startsWith("sent.")).map((one) => one.slice(5));

/** Return a list to choose from. */
function chooser(id, told, options, chosen, choose) {
  return el("label", { class: "chooser", for: id }, told, " ", el("select", { id, onchange: (event) => { choose(event.target.value); refresh(); } },
    options.map(([given, words]) => el("option", { value: given, selected: given === chosen }, words))));
}

const LOOKS = {
  map: (view) => [
    el("div", { class: "two" },
      el("figure", {},
        chooser("run", text("map.run"), [["scenario", text("run.scenario")], ["baseline", text("run.baseline")]], now.run, (one) => { now.run = one; }),
        el("div", { class: "picture", "data-map": now.run, "data-month": now.month }), mapLegend(),
        el("p", { class: "told", id: "link-told", role: "status" }, text("map.touch")),
        el("figcaption", { "data-map-told": "1" })),
      el("figure", {},
        el("h2", { class: "small" }, text("triangle.head")),
        el("div", { class: "picture", "data-triangle": now.month }), triangleLegend(),
        el("figcaption", {}, el("ul", { class: "claims" }, triangleSentences(view, now.month).map((one) => el("li", {}, one)))))),
    el("p", { class: "note" }, text("map.note")),
  ],
  fans: (view) => [
    chooser("quantity", text("fan.quantity"), QUANTITIES().map((one) => [one, quantityName(one)]), now.quantity, (one) => { now.quantity = one; }),
    fanLegend(),
    el("div", { class: "many" }, PAGE.states.map((state) => el("figure", {}, el("div", { class: "picture", "data-fan": `${now.quantity}.${state}`, "data-month": now.month }),
      el("figcaption", {}, changeSentence(view, `${now.quantity}.${state}`, now.month))))),
  ],
  exports: (view) => [
    chooser("stream", text("exports.stream"), streamsMoved().map((one) => [one, named("stream", one, streamName(one))]), now.stream, (one) => { now.stream = one; }),
    el("figure", {}, el("div", { class: "picture", "data-exports": now.stream, "data-month": now.month }), el("figcaption", { "data-exports-told": "1" })),
    el("p", { class: "note" }, text("exports.means")),
  ],
  why: (view) => why(view),
  evidence: () => evidence(),
};

function quantityName(name) {
  const kind = kindOf(name + ".x");
  const other = name === kind ? "" : name.slice(kind.length + 1);
  return text("quantity." + kind, { partner: other && named("partner", other), with: other && named("with", other), from: other && named("from", other) });
}

function triangleLegend() {
  return el("ul", { class: "legend" },
    el("li", {}, swatch(PAGE.looks.runs.scenario), text("run.scenario")),
    el("li", {}, swatch(PAGE.looks.runs.baseline, true), text("run.baseline")),
    el("li", {}, text("triangle.markers")));
}

// Why it moved ----------------------------------------------------------------------------------

const MOST_CHANNELS = 6;

function why(view) {
  const state = now.state;
  const shares = PAGE.partners.length;
  const ways = PAGE.domains.flatMap((domain, d) => PAGE.partners.map((partner, q) => ({ domain, partner, by: channel(view, state, d, q)[now.month] })))
    .filter((one) => Math.abs(one.by) >= 0.001)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by)).slice(0, MOST_CHANNELS);
  const told = ways.map((one) => text(one.by > 0 ? "why.widens" : "why.narrows", {
    with: named("with", one.partner), domain: text("domain." + one.domain), by: written(Math.abs(one.by), 3), unit: text("unit.breadth") }));
  return [
    chooser("state", text("why.state"), PAGE.states.map((one) => [one, named("state", one)]), state, (one) => { now.state = one; }),
    el("ul", { class: "claims" },
      el("li", {}, changeSentence(view, `breadth.${state}`, now.month), " ", partsSentence(view, state, shares, now.month))),
    el("h3", {}, text("why.channels", { state: named("state", state), whose: named("whose", state), month: PAGE.months[now.month] })),
    el("ul", { class: "claims" }, (told.length ? told : [text("why.no_channels")]).map((one) => el("li", {}, one))),
    el("h3", {}, text("why.shares")),
    el("ul", { class: "claims" }, sharesMoved(view, state).map((told) => el("li", {}, told))),
    ...byEvent(state),
    el("p", { class: "note" }, text("why.means")),
  ];
}

/** Return what the shares do that differ, or that none does. */
function sharesMoved(view, state) {
  const those = PAGE.partners.filter((partner) => moves(view, `share_${partner}.${state}`, now.month));
  return those.length ? those.map((partner) => sharesTold(view, state, partner, now.month)) : [text("why.no_shares")];
}

/** Return each event's part, at the dates at which it was computed, for the file as written. */
function byEvent(state) {
  const { names, parts: found, members } = PAGE.by_event;
  if (!names.length) return [];
  const s = PAGE.states.indexOf(state);
  const rows = PAGE.moments.flatMap((moment, t) => names.map((name, e) => [moment, name, found[e][t][s]]))
    .filter(([, , by]) => Math.abs(by) >= 0.0005)
    .map(([moment, name, by]) => el("li", {}, text(by > 0 ? "why.event_widens" : "why.event_narrows", { event: name.replaceAll("_", " "), month: PAGE.months[moment.place], by: written(Math.abs(by), 3), unit: text("unit.breadth") })));
  return [el("h3", {}, text("why.events", { members })),
    el("ul", { class: "claims" }, rows.length ? rows : el("li", {}, text("why.no_events")))];
}

// Evidence --------------------------------------------------------------------------------------

function evidence() {
  return [
    el("p", { class: "note" }, text("evidence.language")),
    PAGE.about.set.length ? el("p", {}, text("evidence.set", { numbers: listed(PAGE.about.set.map(([name, number]) => `${name} ${plainly(number)}`)) })) : null,
    el("h2", { class: "small" }, text("evidence.sliders")),
    ...[...new Set(PAGE.sliders.map((slider) => slider.event || slider.name))].map((name) => {
      const mine = PAGE.sliders.filter((slider) => (slider.event || slider.name) === name);
      return el("section", { class: "proof" }, mine.map((slider) => [el("h3", {}, sliderName(slider)), el("p", {}, rangeTold(slider))]),
        mine[0].row ? rowTold(mine[0].row) : null, mine[0].evidence ? factsTold(mine[0].evidence) : null);
    }),
    el("h2", { class: "small" }, text("evidence.events")),
    ...PAGE.events.map((event) => el("section", { class: "proof" }, el("h3", {}, event.id.replaceAll("_", " ")), el("p", {}, event.sentence),
      PAGE.sliders.some((slider) => slider.event === event.id) ? null : factsTold(event))),
    PAGE.rests_on.length ? el("h2", { class: "small" }, text("evidence.rests")) : null,
    ...PAGE.rests_on.map((one) => el("section", { class: "proof" }, el("h3", {}, `${one.attribute.replaceAll("_", " ")} ${one.keys.join(", ")}`), rowTold(one))),
  ];
}

/** Return from where to where a slider was computed, and what the file says. */
function rangeTold(slider) {
  return text("evidence.range", {
    low: sliderTold(slider, slider.steps[0]), high: sliderTold(slider, slider.steps[slider.steps.length - 1]),
    written: slider.written === null ? text("evidence.drawn") : sliderTold(slider, slider.written),
  });
}

function factsTold({ facts, words, note }) {
  return el("ul", { class: "claims" },
    facts.map((one) => el("li", {}, `${one.claim} `, el("cite", {}, `${one.code}, ${one.outlet}, ${one.date}`), one.phrase ? el("q", { lang: "" }, one.phrase) : null)),
    words.map((one) => el("li", {}, one)), note ? el("li", {}, note) : null);
}

/** Return a number with all its decimals, in the language's own way. */
function plainly(number) {
  return written(number, (String(number).split(".")[1] || "").length);
}

function rowTold(one) {
  const [low, central, high] = one.range;
  return el("ul", { class: "claims" },
    el("li", {}, one.meaning + text("list.stop")),
    el("li", {}, text("evidence.row", { low: plainly(low), high: plainly(high), central: plainly(central), unit: one.unit, method: text("method." + one.method) })),
    el("li", {}, el("cite", {}, `${one.source}: ${one.citation}`), one.phrase ? el("q", {}, one.phrase) : null),
    [one.note, one.doubt].filter(Boolean).map((told) => el("li", {}, told)));
}
