// What is supposed, along the months: bars that open the form of their event.

const ROW = 24;

/** Return the bars of some events along the months of the run. */
function timelineOf(events, wide) {
  const months = PAGE.months.length;
  const left = Math.min(190, wide * 0.36), room = wide - left - 8;
  const x = (at) => left + (room * at) / months;
  const high = 22 + events.length * ROW;
  const made = [];
  PAGE.months.forEach((name, k) => {
    if (name.endsWith("-01")) made.push(
      svg("line", { x1: x(k), x2: x(k), y1: 16, y2: high, stroke: PAGE.looks.grid }),
      label(x(k) + 2, 11, name.slice(0, 4), { "font-size": 10, fill: PAGE.looks.grey }));
  });
  events.forEach((event, k) => {
    const y = 20 + k * ROW;
    const [from, to] = [Math.max(event.first, 0), Math.min(event.last + 1, months)];
    const shade = event.removed ? "#fff" : event.own ? PAGE.looks.runs.scenario : PAGE.looks.grey;
    made.push(
      svg("a", { href: "#form", class: "bar", "data-event": event.id, tabindex: 0, role: "button", "aria-label": timelineTold(event),
        onclick: (pressed) => { pressed.preventDefault(); openForm(event.id); },
        onkeydown: (pressed) => { if (pressed.key === "Enter" || pressed.key === " ") { pressed.preventDefault(); openForm(event.id); } } },
        svg("rect", { x: 0, y: y - 2, width: wide, height: ROW - 2, fill: "transparent" }),
        label(left - 6, y + 12, shortened(event.id.replaceAll("_", " "), left), { "text-anchor": "end", "font-weight": event.own ? "bold" : "normal", "text-decoration": event.removed ? "line-through" : null }),
        to > from ? svg("rect", { x: x(from), y: y + 2, width: Math.max(x(to) - x(from), 3), height: ROW - 9, rx: 2, fill: shade, "fill-opacity": event.own ? 0.9 : 0.45, stroke: PAGE.looks.ink, "stroke-width": 0.6, "stroke-dasharray": event.removed ? "3 2" : null })
          : label(x(months) - 4, y + 12, text("app.beyond_run"), { "text-anchor": "end", "font-size": 10, fill: PAGE.looks.grey }),
        svg("title", {}, timelineTold(event))));
  });
  const drawn = drawing(wide, high, text("app.timeline"), made);
  drawn.setAttribute("role", "group");
  return drawn;
}

/** Return what an event supposes; of one that is taken away, that it does not happen. */
const timelineTold = (event) => (event.removed ? text("app.gone") + ": " : "") + event.sentence;

function shortened(words, room) {
  const most = Math.floor(room / 6.6);
  return words.length > most ? words.slice(0, most - 1) + "…" : words;
}
