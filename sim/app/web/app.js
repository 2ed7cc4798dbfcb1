// The app begins: the question of the first screen, or that for the class's code.

Object.assign(STAGES, { explore: deskStage, class: classStage, articles: articlesStage, game: gameStage });

function joinForm() {
  const input = el("input", { id: "code", type: "text", size: 8, maxlength: 12, autocomplete: "off", autocapitalize: "characters" });
  const wrong = el("div", {});
  const send = async (submitted) => {
    submitted.preventDefault();
    try { await ask("join", { code: input.value }); location.reload(); } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  };
  return el("form", { class: "join", onsubmit: send }, el("h1", {}, text("app.title")), el("p", { class: "tag" }, text("tag")),
    el("p", {}, el("label", { for: "code" }, text("app.join"), " ", input), " ", el("button", { type: "submit", class: "go", id: "join" }, text("app.join_go"))), wrong);
}

/** Return what stands there until the first runs are done: the question, and what it is not. */
function firstWords() {
  const first = LIVE.scenarios.find((one) => one.name === LIVE.first);
  const key = `scenario.${first.name}.question`;
  return el("div", { class: "gate" }, el("div", { class: "ask" }, el("h1", {}, CATALOGUES[now.lang][key] || first.question), el("p", { class: "tag" }, text("tag")), el("p", { role: "status" }, text("app.computing"))));
}

async function begin() {
  const main = document.getElementById("main");
  document.documentElement.lang = now.lang;
  if (LIVE.join) { main.replaceChildren(joinForm()); return; }
  main.replaceChildren(firstWords());
  const first = LIVE.scenarios.find((one) => one.name === LIVE.first);
  await openShipped(LIVE.first, first.arms.length ? first.arms[0].name : "");
  let wide = window.innerWidth;
  window.addEventListener("resize", () => { if (window.innerWidth !== wide) { wide = window.innerWidth; drawAll(); } });
}

begin();
