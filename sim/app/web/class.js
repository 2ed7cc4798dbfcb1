// The class: who predicts, the sheet on which predictions stand, the leader board.

let who = "";
let onSheet = null;

whoPredicts = () => el("p", {}, el("label", { for: "who" }, text("class.who"), " ",
  el("input", { id: "who", type: "text", value: who, maxlength: 40, size: 20, autocomplete: "off", oninput: (event) => { who = event.target.value; } })),
  " ", el("span", { class: "note" }, text("class.who_note")));

predicted = async (made) => {
  onSheet = null;
  try {
    onSheet = await ask("predict", { name: desk.name, arm: desk.arm, document: desk.base, who, ...made });
  } catch (fault) { onSheet = { wrong: faultsOf(fault) }; }
  document.getElementById("on-sheet")?.replaceWith(sheetTold());
};

function sheetTold() {
  if (!onSheet) return el("p", { id: "on-sheet" });
  if (onSheet.wrong) return el("div", { id: "on-sheet" }, faultList(onSheet.wrong));
  return el("p", { id: "on-sheet", role: "status" }, text(onSheet.again ? "class.again" : "class.put", { who: onSheet.who, brier: written(onSheet.brier, 2), crps: written(onSheet.crps, 1) }));
}

afterScore = () => sheetTold();

/** Return the sheet: all of it for the teacher, the board for the class while it is shown. */
function classStage() {
  const place = el("div", { id: "sheet" }, el("p", { role: "status" }, text("app.computing")));
  const load = async () => {
    try {
      const found = await ask("sheet");
      place.replaceChildren(...sheetOf(found, load).filter(Boolean));
    } catch (fault) { place.replaceChildren(faultList(faultsOf(fault))); }
  };
  load();
  return el("div", { class: "class" }, el("h1", { tabindex: -1 }, text("class.head")), el("p", { class: "note" }, text("class.note")), place,
    el("p", { class: "buttons" }, backButton(), el("button", { type: "button", id: "again", onclick: load }, text("class.load"))), languages(), doorways());
}

const backButton = () => el("button", { type: "button", onclick: () => { now.stage = now.prediction ? "explore" : "gate"; render("h1"); } }, text("app.back"));

function sheetOf(found, load) {
  return [
    el("p", {}, text("class.count", { count: found.count })),
    LIVE.teacher ? el("p", { class: "buttons" },
      el("button", { type: "button", id: "board", "aria-pressed": String(found.board), onclick: async () => { await ask("board", { shown: !found.board }); load(); } }, text(found.board ? "class.hide" : "class.show")),
      filesIn(load),
      el("button", { type: "button", id: "save-sheet", onclick: () => download("predictions.csv", asCsv(found.rows), "text/csv") }, text("class.save")),
      el("button", { type: "button", id: "new-sheet", onclick: async () => { if (confirm(text("class.new_sure"))) { await ask("sheet/new"); load(); } } }, text("class.new"))) : null,
    found.leaders ? leaderTable(found.leaders) : el("p", {}, text("class.hidden")),
    found.rows ? rowTable(found.rows) : null,
  ];
}

const crpsTold = (crps) => (crps === null ? "" : written(crps, 1));

function leaderTable(leaders) {
  return el("section", {}, el("h2", {}, text("class.board")), el("table", {},
    el("thead", {}, el("tr", {}, ["class.place", "class.name", "class.predictions", "score.brier", "score.crps"].map((one) => el("th", { scope: "col" }, text(one))))),
    el("tbody", {}, leaders.map((one, k) => el("tr", {}, el("td", {}, k + 1), el("th", { scope: "row" }, one.who), el("td", {}, one.predictions), el("td", {}, written(one.brier, 2)), el("td", {}, crpsTold(one.crps)))))));
}

function rowTable(rows) {
  const counts = DIRECTIONS.map((name) => text("class.so_many", { direction: text("predict." + name), count: rows.filter((one) => one.direction === name).length }));
  return el("section", {}, el("h2", {}, text("class.all")), el("p", {}, listed(counts)), el("div", { class: "wide" }, el("table", {},
    el("thead", {}, el("tr", {}, ["class.name", "class.scenario", "predict.direction", "class.size", "class.sure", "score.brier", "score.crps"].map((one) => el("th", { scope: "col" }, text(one))))),
    el("tbody", {}, rows.map((one) => el("tr", {}, el("th", { scope: "row" }, one.who + (one.again ? " " + text("class.not_first") : "")), el("td", {}, one.scenario), el("td", {}, text("predict." + one.direction)), el("td", {}, written(one.size, 1, true)), el("td", {}, Math.round(100 * one.sure) + "%"), el("td", {}, written(one.brier, 2)), el("td", {}, crpsTold(one.crps))))))));
}

/** Return rows as a table that spreadsheets read; no cell begins as a formula does. */
function asCsv(rows) {
  const names = ["who", "scenario", "direction", "size", "sure", "brier", "crps", "again"];
  const cell = (given) => {
    const plain = given === null ? "" : typeof given === "number" ? Number(given.toPrecision(6)) : given;
    const words = typeof plain === "string" && /^[=+\-@\t\r＝＋－＠]/.test(plain) ? "'" + plain : String(plain);
    return `"${words.replaceAll('"', '""')}"`;
  };
  return [names.join(","), ...rows.map((row) => names.map((name) => cell(row[name])).join(","))].join("\r\n") + "\r\n";
}

/** Return what puts predictions on the sheet that students saved from the page that is a file. */
function filesIn(load) {
  const input = el("input", { id: "files", type: "file", accept: ".json", multiple: true, onchange: async () => {
    const place = document.getElementById("sheet");
    try {
      const predictions = await Promise.all([...input.files].map(async (file) => JSON.parse((await file.text()).slice(0, 10000))));
      await ask("files", { predictions });
      load();
    } catch (fault) { place.prepend(faultList(fault instanceof Fault ? faultsOf(fault) : [text("class.no_file")])); }
  } });
  return el("label", { class: "opener", for: "files" }, text("class.files"), " ", input);
}
