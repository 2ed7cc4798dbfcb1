// Against the articles: which way things went in the history, as five articles report it.

let articleQuestions = null;
const articleAnswers = new Map();

function articlesStage() {
  const place = el("div", { id: "articles" }, el("p", { role: "status" }, text("app.computing")));
  (async () => {
    try {
      articleQuestions ??= (await ask("reported")).questions;
      place.replaceChildren(...articleQuestions.map(articleCard));
    } catch (fault) { place.replaceChildren(faultList(faultsOf(fault))); }
  })();
  return el("div", { class: "articles" }, el("h1", { tabindex: -1 }, text("articles.head")), el("p", { class: "tag" }, text("tag")), el("p", { class: "note" }, text("articles.note")), whoPredicts(), place,
    el("p", { class: "buttons" }, backButton()), languages(), doorways());
}

function articleCard(code) {
  const card = el("section", { class: "form", "data-question": code });
  const known = articleAnswers.get(code);
  card.append(el("h3", {}, text("reported." + code)), ...(known ? answered(known) : [articleForm(code, card)]));
  return card;
}

function articleForm(code, card) {
  let direction = "";
  const told = el("output", {}, "60%");
  const sure = el("input", { type: "range", min: 35, max: 100, step: 5, value: 60, "aria-label": text("predict.sure"), oninput: () => { told.textContent = sure.value + "%"; } });
  const wrong = el("div", {});
  const send = async (submitted) => {
    submitted.preventDefault();
    if (!direction) { wrong.replaceChildren(faultList([text("predict.missing")])); return; }
    try {
      const found = await ask("reported", { question: code, who, direction, sure: Number(sure.value) / 100 });
      articleAnswers.set(code, { ...found, direction, sure: Number(sure.value) });
      card.replaceWith(articleCard(code));
    } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  };
  return el("form", { onsubmit: send }, el("fieldset", {}, el("legend", {}, text("predict.direction")), DIRECTIONS.map((name) => el("label", { class: "choice" }, el("input", { type: "radio", name: "way-" + code, value: name, onchange: () => { direction = name; } }), el("span", {}, text("predict." + name))))),
    el("p", {}, text("predict.sure"), " ", sure, " ", told), wrong, el("button", { type: "submit", class: "go" }, text("articles.go")));
}

function answered(found) {
  const counts = DIRECTIONS.map((name) => text("score.share", { direction: text("predict." + name), share: Math.round(found.runs[name] * found.members), all: found.members }));
  return [
    el("p", {}, text("predict.told.same", { direction: text("predict." + found.direction), sure: found.sure })),
    el("p", { class: "told" }, text("articles.report", { direction: text("predict." + found.reported) })),
    factsTold({ facts: found.facts, words: [], note: "" }),
    el("p", {}, text("articles.runs"), " ", listed(counts), text("list.stop")),
    el("p", {}, text("articles.score", { you: written(found.brier, 2), runs: written(found.runs_brier, 2), nothing: written(2 / 3, 2) })),
    found.again ? el("p", { class: "note" }, text("articles.again")) : null,
  ].filter(Boolean);
}
