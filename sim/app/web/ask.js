// What is asked of the server, and what it has answered last.

const LIVE = PAGE.live;
const FIXED = PAGE;

/** What is composed: the document as opened, what sliders move in it, and what came of both. */
const desk = { name: "", arm: "", base: null, moved: {}, document: null, text: "", handles: new Map(), timeline: [], faults: [] };

class Fault extends Error {
  constructor(wrong) {
    super("refused");
    this.wrong = wrong;
  }
}

/** Return what the server answers; what it refuses is thrown, with its words. */
async function ask(path, body = {}) {
  let answer, found;
  try {
    answer = await fetch("/api/" + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    found = await answer.json();
  } catch (fault) {
    throw new Fault([{ message: text("app.unreached"), line: null }]);
  }
  if (found.wrong) throw new Fault(found.wrong);
  return found;
}

/** Return the words of a refusal, each with its line; a fault of ours is thrown on. */
function faultsOf(fault) {
  if (!(fault instanceof Fault)) throw fault;
  return fault.wrong.map(({ message, line }) => (line === null ? message : text("app.line", { line, message })));
}

/** Return a list of faults that a reader is told at once. */
function faultList(faults) {
  return el("ul", { class: "wrong", role: "alert" }, faults.map((one) => el("li", {}, one)));
}

/** Take an answer: it becomes the page. Ends of sliders stay those of the file as opened. */
async function taken(found) {
  const arrays = await unpacked(found.numbers); // before the page changes: what is drawn meanwhile is whole
  const chief = found.handles.length ? found.rests_on : PAGE.rests_on; // not told again for what is moved
  PAGE = { ...FIXED, ...found, rests_on: chief };
  ARRAYS = arrays;
  desk.document = found.document;
  desk.text = found.text;
  desk.timeline = found.timeline;
  for (const one of found.handles) if (!desk.handles.has(one.name)) desk.handles.set(one.name, one);
}

/** Open a document: nothing in it is moved yet, and its question is asked anew. */
async function opened(document, name) {
  const before = { ...desk };
  Object.assign(desk, { name, arm: "", base: document, moved: {}, handles: new Map(), faults: [] });
  try {
    await taken(await ask("run", { name, document, moved: {}, whole: false }));
    settledAt = {};
    wholeAfter();
  } catch (fault) {
    Object.assign(desk, before);
    throw fault;
  }
}

let wholeOf = null; // the document whose imposed and chosen parts are on their way

/** Ask for what was imposed and what chosen, which no prediction waits for, before it is looked at. */
async function wholeAfter() {
  const { base, name } = desk;
  if (PAGE.whole || wholeOf === base) return;
  wholeOf = base;
  try {
    const found = await ask("run", { name, document: base, moved: {} });
    if (desk.base !== base || Object.keys(desk.moved).length) return;
    await taken(found);
    if (now.stage === "reveal" && STEPS[now.step] === "parts") render("h2");
    else if (now.tab === "why") refresh();
  } catch (fault) {
    desk.faults = faultsOf(fault);
  } finally { wholeOf = null; }
}

let inFlight = null, wanted = false, settledAt = {};

/** Compute what is composed; what is moved meanwhile is computed next, and only the last of it. */
function compute() {
  wanted = true;
  if (!inFlight) inFlight = computing().finally(() => { inFlight = null; });
  return inFlight;
}

async function computing() {
  while (wanted) {
    wanted = false;
    const began = performance.now();
    const moved = { ...desk.moved };
    const { base } = desk;
    try {
      const found = await ask("run", { name: desk.name, document: base, moved, whole: now.tab === "why" });
      if (desk.base !== base) continue; // another file was opened, or this one changed, meanwhile
      await taken(found);
      desk.faults = [];
      settledAt = moved;
    } catch (fault) {
      if (desk.base !== base) continue;
      desk.faults = faultsOf(fault);
      if (!wanted) { // what was refused is taken back, and the sliders with it
        desk.moved = { ...settledAt };
        redrawHandles();
      }
    }
    shown(performance.now() - began);
  }
}

/** Return whether somebody may be typing in a form, which is left alone. */
const typing = () => now.tab === "compose" && document.querySelector("#form form") !== null;

/** Draw what was computed. How long that took stands in the page for whoever measures. */
function shown(took) {
  const place = document.getElementById("faults");
  if (place) place.replaceChildren(...(desk.faults.length ? [faultList(desk.faults)] : []));
  if (now.month >= PAGE.months.length) now.month = PAGE.months.length - 1;
  if (!typing()) refresh();
  const main = document.getElementById("main");
  main.dataset.took = String(Math.round(took));
  main.dataset.computed = String(Number(main.dataset.computed || 0) + 1);
}
