// A tick box under the last password field shows what is typed; before sending the fields are password fields again, for the browser's own keeper.

for (const form of document.querySelectorAll("form[data-show-passwords]")) {
  const fields = [...form.querySelectorAll("input[type=password]")];
  if (!fields.length) continue;
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  const word = Object.assign(document.createElement("span"), { textContent: form.dataset.showPasswords });
  const label = Object.assign(document.createElement("label"), { className: "tile" });
  label.append(box, word);
  const set = (shown) => fields.forEach((field) => { field.type = shown ? "text" : "password"; });
  box.addEventListener("change", () => set(box.checked));
  form.addEventListener("submit", () => { box.checked = false; set(false); });
  const holder = Object.assign(document.createElement("div"), { className: "field" });
  holder.append(label);
  fields.at(-1).closest(".field").after(holder);
}
