// The game: the teacher's table, and each seat's own page.

let seatCode = "", seatSeen = null, gameTimer = null, gameTurn = 0, watching = false;

function gameStage() {
  const place = el("div", { id: "table" }, el("p", { role: "status" }, text("app.computing")));
  clearInterval(gameTimer);
  gameTimer = setInterval(() => { if (now.stage === "game") watchGame(); else clearInterval(gameTimer); }, 3000);
  loadGame(place);
  return el("div", { class: "game" }, el("h1", { tabindex: -1 }, text("game.head")), el("p", { class: "tag" }, text("tag")), el("p", { class: "note" }, text("game.note")), place,
    el("p", { class: "buttons" }, backButton()), languages(), doorways());
}

async function loadGame(place = document.getElementById("table"), wrong = []) {
  try {
    const found = await ask("game/state");
    const all = LIVE.teacher && found.open ? await ask("game/all") : null;
    seatSeen = seatCode && found.open ? await ask("game/seat", { code: seatCode }) : null;
    gameTurn = found.turn;
    place.replaceChildren(...[wrong.length ? faultList(wrong) : null, stateTold(found), LIVE.teacher ? teacherBox(found, all) : null, found.open ? seatBox() : null, found.public ? reportBox("game.public", found.public) : null].filter(Boolean));
  } catch (fault) {
    seatCode = "";
    place.replaceChildren(faultList(faultsOf(fault)), el("p", { class: "buttons" }, el("button", { type: "button", onclick: () => loadGame() }, text("class.load"))));
  }
}

/** Tell who has filed, and load anew once a turn was played; leave alone what somebody types. */
async function watchGame() {
  if (watching) return null; // a quarter that is being played makes the next look wait
  watching = true;
  try {
    const found = await ask("game/state");
    const old = document.getElementById("game-state");
    if (!old || found.turn !== gameTurn || Boolean(found.over) !== (old.dataset.over === "true")) return loadGame();
    old.replaceWith(stateTold(found));
  } catch (fault) { /* the next look tells more */ } finally { watching = false; }
  return null;
}

function stateTold(found) {
  if (!found.open) return el("p", { id: "game-state", role: "status" }, text("game.none"));
  const seats = found.seats.map(({ seat, filed }) => text(filed ? "game.filed" : "game.waits", { seat: seatName(seat) }));
  return el("p", { id: "game-state", role: "status", "data-over": String(Boolean(found.over)), "data-turn": found.turn },
    text(found.over ? "game.over" : "game.turn", { turn: found.turn, turns: found.turns, month: found.from, scenario: found.scenario }), " ", found.over ? "" : listed(seats) + text("list.stop"));
}

const seatName = (seat) => (`state.${seat}` in CATALOGUES.en ? named("state", seat) : named("partner", seat));

function teacherBox(found, all) {
  const wrong = el("div", {});
  const tried = (path, body) => async () => {
    wrong.replaceChildren(el("p", { role: "status" }, text("app.computing")));
    try {
      const made = await ask("game/" + path, body());
      if (path === "debrief") wrong.replaceChildren(debriefBox(made));
      else loadGame();
    } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  };
  const worlds = LIVE.scenarios.filter((one) => !one.arms.length).map((one) => one.name);
  const world = el("select", { id: "world" }, worlds.map((one) => el("option", { value: one, selected: one === "history_shocks_only" }, scenarioTitle(one, "", one.replaceAll("_", " ")))));
  const seats = LIVE.seats.map((seat) => [seat, el("input", { type: "checkbox", id: "sits-" + seat })]);
  const anew = el("input", { type: "checkbox", id: "anew" });
  const turns = el("input", { id: "turns", type: "number", min: 1, max: 40, value: 8 });
  const first = el("input", { id: "first", type: "text", size: 8, placeholder: "2022-07" });
  return el("section", { class: "teacher" }, el("h2", {}, text("game.teacher")),
    all ? el("div", {}, el("p", {}, text("game.codes")), el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, text("game.seat")), el("th", { scope: "col" }, text("game.code_head")))), el("tbody", {}, Object.entries(all.codes).map(([seat, code]) => el("tr", {}, el("th", { scope: "row" }, seatName(seat)), el("td", { class: "code", "data-seat": seat }, code))))),
      el("p", { class: "buttons" },
        found.over ? el("button", { type: "button", class: "go", id: "debrief", onclick: tried("debrief", () => ({})) }, text("game.debrief"))
          : [el("button", { type: "button", class: "go", id: "play-turn", onclick: tried("play", () => ({ turn: gameTurn })) }, text("game.play")),
            el("button", { type: "button", id: "play-pass", onclick: tried("play", () => ({ turn: gameTurn, pass: true })) }, text("game.play_pass"))]),
      el("p", { class: "note" }, text("game.folder", { folder: all.folder }))) : null,
    el("details", { open: !all }, el("summary", {}, text(all ? "game.another" : "game.begin")),
      el("p", {}, el("label", { for: "world" }, text("game.world"), " ", world)),
      el("fieldset", {}, el("legend", {}, text("game.seats")), seats.map(([seat, box]) => el("label", { class: "choice", for: box.id }, box, el("span", {}, seatName(seat))))),
      el("p", {}, el("label", { for: "turns" }, text("game.turns"), " ", turns), " ", el("label", { for: "first" }, text("game.first"), " ", first)),
      el("p", {}, el("label", { class: "choice", for: "anew" }, anew, el("span", {}, text("game.anew")))),
      el("button", { type: "button", class: "go", id: "begin-game", onclick: tried("begin", () => ({ scenario: world.value, seats: seats.filter(([, box]) => box.checked).map(([seat]) => seat), turns: Number(turns.value), from: first.value.trim() || null, anew: anew.checked })) }, text("game.begin"))),
    wrong);
}

function debriefBox(made) {
  return el("section", { id: "debriefed" }, el("h2", {}, made.title), el("ul", { class: "claims" }, made.sentences.map((one) => el("li", {}, one))),
    made.tables.map((one) => el("section", {}, el("h3", {}, one.title), el("div", { class: "wide" }, el("table", {},
      el("thead", {}, el("tr", {}, one.heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, one.rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell)))))))),
    ), el("p", { class: "note" }, text("game.report", { file: made.folder })));
}

/** Return a report of plain lines: heads, items, paragraphs. */
function reportBox(head, words) {
  const made = [];
  for (const line of words.split("\n")) {
    if (line.startsWith("# ")) made.push(el("h3", {}, line.slice(2)));
    else if (line.startsWith("## ")) made.push(el("h4", {}, line.slice(3)));
    else if (line.startsWith("- ")) made.push(el("p", { class: "item" }, line.slice(2)));
    else if (line.trim()) made.push(el("p", {}, line));
  }
  return el("details", { class: "report", open: true }, el("summary", {}, text(head)), made);
}

function seatBox() {
  if (!seatSeen) {
    const input = el("input", { id: "seat-code", type: "text", size: 10, maxlength: 12, autocomplete: "off" });
    const sit = async (submitted) => {
      submitted.preventDefault();
      try { await ask("game/seat", { code: input.value }); seatCode = input.value; loadGame(); } catch (fault) { loadGame(undefined, faultsOf(fault)); }
    };
    return el("form", { class: "sit", onsubmit: sit }, el("label", { for: "seat-code" }, text("game.code"), " ", input), " ", el("button", { type: "submit", id: "sit" }, text("game.sit")));
  }
  const seen = seatSeen;
  return el("section", { class: "seat", "data-seat": seen.seat }, el("h2", {}, seatName(seen.seat)),
    el("p", {}, text("game.points", { points: seen.points }), " ", el("button", { type: "button", onclick: () => { seatCode = ""; loadGame(); } }, text("game.stand"))),
    seen.private ? reportBox("game.private", seen.private) : null,
    el("details", { open: !seen.private }, el("summary", {}, text("game.brief")), el("p", { class: "note" }, text("evidence.language")), seen.brief.map((part) => el("section", {}, el("h4", {}, part.head), el("ul", { class: "claims" }, part.lines.map((one) => el("li", {}, one)))))),
    seen.over ? null : movesForm(seen));
}

/** File moves, as a form or a file has them, and tell what they cost. */
async function filed(moves) {
  const made = await ask("game/file", { code: seatCode, turn: seatSeen.turn, ...moves });
  await loadGame();
  document.getElementById("filed-cost")?.replaceChildren(text("game.filed_cost", { price: made.price }));
}

/** Return what takes moves from a file of moves, as python run.py play has them. */
function movesFile(wrong) {
  const input = el("input", { id: "moves-file", type: "file", accept: ".yaml,.yml", onchange: async () => {
    try { await filed({ text: (await input.files[0].text()).slice(0, 20001) }); } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  } });
  return el("label", { class: "opener" }, text("game.from_file"), " ", input);
}

let movesMade = 0;

function movesForm(seen) {
  const list = el("div", { class: "moves" });
  const wrong = el("div", {}, seen.filed ? el("div", { role: "status" }, el("p", { class: "told" }, text("game.filed_so")), el("pre", {}, seen.filed)) : null);
  const rows = [];
  const kinds = el("select", { id: "lever" }, seen.levers.map((one) => el("option", { value: one.lever }, `${one.lever}: ${one.does}`)));
  const add = () => {
    if (rows.length >= seen.most_moves) return;
    const lever = seen.levers.find((one) => one.lever === kinds.value);
    const number = movesMade++;
    const inputs = lever.fields.map((one) => {
      const id = `move-${number}-${one.name}`;
      return [one, one.options && one.options.length ? el("select", { id }, one.options.map((code) => el("option", { value: code }, codeTold(one.name, code)))) : el("input", { id, type: one.number ? "number" : "text", step: "any", size: 10, maxlength: 60 })];
    });
    const row = { lever: lever.lever, inputs };
    const made = el("fieldset", { class: "move" }, el("legend", {}, lever.lever), el("p", { class: "note" }, lever.does, " ", lever.costs),
      inputs.map(([one, input]) => el("label", { class: "field", for: input.id }, el("span", {}, one.name, one.needed ? " *" : ""), input, el("span", { class: "note" }, one.told))),
      el("button", { type: "button", onclick: () => { rows.splice(rows.indexOf(row), 1); made.remove(); } }, text("app.leave_out")));
    rows.push(row);
    list.append(made);
  };
  const because = el("input", { id: "because", type: "text", size: 50, maxlength: seen.longest_reason });
  const send = async (submitted) => {
    submitted.preventDefault();
    const moves = rows.map(({ lever, inputs }) => ({ lever, ...Object.fromEntries(inputs.filter(([, input]) => input.value !== "").map(([one, input]) => [one.name, one.number ? Number(input.value) : input.value])) }));
    try {
      await filed({ moves, because: because.value });
    } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  };
  return el("form", { class: "form", onsubmit: send, novalidate: true }, el("h3", {}, text("game.moves")), el("p", { class: "note" }, text("game.moves_how")),
    el("p", {}, el("label", { for: "lever" }, text("game.lever"), " ", kinds), " ", el("button", { type: "button", id: "add-move", onclick: add }, text("app.add_go"))),
    list, el("p", { id: "filed-cost", class: "told", role: "status" }), el("p", {}, el("label", { for: "because" }, text("game.because"), " ", because)), wrong,
    el("p", { class: "buttons" }, el("button", { type: "submit", class: "go", id: "file-moves" }, text("game.file")), movesFile(wrong)));
}
