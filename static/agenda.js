// Putting the lines of an agenda in order by hand: drag the handle with a finger or a mouse, or move it with the arrow keys.
// Each change is sent as the form would send it; what comes back takes the place of what stands. Without script the buttons do it.

const list = () => document.querySelector("[data-sort]");
const form = () => document.getElementById("order");
const EDGE = 70; // pixels from the edge of the window from which it scrolls along

let saving = false;
let again = null;

function say(text) {
  const status = document.querySelector("[data-sort-status]");
  if (status) status.textContent = text;
}

/** Send the order and put the answer in its place; the focus goes back to where it was. */
async function save(focus) {
  if (saving) { again = focus; return; }
  saving = true;
  const rows = list();
  const words = { ...rows.dataset };
  try {
    const answer = await fetch(form().action, { method: "POST", body: new URLSearchParams(new FormData(form())) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-builder]");
    if (!fresh) throw new Error(answer.status);
    const field = document.activeElement?.closest(".minutes input");
    const typed = field && [field.id, field.value];
    document.querySelector("[data-builder]").replaceWith(fresh);
    ready();
    if (typed && document.getElementById(typed[0])) {
      document.getElementById(typed[0]).value = typed[1];
      document.getElementById(typed[0]).focus({ preventScroll: true });
    } else if (focus) {
      const row = document.getElementById(focus);
      row?.querySelector(".handle")?.focus({ preventScroll: true });
      if (row) say(words.moved.replace("{n}", [...row.parentElement.children].indexOf(row) + 1));
    }
    document.querySelector("[data-builder] [role=alert]")?.scrollIntoView({ block: "nearest" });
  } catch {
    say(words.failed);
  }
  saving = false;
  if (again !== null) {
    const next = again;
    again = null;
    save(next);
  }
}

function drag(handle, event) {
  const row = handle.closest("li");
  const rows = row.parentElement;
  const before = row.nextElementSibling;
  let y = event.clientY;
  let frame = 0;
  const place = () => {
    const others = [...rows.children].filter((li) => li !== row);
    const next = others.find((li) => y < li.getBoundingClientRect().top + li.offsetHeight / 2) ?? null;
    if (row.nextElementSibling !== next) rows.insertBefore(row, next);
  };
  const scroll = () => {
    const step = y < EDGE ? -12 : y > innerHeight - EDGE ? 12 : 0;
    if (step) { scrollBy(0, step); place(); }
    frame = requestAnimationFrame(scroll);
  };
  const move = (e) => { y = e.clientY; place(); };
  const stop = (keep) => {
    cancelAnimationFrame(frame);
    row.classList.remove("dragged");
    listeners.abort();
    if (!keep) rows.insertBefore(row, before);
    else if (row.nextElementSibling !== before) save(row.id);
  };
  const listeners = new AbortController();
  const on = (name, act) => addEventListener(name, act, { signal: listeners.signal });
  event.preventDefault();
  handle.focus({ preventScroll: true });
  handle.setPointerCapture(event.pointerId);
  row.classList.add("dragged");
  on("pointermove", move);
  on("pointerup", () => stop(true));
  on("pointercancel", () => stop(false));
  on("keydown", (e) => e.key === "Escape" && stop(false));
  frame = requestAnimationFrame(scroll);
}

function step(handle, event) {
  const row = handle.closest("li");
  const beside = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[event.key];
  if (!beside) return;
  event.preventDefault();
  beside[event.key === "ArrowUp" ? "before" : "after"](row);
  handle.focus();
  save(row.id);
}

function ready() {
  const rows = list();
  if (!rows) return;
  for (const handle of rows.querySelectorAll(".handle")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => event.button === 0 && !saving && drag(handle, event));
    handle.addEventListener("keydown", (event) => step(handle, event));
  }
  rows.addEventListener("change", (event) => event.target.closest(".minutes") && save(null));
}

ready();
