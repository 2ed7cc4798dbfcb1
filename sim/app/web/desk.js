// The desk: sliders and months at the side, ways to look beside them, and what composes.

TABS.push("compose");
LOOKS.compose = () => compose();

whereWritten = (filled) => {
  const moved = Object.keys(desk.moved).map((name) => desk.handles.get(name)).filter(Boolean).map((one) => `${sliderName(one)} ${sliderTold(one, standsAt(one))}`);
  return moved.length ? text("app.moved", { ...filled, moved: listed(moved) }) : text("where.written", filled);
};

const partsAsComputed = REVEALED.parts;
REVEALED.parts = (view, month) => {
  if (PAGE.whole) return partsAsComputed(view, month);
  wholeAfter();
  return el("p", { role: "status" }, text("app.computing"));
};

const whyAsComputed = LOOKS.why;
LOOKS.why = (view) => {
  if (PAGE.whole) return [...whyAsComputed(view), partsAsked()];
  compute(); // as a slider is dragged, what was imposed and what chosen is left out
  return [el("p", { role: "status" }, text("app.computing"))];
};

/** Return what asks for each event's part, which takes longer than the runs. */
function partsAsked() {
  if (PAGE.by_event.names.length) return null;
  const made = el("button", { type: "button", id: "parts", onclick: async () => {
    made.disabled = true;
    made.textContent = text("app.computing");
    const asked_of = PAGE;
    try {
      const found = await ask("why", { name: desk.name, document: desk.document });
      if (PAGE === asked_of) PAGE.by_event = found;
    } catch (fault) { desk.faults = faultsOf(fault); }
    shown(0);
  } }, text("app.parts"));
  return el("p", {}, made);
}

function deskStage() {
  const inner = el("div", { id: "look", role: "tabpanel", tabindex: 0, "aria-labelledby": "tab-" + now.tab });
  return el("div", { class: "explore" },
    banner(),
    el("h1", { tabindex: -1, class: "small" }, scenarioText("title")),
    el("div", { class: "desk" },
      el("div", { class: "controls" }, handlesBox(), monthBar()),
      el("div", { class: "shown" }, tabs(), inner)),
    languages(), leftOut(), doorways());
}

/** Return the ways from here: another scenario, a file, the sheet, the game. */
doorways = () => {
  const wrong = el("div", {});
  const all = LIVE.scenarios.flatMap((one) => (one.arms.length ? one.arms.map((arm) => [`${one.name}/${arm.name}`, arm.title, one.name]) : [[one.name, one.title, one.name]]));
  const here = desk.name + (desk.arm ? "/" + desk.arm : "");
  const select = el("select", { id: "scenario" }, all.map(([value, words, name]) => el("option", { value, selected: value === here }, scenarioTitle(name, value.split("/")[1] || "", words))));
  const go = el("button", { type: "button", id: "ask", onclick: () => openShipped(...select.value.split("/"), wrong) }, text("app.ask_this"));
  return el("nav", { class: "doorways", "aria-label": text("app.elsewhere") },
    el("p", {}, el("label", { for: "scenario" }, text("app.another"), " ", select), " ", go, " ", opener(wrong)), wrong,
    el("p", { class: "buttons" },
      now.stage !== "class" ? el("button", { type: "button", id: "to-class", onclick: () => toStage("class") }, text("app.to_class")) : null,
      now.stage !== "articles" ? el("button", { type: "button", id: "to-articles", onclick: () => toStage("articles") }, text("app.to_articles")) : null,
      now.stage !== "game" ? el("button", { type: "button", id: "to-game", onclick: () => toStage("game") }, text("app.to_game")) : null));
};

function scenarioTitle(name, arm, otherwise) {
  const found = CATALOGUES[now.lang][`scenario.${name}${arm ? "." + arm : ""}.title`];
  return found === undefined ? otherwise : found;
}

function toStage(stage) {
  now.stage = stage;
  render("h1");
}

async function openShipped(name, arm = "", wrong = null) {
  try {
    const { document: found } = await ask("open", { name, arm });
    wrong?.replaceChildren(el("p", { role: "status" }, text("app.computing")));
    await opened(found, name);
    desk.arm = arm;
    asked();
    render("h1");
  } catch (fault) {
    const told = faultsOf(fault);
    if (wrong) wrong.replaceChildren(faultList(told));
    else document.getElementById("main").replaceChildren(faultList(told));
  }
}
