// Composing: events on a timeline, a form for each, the file that comes of it.

/** The event whose form is open: "" for none, or {kind} for a new one. */
let formOf = "";

function compose() {
  const own = desk.timeline.filter((one) => one.own);
  const rest = desk.timeline.filter((one) => !one.own);
  const wide = Math.max(Math.min((document.getElementById("look")?.clientWidth || 700) - 4, 900), 260);
  return [
    el("p", { class: "note" }, text("app.compose_how")),
    own.length ? el("figure", { class: "timeline" }, timelineOf(own, wide), el("figcaption", {}, el("ul", { class: "claims" }, own.map((one) => el("li", {}, timelineTold(one)))))) : el("p", {}, text("app.no_events")),
    adder(),
    el("div", { id: "form" }, formOf ? eventForm() : null),
    rest.length ? el("details", { open: rest.some((one) => one.id === formOf) }, el("summary", {}, text("app.baseline_events", { count: rest.length })), timelineOf(rest, wide)) : null,
    aboutForm(),
    fileBox(),
  ];
}

function openForm(event) {
  formOf = event;
  refresh();
  document.querySelector("#form input, #form select, #form button")?.focus();
}

/** Return the list of kinds from which an event is added. */
function adder() {
  const select = el("select", { id: "kind" }, Object.keys(LIVE.forms).map((kind) => el("option", { value: kind }, kindName(kind))));
  return el("p", { class: "adder" }, el("label", { for: "kind" }, text("app.add"), " ", select), " ",
    el("button", { type: "button", id: "add", onclick: () => openForm({ kind: select.value }) }, text("app.add_go")));
}

const kindName = (kind) => text("kind." + kind);

/** Return the form of an event: a new one, one of the file's own, or one of the baseline. */
function eventForm() {
  if (typeof formOf === "object") return writtenForm({ kind: formOf.kind, id: freshName(formOf.kind), start: PAGE.months[Math.min(12, PAGE.months.length - 1)] }, true);
  const event = desk.timeline.find((one) => one.id === formOf);
  const written = (desk.document.events || []).find((one) => one.id === formOf);
  if (written) return writtenForm(written, false);
  if (!event) return null;
  return el("section", { class: "form" },
    el("h3", {}, event.id.replaceAll("_", " ")), el("p", {}, event.sentence),
    el("div", { class: "buttons" },
      el("button", { type: "button", id: "happens", onclick: () => changeDocument({ remove: event.removed ? (desk.document.remove || []).filter((one) => one !== event.id) : [...(desk.document.remove || []), event.id] }) },
        text(event.removed ? "app.happens" : "app.happens_not")),
      closer()));
}

const closer = () => el("button", { type: "button", onclick: () => { formOf = ""; refresh(); } }, text("app.close"));

function freshName(kind) {
  const known = new Set(desk.timeline.map((one) => one.id));
  for (let k = 1; ; k++) if (!known.has(`${kind}_${k}`)) return `${kind}_${k}`;
}

function writtenForm(event, fresh) {
  const fields = LIVE.forms[event.kind] || [];
  const inputs = new Map();
  const named_ = el("input", { id: "field-id", type: "text", value: event.id, maxlength: 60, size: 24 });
  const field = (name, input, told, needed) => {
    if (input !== named_) inputs.set(name, input);
    return el("label", { class: "field", for: input.id }, el("span", {}, fieldName(name), needed ? el("abbr", { title: text("app.needed") }, " *") : ""), input, el("span", { class: "note" }, told));
  };
  const rows = fields.map((one) => {
    const id = "field-" + one.name;
    const given = event[one.name];
    if (one.options.length) {
      const options = [["", "—"], ...one.options.map((code) => [code, codeTold(one.name, code)])];
      return field(one.name, el("select", { id }, options.map(([code, words]) => el("option", { value: code, selected: code === String(given ?? "") }, words))), one.told, one.needed);
    }
    return field(one.name, el("input", { id, type: "text", value: asTyped(given), size: one.date ? 10 : 18, maxlength: 2000, placeholder: one.date ? "2023-02" : "" }), one.told, one.needed);
  });
  const wrong = el("div", {});
  const send = async (submitted) => {
    submitted.preventDefault();
    const kept = Object.fromEntries(Object.entries(event).filter(([key]) => !inputs.has(key)));
    const made = { ...kept, id: named_.value.trim() };
    for (const [key, input] of inputs) {
      const given = fromTyped(input.value, fields.find((one) => one.name === key).date);
      if (given !== null) made[key] = given;
    }
    const others = (desk.document.events || []).filter((one) => one.id !== event.id);
    const place = (desk.document.events || []).findIndex((one) => one.id === event.id);
    const events = fresh || place < 0 ? [...others, made] : (desk.document.events || []).map((one) => (one.id === event.id ? made : one));
    if (await changeDocument({ events }, wrong)) openForm(made.id);
  };
  return el("form", { class: "form", onsubmit: send, novalidate: true },
    el("h3", {}, kindName(event.kind)),
    field("id", named_, text("app.id_told"), true), rows, wrong,
    el("div", { class: "buttons" },
      el("button", { type: "submit", class: "go", id: "apply" }, text("app.apply")),
      fresh ? null : el("button", { type: "button", id: "leave-out", onclick: () => { const was = formOf; formOf = ""; changeDocument({ events: desk.document.events.filter((one) => one.id !== was) }); } }, text("app.leave_out")),
      closer()));
}

const fieldName = (name) => ("form." + name in CATALOGUES.en ? text("form." + name) : name);

function codeTold(field, code) {
  if (field === "link") return `${named("link", code, LIVE.links[code] || code)} (${code})`;
  for (const kind of ["state", "partner", "commodity"]) if (kind + "." + code in CATALOGUES.en) return named(kind, code);
  if ("domain." + code in CATALOGUES.en) return text("domain." + code);
  return code;
}

function asTyped(given) {
  if (given === undefined || given === null) return "";
  return typeof given === "string" ? given : JSON.stringify(given);
}

/** Return what was typed as a file has it: a number, a list, or words; null for nothing. */
function fromTyped(typed, date = false) {
  const words = typed.trim();
  if (!words) return null;
  if (!date && (/^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/i.test(words) || words.startsWith("["))) {
    try { return JSON.parse(words.replace(/^\+/, "")); } catch (fault) { return words.startsWith("[") && words.endsWith("]") ? words.slice(1, -1).split(",").map((one) => fromTyped(one)).filter((one) => one !== null) : words; }
  }
  return words;
}

/** Change fields of the file and run it; what is wrong is told where it was typed. */
async function changeDocument(fields, place = null) {
  const document_ = { ...desk.document, ...fields };
  try {
    const found = await ask("run", { name: desk.name, document: document_, moved: {} });
    const handles = desk.handles;
    Object.assign(desk, { base: document_, moved: {}, handles: new Map(), faults: [] });
    settledAt = {};
    await taken(found);
    for (const [name, one] of handles) if (desk.handles.has(name) && one.field !== "start") desk.handles.set(name, { ...one, stands: desk.handles.get(name).stands, drawn: desk.handles.get(name).drawn });
    if (!streamsMoved().includes(now.stream)) now.stream = streamsMoved()[0] || "";
    formOf = "";
    render();
    shown(0);
    return true;
  } catch (fault) {
    const told = faultsOf(fault);
    if (place) place.replaceChildren(faultList(told));
    else { desk.faults = told; shown(0); }
    return false;
  }
}

/** Return the form of what the file says of itself and of its run. */
function aboutForm() {
  const given = desk.document;
  const wrong = el("div", {});
  const input = (name, more) => el("input", { id: "about-" + name, type: "text", value: asTyped(given[name]), maxlength: 500, ...more });
  const fields = { title: input("title", { size: 50 }), question: input("question", { size: 70 }), months: input("months", { size: 6, placeholder: String(PAGE.months.length) }), members: input("members", { size: 6, placeholder: String(PAGE.about.members) }), seed: input("seed", { size: 12, placeholder: String(PAGE.about.seed) }) };
  const rule = el("select", { id: "about-rule" }, LIVE.rules.map((one) => el("option", { value: one, selected: one === (given.rule || LIVE.rules[0]) }, text("rule." + one))));
  const send = (submitted) => {
    submitted.preventDefault();
    const made = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, name === "title" || name === "question" ? one.value.trim() : fromTyped(one.value)]));
    made.rule = rule.value === LIVE.rules[0] && !given.rule ? null : rule.value;
    changeDocument(made, wrong);
  };
  return el("details", {}, el("summary", {}, text("app.about")),
    el("form", { class: "form", onsubmit: send, novalidate: true },
      Object.entries(fields).map(([name, one]) => el("label", { class: "field", for: one.id }, el("span", {}, fieldName(name)), one)),
      el("label", { class: "field", for: "about-rule" }, el("span", {}, text("app.rule")), rule), wrong,
      el("button", { type: "submit" }, text("app.apply"))));
}

/** Return what saves the composed scenario, and opens one. */
function fileBox() {
  const wrong = el("div", {});
  const shippedName = LIVE.scenarios.some((one) => one.name === desk.name);
  const name = el("input", { id: "file-name", type: "text", value: shippedName ? "my_" + desk.name : desk.name, maxlength: 60, size: 24 });
  const save = async () => {
    const chosen = name.value.trim().replace(/\.ya?ml$/, "");
    try {
      const { text: file } = await ask("file", { document: desk.document, name: chosen });
      download(chosen + ".yaml", file, "text/yaml");
      wrong.replaceChildren(el("p", { class: "told", role: "status" }, text("app.saved", { name: chosen })));
    } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  };
  const table = async () => {
    wrong.replaceChildren(el("p", { role: "status" }, text("app.computing")));
    try {
      const { text: rows } = await ask("hedging", { document: desk.document, name: desk.name });
      download("hedging.csv", rows, "text/csv");
      wrong.replaceChildren();
    } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  };
  return el("section", { class: "file" }, el("h3", {}, text("app.file")),
    el("p", {}, el("label", { for: "file-name" }, text("app.file_name"), " ", name), " ",
      el("button", { type: "button", class: "go", id: "save", onclick: save }, text("app.save")), " ",
      el("button", { type: "button", id: "table", onclick: table }, text("app.save_table"))),
    wrong, el("details", {}, el("summary", {}, text("app.text")), el("pre", { id: "text" }, desk.text)));
}

/** Return what opens a scenario file of this or another's making. */
function opener(wrong) {
  const input = el("input", { class: "open", type: "file", accept: ".yaml,.yml", onchange: async () => {
    const file = input.files[0];
    if (!file) return;
    input.value = "";
    try {
      if (file.size > 1000000) throw new Fault([{ message: text("app.too_large"), line: null }]);
      const { document: found } = await ask("open", { text: await file.text() });
      await opened(found, file.name.replace(/\.ya?ml$/, "").replace(/[^A-Za-z0-9_]/g, "_").slice(0, 60) || "opened");
      asked();
      render("h1");
    } catch (fault) { wrong.replaceChildren(faultList(faultsOf(fault))); }
  } });
  return el("label", { class: "opener" }, text("app.open"), " ", input);
}
