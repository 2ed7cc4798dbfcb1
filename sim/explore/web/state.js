// What is shown now, and how it is drawn again when anything changes.

let PAGE = JSON.parse(document.getElementById("page").textContent);
const CATALOGUES = JSON.parse(document.getElementById("texts").textContent);
let ARRAYS = {};

const now = {
  lang: PAGE.lang, stage: "gate", step: 0, draft: null, prediction: null, at: null, month: 0, tab: "map", run: "scenario",
  quantity: "", stream: "", state: "",
};

/** Begin with the question of the page: nothing predicted, nothing moved. */
function asked() {
  Object.assign(now, {
    stage: "gate", step: 0, draft: { direction: "", size: 3, sure: 60 }, prediction: null, at: null, tab: "map", run: "scenario",
    month: PAGE.predicted.month, quantity: "share_" + PAGE.predicted.partner, state: PAGE.predicted.state,
    stream: (PAGE.series.find((one) => one.startsWith("sent.")) || "sent.").slice(5),
  });
}

const STAGES = { gate, reveal, explore };

/** Draw the whole page again, and put the focus where a reader goes on. */
function render(focus = "") {
  stop();
  document.documentElement.lang = now.lang;
  document.title = PAGE.about ? scenarioText("title") : text("app.title");
  const main = document.getElementById("main");
  main.replaceChildren(STAGES[now.stage]());
  refresh();
  if (focus) main.querySelector(focus)?.focus();
  if (focus && !focus.startsWith(".")) window.scrollTo(0, 0);
}

/** Draw again what depends on sliders and months, and leave what is being moved alone. */
function refresh() {
  if (document.getElementById("look")) {
    const view = viewAt(now.at);
    const held = document.activeElement && document.activeElement.id;
    document.getElementById("look").replaceChildren(...LOOKS[now.tab](view).filter(Boolean));
    document.getElementById("where").textContent = whereTold(view);
    if (held && document.activeElement.id !== held) document.getElementById(held)?.focus();
  }
  drawAll();
}

function drawAll() {
  if (!PAGE.baseline_of) return;
  const view = viewAt(now.stage === "explore" ? now.at : null);
  for (const place of document.querySelectorAll(".picture")) {
    const wide = Math.max(Math.floor(place.clientWidth), 240);
    const { dataset } = place;
    const month = Number(dataset.month || 0);
    if (dataset.map === "plain") place.replaceChildren(plainMap(wide));
    else if (dataset.map) {
      const told = (words) => { const at = document.getElementById("link-told"); if (at) at.textContent = words; };
      const { picture, sentences } = flowMap(view, month, dataset.map, wide, told);
      place.replaceChildren(picture);
      const below = document.querySelector("[data-map-told]");
      if (below) below.replaceChildren(el("ul", { class: "claims" }, sentences.map((one) => el("li", {}, one))));
    } else if (dataset.triangle) place.replaceChildren(triangleOf(view, Number(dataset.triangle), wide).picture);
    else if (dataset.fan) place.replaceChildren(fan(view, dataset.fan, month, wide, named("state", dataset.fan.split(".")[1])).picture);
    else if (dataset.parts) place.replaceChildren(partsPicture(view, dataset.parts, month, wide));
    else if (dataset.members) place.replaceChildren(membersPicture(wide));
    else if (dataset.exports) {
      const { picture, sentences, legend } = exportsOf(view, dataset.exports, month, wide);
      place.replaceChildren(picture, legend);
      document.querySelector("[data-exports-told]").replaceChildren(el("ul", { class: "claims" }, sentences.map((one) => el("li", {}, one))));
    }
  }
}
