// What stands before the reveal: the question, what it is not, how far it goes, the prediction.

const MOST_POINTS = 60;

/** Return the first screen, in the order in which a class reads it. */
function gate() {
  return el("div", { class: "gate" },
    el("div", { class: "ask" },
      el("h1", { tabindex: -1 }, scenarioText("question")),
      el("p", { class: "tag" }, text("tag"), " ", el("a", { href: "#left-out", onclick: openLeftOut }, text("tag.link"))),
      PAGE.about.beyond ? el("p", { class: "beyond" }, el("strong", {}, text("beyond.head")), " ", scenarioText("beyond")) : null,
      predictForm()),
    el("figure", { class: "ground" }, el("div", { class: "picture", "data-map": "plain" }), el("figcaption", {}, text("map.note.plain"))),
    languages(), leftOut(), doorways());
}

/** Return the ways that lead elsewhere: none in a page that is a file. */
let doorways = () => [];

/** Take a prediction: the page as a file keeps it to itself. */
let predicted = () => {};

/** Return what else is asked of who predicts: nothing in a page that is a file. */
let whoPredicts = () => [];

/** Return the switch of languages. */
function languages() {
  const choices = Object.keys(CATALOGUES).map((lang) =>
    el("button", { type: "button", lang, "aria-pressed": String(lang === now.lang), onclick: () => { now.lang = lang; render(".languages button[aria-pressed=true]"); } },
      CATALOGUES[lang]["language.own"]));
  return el("nav", { class: "languages", "aria-label": text("language.head") }, el("span", {}, text("language.head")), choices);
}

function leftOut() {
  const rows = [1, 2, 3, 4, 5, 6].flatMap((k) => [el("dt", {}, text(`left_out.${k}.head`)), el("dd", {}, text(`left_out.${k}`))]);
  return el("details", { id: "left-out" }, el("summary", {}, text("tag.link")), el("dl", {}, rows));
}

function openLeftOut() {
  document.getElementById("left-out").open = true;
}

/** Return what a prediction is about, in words. */
function predictedWords() {
  const { state, partner, month } = PAGE.predicted;
  return { whose: named("whose", state), state: named("state", state), with: named("with", partner), partner: named("partner", partner), month: PAGE.months[month] };
}

/** Return the form: direction, size, confidence. Nothing else is shown before it is sent. */
function predictForm() {
  const drawn = now.draft;
  const choice = (name) => el("label", { class: "choice" },
    el("input", { type: "radio", name: "direction", value: name, checked: drawn.direction === name, onchange: () => { drawn.direction = name; settle(); } }),
    el("span", {}, text("predict." + name)));
  const size = el("input", { type: "number", id: "size", min: 0, max: MOST_POINTS, step: 0.5, value: drawn.size, inputmode: "decimal", oninput: (event) => { drawn.size = event.target.value === "" ? NaN : Number(event.target.value); } });
  const sure = el("input", { type: "range", id: "sure", min: 35, max: 100, step: 5, value: drawn.sure, "aria-valuetext": drawn.sure + "%", oninput: (event) => { drawn.sure = Number(event.target.value); settle(); } });
  const told = el("output", { for: "sure" }, drawn.sure + "%");
  const wrong = el("p", { class: "wrong", role: "alert" });
  const settle = () => {
    told.textContent = drawn.sure + "%";
    sure.setAttribute("aria-valuetext", drawn.sure + "%");
    size.disabled = drawn.direction === "same";
    if (drawn.direction) wrong.textContent = "";
  };
  const send = (event) => {
    event.preventDefault();
    if (!drawn.direction) { wrong.textContent = text("predict.missing"); return; }
    if (drawn.direction !== "same" && !(drawn.size > 0 && drawn.size <= MOST_POINTS)) { wrong.textContent = text("predict.size_wrong", { most: MOST_POINTS }); size.focus(); return; }
    const away = drawn.direction === "same" ? 0 : drawn.size * (drawn.direction === "lower" ? -1 : 1);
    now.prediction = { direction: drawn.direction, size: away, sure: drawn.sure / 100 };
    predicted(now.prediction);
    now.stage = "reveal";
    now.step = 0;
    render("h2");
  };
  const made = el("form", { class: "predict", onsubmit: send, novalidate: true },
    el("h2", {}, text("predict.head")),
    el("p", {}, text("predict.ask", predictedWords())),
    el("fieldset", {}, el("legend", {}, text("predict.direction")), ["lower", "same", "higher"].map(choice)),
    el("div", { class: "pair" },
      el("label", { for: "size" }, text("predict.size"), " ", size, " ", text("unit.share")),
      el("label", { for: "sure" }, text("predict.sure"), " ", sure, " ", told)),
    whoPredicts(), wrong,
    el("button", { type: "submit", class: "go" }, text("predict.go")));
  settle();
  return made;
}

/** Return a prediction in words. */
function predictionTold() {
  const { direction, size, sure } = now.prediction;
  return text(direction === "same" ? "predict.told.same" : "predict.told", {
    direction: text("predict." + direction), size: written(Math.abs(size), 1), sure: Math.round(100 * sure),
    unit: text("unit.share"),
  });
}
