// Sliders of what is supposed and of what is uncertain: each moves the file, and the file is run.

/** Return where a slider stands: where it was moved to, else what the file says. */
const standsAt = (one) => desk.moved[one.name] ?? one.stands;

/** Below this width the sliders of what is uncertain begin folded, so that a picture is near. */
const NARROW_DESK = 832;

function handlesBox() {
  const all = [...desk.handles.values()];
  const events = all.filter((one) => !one.of_ledger);
  const numbers = all.filter((one) => one.of_ledger);
  return el("div", { class: "handles" },
    el("div", { id: "faults" }, desk.faults.length ? faultList(desk.faults) : null),
    el("fieldset", { class: "sliders" }, el("legend", {}, text("sliders.head")), events.map(handleRow),
      events.length ? null : el("p", { class: "note" }, text("app.no_events"))),
    el("details", { class: "sliders box", open: window.innerWidth > NARROW_DESK || numbers.some((one) => one.name in desk.moved) }, el("summary", {}, text("app.uncertain")), numbers.map(handleRow), moreNumbers()),
    el("div", { class: "buttons" }, el("button", { type: "button", id: "as-opened", onclick: asOpened }, text("app.as_opened"))),
    el("p", { class: "note", id: "where", role: "status" }));
}

function handleRow(one) {
  const id = "handle-" + one.name.replace(/[^A-Za-z0-9]/g, "-");
  const [low, high] = [one.steps[0], one.steps[one.steps.length - 1]];
  const here = standsAt(one);
  const told = el("output", { for: id, id: id + "-told" }, handleTold(one));
  const input = el("input", {
    type: "range", id, min: low, max: high, step: one.step, value: here, "data-handle": one.name,
    "aria-valuetext": handleTold(one), title: one.meaning || one.name,
    oninput: (event) => {
      desk.moved[one.name] = Number(event.target.value);
      told.textContent = handleTold(one);
      input.setAttribute("aria-valuetext", handleTold(one));
      compute();
    },
  });
  return el("div", { class: "slider" }, el("label", { for: id }, sliderName(one), " ", told), input,
    el("span", { class: "note range" }, text("app.range", { low: sliderTold(one, low), high: sliderTold(one, high) })),
    restsOn(one));
}

/** Return what a slider rests on, to be opened: a number's source and range, an event's facts. */
function restsOn(one) {
  const told = one.row ? rowTold(one.row) : one.evidence && (one.evidence.facts.length || one.evidence.words.length || one.evidence.note) ? factsTold(one.evidence) : null;
  return told ? el("details", { class: "rests" }, el("summary", {}, text("tab.evidence")), told) : null;
}

/** Return where a slider stands in words; a number that every run draws for itself says so. */
function handleTold(one) {
  if (one.drawn && !(one.name in desk.moved)) return text("app.drawn");
  return sliderTold(one, standsAt(one));
}

function asOpened() {
  desk.moved = {};
  redrawHandles();
  compute();
}

function redrawHandles() {
  const held = document.activeElement?.id;
  document.querySelector(".handles")?.replaceWith(handlesBox());
  if (held) document.getElementById(held)?.focus();
}

let numbersKnown = null;

/** Return what adds a slider for one more uncertain number of the ledger. */
function moreNumbers() {
  const list = el("datalist", { id: "numbers" });
  const told = el("span", { class: "wrong", role: "alert" });
  const input = el("input", {
    type: "text", id: "more", list: "numbers", placeholder: text("app.more_example"), autocomplete: "off",
    onfocus: async () => {
      if (!numbersKnown) {
        try { numbersKnown = (await ask("numbers")).numbers; } catch (fault) { desk.faults = faultsOf(fault); return; }
      }
      if (!list.children.length) list.append(...numbersKnown.map((one) => el("option", { value: one.name }, one.meaning)));
    },
    onchange: (event) => {
      const found = (numbersKnown || []).find((one) => one.name === event.target.value.trim());
      told.textContent = found || !event.target.value.trim() ? "" : text("app.no_number", { name: event.target.value.trim() });
      if (!found) return;
      desk.handles.set(found.name, found);
      redrawHandles();
      document.querySelector(`[data-handle="${found.name}"]`)?.focus();
    },
  });
  return el("label", { class: "more", for: "more" }, text("app.more"), input, list, told);
}
