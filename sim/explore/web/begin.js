// The page as a file: its numbers unpacked, and the first screen drawn.

async function begin() {
  try {
    ARRAYS = await unpacked(PAGE.numbers);
  } catch (fault) {
    document.getElementById("main").replaceChildren(el("p", { class: "wrong" }, CATALOGUES[PAGE.lang]["too_old"]));
    return;
  }
  asked();
  render();
  let wide = window.innerWidth;
  window.addEventListener("resize", () => { if (window.innerWidth !== wide) { wide = window.innerWidth; drawAll(); } });
}

begin();
