// Where one writes: an @ offers the people one may name, with their villages. Without script the name alone does, and the server asks where several have it.
// <textarea data-people-url="…"> posts what was typed after the @ as `text` (and who is to read it as `reach`), answered {"people": [{words, label, note}, …]}.

const csrf = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const CALL = /(?:^|[^A-Za-z0-9._+-])[@＠]([^\s@＠，。！？；：、,.!?;:（）()]{0,20})$/u;

function offer(area) {
  const list = document.createElement("div");
  Object.assign(list, { className: "offers offers-below", id: `${area.id}-people`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.getElementById("words").dataset.people);
  area.after(list);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  let timer;
  let turn = 0;
  let chosen = -1;
  const options = () => [...list.children];
  const call = () => (area.selectionStart === area.selectionEnd ? CALL.exec(area.value.slice(0, area.selectionStart)) : null);

  const choose = (number) => {
    chosen = number;
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === number)));
    const option = options()[number];
    if (option) area.setAttribute("aria-activedescendant", option.id);
    else area.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    turn += 1;
    list.hidden = true;
    list.replaceChildren();
    choose(-1);
  };
  const take = (option) => {
    const typed = call();
    if (typed) area.setRangeText(`${option.dataset.words} `, area.selectionStart - typed[1].length, area.selectionStart, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const draw = (people) => {
    list.replaceChildren(...people.map(({ words, label, note }, index) => {
      const option = document.createElement("div");
      option.id = `${list.id}-${index}`;
      option.dataset.words = words;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(label);
      if (note) option.append(" ", Object.assign(document.createElement("span"), { className: "soft", textContent: note }));
      return option;
    }));
    list.hidden = !people.length;
    choose(-1);
    list.scrollIntoView({ block: "nearest" }); // a phone's keyboard covers what is below
  };
  const ask = async () => {
    const typed = call();
    if (!typed) return close();
    const mine = ++turn;
    const reach = area.form.elements.reach?.value;
    try {
      const body = new URLSearchParams({ text: typed[1], ...(reach && { reach }) });
      const answer = await fetch(area.dataset.peopleUrl, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
      if (!answer.ok || answer.redirected) return close();
      const { people } = await answer.json();
      if (mine === turn && call()?.[1] === typed[1]) draw(people);
    } catch { close(); }
  };
  const askSoon = () => {
    clearTimeout(timer);
    if (call()) timer = setTimeout(ask, 250);
    else if (!list.hidden) close();
  };

  area.addEventListener("input", (event) => { if (!event.isComposing) askSoon(); });
  area.addEventListener("compositionend", askSoon);
  area.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  area.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const count = options().length;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(options()[chosen]);
    else if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp") choose(chosen < 1 ? count - 1 : chosen - 1);
    else return;
    event.preventDefault();
  });
}

document.querySelectorAll("textarea[data-people-url]").forEach(offer);
