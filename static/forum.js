// What script adds: pleasantness. Every page works without this file.
// Words come from <div id="words"> (translated by the server); addresses from data-… attributes; styles from forum.css.

const words = document.getElementById("words")?.dataset ?? {};
const person = document.documentElement.dataset.person ?? "";
const csrf = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const say = (text = "", values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function after(wait, action) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), wait);
  };
}

/** POST fields to our own server with the CSRF token; resolves to the answer, rejects when there is none or it is an error. */
async function post(url, fields = {}, options = {}) {
  const body = new URLSearchParams(fields);
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrf }, ...options });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return answer;
}

// ---- Drafts: what is typed stays on the phone until the server has said that it arrived ------------------------------------
// <form data-draft="key">; the next page carries <meta name="draft-done" content="key">. Kept per person, never from the signed-out.

const KEPT_DAYS = 30;
const draftKey = (key) => `draft:${person}:${key}`;

const store = {
  read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the form itself still holds the text */ } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* forbidden */ } },
};

const isTyped = (control) => control.name && !/^(hidden|password|file|submit|button)$/.test(control.type);

function typed(form) {
  const ticked = (control) => (/^(checkbox|radio)$/.test(control.type) ? control.checked : null);
  const fields = [...form.elements].filter(isTyped).map((c) => [c.name, c.value, ticked(c)]);
  const pictures = all("[data-shots-for] li", form).map((li) => [li.querySelector("input").value, face(li), li.querySelector("input").name]);
  return { fields, pictures };
}

function refill(form, { fields, pictures }) {
  for (const [name, value, ticked] of fields) {
    const sameName = [...form.elements].filter((c) => c.name === name && isTyped(c));
    const control = ticked === null ? sameName[0] : sameName.find((c) => c.value === value);
    if (control && ticked === null) control.value = value;
    else if (control) control.checked = ticked;
  }
  for (const [id, shown, name = "pictures"] of pictures) {
    const shots = all("[data-shots-for]", form).find((list) => document.getElementById(list.dataset.shotsFor).dataset.uploadName === name);
    if (!shots || shots.querySelector(`[value="${CSS.escape(id)}"]`)) continue;
    shots.append(shot(shots, id, shown));
    shots.closest("details")?.setAttribute("open", "");
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/** What a text that is saved while it is typed stands on: the version it was, and the page that wrote it. */
const base = (form) => (form.dataset.keepUrl ? [form.elements.version.value, form.elements.hand.value] : undefined);
const standOn = (form, [version, hand]) => { form.elements.version.value = version; form.elements.hand.value = hand; };

function keepDraft(form) {
  const key = draftKey(form.dataset.draft);
  const hasErrors = form.querySelector("[data-error-summary]"); // then the server gave back what was typed last, unsent as it is
  let asServed = hasErrors ? "" : JSON.stringify(typed(form));
  let changed = Boolean(hasErrors);
  const save = () => {
    if (!changed) return;
    changed = false;
    const now = typed(form);
    if (JSON.stringify(now) === asServed) store.drop(key);
    else store.write(key, { ...now, base: base(form), at: Date.now() });
  };
  const saveSoon = after(400, save);
  save();

  const kept = hasErrors ? null : store.read(key);
  if (kept && JSON.stringify({ fields: kept.fields, pictures: kept.pictures }) !== asServed) {
    const served = base(form);
    if (kept.base) standOn(form, kept.base); // somebody else may have written since
    refill(form, kept);
    const discard = make("button", { type: "button", className: "button button-plain", textContent: words.discard });
    const note = make("div", { className: "notice notice-info draft-note" }, make("div", { textContent: words.restored }), discard);
    note.setAttribute("role", "status");
    discard.addEventListener("click", () => {
      form.reset();
      if (kept.base && String(base(form)) === String(kept.base)) standOn(form, served); // nothing was saved in between
      all("[data-shots-for] [data-added]", form).forEach((li) => li.remove());
      form.dispatchEvent(new Event("input", { bubbles: true }));
      changed = false;
      store.drop(key);
      note.remove();
      form.querySelector("textarea, input:not([type=hidden])")?.focus();
    });
    form.before(note);
  }
  const touched = () => { changed = true; saveSoon(); };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("kept", () => { // the server has it
    asServed = JSON.stringify(typed(form));
    changed = false;
    store.drop(key);
  });
  form.addEventListener("submit", save);
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", save);
}

function drafts() {
  for (const meta of all('meta[name="draft-done"]')) store.drop(draftKey(meta.content));
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("draft:") && Date.now() - (store.read(key)?.at ?? 0) > KEPT_DAYS * 864e5) store.drop(key);
    }
  } catch { /* forbidden */ }
  if (person) all("form[data-draft]").forEach(keepDraft);
}

// ---- Sending: one tap is enough, and a slow line says so ------------------------------------------------------------------

const labels = new WeakMap();
const waiting = new WeakMap(); // form → the button that sent it while its pictures, or its text, were still on their way

function release(button) {
  if (!labels.has(button)) return;
  button.replaceChildren(...labels.get(button));
  button.removeAttribute("aria-busy");
  labels.delete(button);
  delete button.form.dataset.sending;
}

function sending() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sending) return event.preventDefault();
    if (form.dataset.uploading) { // what is on its way first, then the form goes by itself
      event.preventDefault();
      waiting.set(form, event.submitter);
      return;
    }
    form.dataset.sending = "1";
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    if (!button) return;
    labels.set(button, [...button.childNodes]);
    button.setAttribute("aria-busy", "true");
    button.textContent = words.sending;
    setTimeout(() => release(button), 20000); // an answer that never came: the server takes a second sending for the first
  });
  addEventListener("pageshow", () => {
    all("[aria-busy]").forEach(release);
    all("form[data-sending]").forEach((form) => delete form.dataset.sending);
  });
}

// ---- Minutes: saved on the server while they are typed ---------------------------------------------------------------------
// <form data-keep-url data-keep-done data-keep-failed data-keep-clash>, one save at a time, each on the version that the last one made.

function keepOnServer(form) {
  const { body, version, hand, selected } = form.elements;
  const status = make("p", { className: "status" });
  status.setAttribute("role", "status");
  body.after(status);
  let kept = body.defaultValue;
  let refused = null; // what is too long need not be sent twice
  let stopped = false; // somebody else wrote here: the writer must see both
  const save = async () => {
    const text = body.value;
    if (stopped || form.dataset.uploading || form.dataset.sending || text === kept || text === refused) return;
    form.dataset.uploading = "1"; // a tap on the button waits for the answer
    let wait = saveSoon;
    try {
      version.value = (await (await post(form.dataset.keepUrl, { body: text, version: version.value, hand: hand.value })).json()).version;
      kept = text;
      status.textContent = form.dataset.keepDone;
      if (body.value === text) form.dispatchEvent(new Event("kept"));
    } catch (error) {
      stopped = error.message === "409";
      if (error.message === "422") refused = text;
      status.textContent = stopped ? form.dataset.keepClash : form.dataset.keepFailed;
      wait = saveLater;
    }
    delete form.dataset.uploading;
    if (!sendWaiting(form)) wait();
  };
  const saveSoon = after(1500, save);
  const saveLater = after(5000, save);
  form.addEventListener("input", saveSoon); // of the form: a restored draft says so there
  form.addEventListener("click", (event) => {
    if (event.target.closest("button")) selected.value = body.value.slice(body.selectionStart, body.selectionEnd).trim();
  });
}

/** Send a form whose button was tapped while something of it was still on its way; whether there was one. */
function sendWaiting(form) {
  if (!waiting.has(form)) return false;
  const button = waiting.get(form);
  waiting.delete(form);
  form.requestSubmit(button);
  return true;
}

// ---- Writing: counters, preview, tags ---------------------------------------------------------------------------------------

function counter(area) {
  const most = Number(area.dataset.counter);
  const line = make("p", { className: "counter" });
  const count = () => {
    const n = [...area.value.trim()].length;
    line.textContent = n > most ? say(words.over, { n: n - most }) : say(words.written, { n, most });
    line.classList.toggle("counter-over", n > most);
  };
  area.after(line);
  area.form.addEventListener("input", count);
  area.form.addEventListener("reset", () => setTimeout(count));
  count();
}

function preview(area) {
  const shown = make("div", { className: "preview prose" });
  shown.setAttribute("aria-live", "polite");
  const fold = make("details", {}, make("summary", { textContent: words.preview }), shown);
  let asked = 0;
  const refresh = async () => {
    if (!fold.open) return;
    const turn = ++asked;
    if (!shown.hasChildNodes()) shown.textContent = words.loading;
    try {
      const title = area.form.elements.title; // where one asks: the title stands above
      const html = await (await post(area.dataset.previewUrl, { text: area.value, ...(title && { title: title.value }) })).text();
      if (turn === asked) shown.innerHTML = html; // made by the server's sanitiser, like every shown post
    } catch {
      if (turn === asked) shown.textContent = words.offline;
    }
  };
  area.closest(".field").append(fold);
  fold.addEventListener("toggle", refresh);
  area.addEventListener("input", after(900, refresh));
}

/** Bring the check boxes that the server suggests to the top of their group; ticked ones stay there. */
function suggest(box) {
  const area = document.getElementById(box.dataset.suggestFrom);
  const group = box.closest("fieldset");
  const homes = new Map();
  const show = (values) => {
    for (const [tile, home] of homes) {
      const input = tile.querySelector("input");
      if (!input.checked && !values.includes(input.value)) { home.replaceWith(tile); homes.delete(tile); }
    }
    for (const value of values) {
      const tile = group.querySelector(`input[value="${CSS.escape(value)}"]`)?.closest(".tile");
      if (!tile || homes.has(tile)) continue;
      const home = document.createComment("");
      tile.replaceWith(home);
      homes.set(tile, home);
      box.append(tile);
    }
    box.querySelector("p")?.remove();
    if (homes.size) box.prepend(make("p", { className: "soft", textContent: words.suggested }));
  };
  let last = "";
  const ask = async () => {
    const text = area.value.trim();
    if (text === last || text.length < 4) return;
    last = text;
    try { show((await (await post(box.dataset.suggestUrl, { text })).json()).tags.map(String)); } catch { last = ""; }
  };
  area.form.addEventListener("input", after(800, ask));
  ask();
}

/** Below a text: what the server finds for it, after eight characters and once the writer pauses. What is opened from there keeps the text. */
function beside(box) {
  const area = document.getElementById(box.dataset.besideFrom);
  const form = area.form;
  let last = box.querySelector("a") ? area.value.trim() : "";
  const ask = async () => {
    const text = area.value.trim();
    if (text === last) return;
    last = text;
    if ([...text].length < 8) return box.replaceChildren();
    try {
      const html = await (await post(box.dataset.besideUrl, { text: text.slice(0, 400) })).text();
      if (text === last) box.innerHTML = html; // made by the server, every word of it escaped
    } catch { last = ""; }
  };
  form.addEventListener("input", after(600, ask));
  box.addEventListener("click", (event) => {
    if (person && event.target.closest("a")) store.write(draftKey(form.dataset.draft), { ...typed(form), at: Date.now() });
  });
  ask();
}

// ---- Searching: what fits while one types, and what one searched for before, kept on this device only ---------------------

const MOST_RECENT = 8;
const recentKey = `searched:${person}`;
const recent = () => (person && store.read(recentKey)) || [];
const keepRecent = (texts) => (texts.length ? store.write(recentKey, texts.slice(0, MOST_RECENT)) : store.drop(recentKey));

/** A search field with a list below it: the combobox of the ARIA practices. Enter searches, unless an option was chosen. */
function typing(form) {
  const field = form.querySelector("input[type=search]");
  const { typedUrl, typedLabel, recent: recentLabel } = form.dataset;
  const list = make("div", { className: "offers", id: `${field.id}-typed`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", typedLabel);
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) field.setAttribute(name, value);
  let last = field.value.trim();
  let chosen = -1;
  const options = () => all("[role=option]", list);
  const choose = (number) => {
    chosen = number;
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === number)));
    const option = options()[number];
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const show = (open) => {
    list.hidden = !open || !options().length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };
  const showRecent = () => {
    if (document.querySelector("[data-recent-list]:not([hidden])")) return show(false); // they stand on the page already
    const links = recent().map((text, index) => {
      const link = make("a", { id: `${list.id}-${index}`, href: `${form.action}?${new URLSearchParams({ q: text })}`, tabIndex: -1, textContent: text });
      link.setAttribute("role", "option");
      return link;
    });
    const head = make("p", { className: "offers-head", id: `${list.id}-head`, textContent: recentLabel });
    head.setAttribute("role", "presentation");
    const group = make("div", {}, head, ...links);
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", head.id);
    list.replaceChildren(...(links.length ? [group] : []));
    show(true);
  };
  const ask = async () => {
    const text = field.value.trim();
    if (text === last) return;
    last = text;
    if (!text) return showRecent();
    try {
      const html = await (await post(typedUrl, { text: text.slice(0, 60) })).text();
      if (text !== field.value.trim() || document.activeElement !== field) return;
      list.innerHTML = html; // made by the server, every word of it escaped
      show(true);
    } catch { show(false); }
  };
  const askSoon = after(250, ask);
  field.addEventListener("input", (event) => { if (!event.isComposing) askSoon(); });
  field.addEventListener("compositionend", askSoon);
  field.addEventListener("focus", () => { if (!field.value.trim()) showRecent(); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus until the link opens
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); show(false); }
    else if (event.key === "Enter" && !list.hidden && chosen >= 0) { event.preventDefault(); options()[chosen].click(); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      if (list.hidden) show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = chosen + step; // past either end the field itself
      choose(next >= count ? -1 : next < -1 ? count - 1 : next);
    }
  });
  const here = new URLSearchParams(location.search).get("q")?.trim();
  if (here && location.pathname === new URL(form.action).pathname) keepRecent([here, ...recent().filter((text) => text !== here)]);
}

/** <section data-recent-list>: what one searched for before; each can be taken off, and all of them. */
function recentList(section) {
  const draw = () => {
    const action = document.querySelector("form[data-typed-url]");
    const rows = recent().map((text) => {
      const off = make("button", { type: "button", className: "button button-quiet", textContent: words.remove });
      off.setAttribute("aria-label", `${words.remove} ${text}`);
      off.addEventListener("click", () => { keepRecent(recent().filter((other) => other !== text)); draw(); section.querySelector("button")?.focus(); });
      return make("li", {}, make("a", { href: `${action.action}?${new URLSearchParams({ q: text })}`, textContent: text }), off);
    });
    const forget = make("button", { type: "button", className: "button button-plain", textContent: section.dataset.forget });
    forget.addEventListener("click", () => { keepRecent([]); draw(); action.querySelector("input").focus(); });
    section.replaceChildren(make("h2", { className: "card-title", textContent: action.dataset.recent }), make("ul", { className: "recent" }, ...rows), make("div", { className: "actions" }, forget));
    section.hidden = !rows.length;
  };
  draw();
}

// ---- Pictures and files: pictures made smaller on the phone, all sent at once, so that the form itself is light ------------

const LONGEST = 2560;
const LIGHT = 600 * 1024;

async function shrink(file) {
  if (!window.createImageBitmap || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    if (scale === 1 && file.size <= LIGHT) return file;
    const canvas = make("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // a see-through drawing would turn black
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return small && small.size < file.size ? new File([small], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file; // the server judges what this browser cannot read
  }
}

/** Send one file; XMLHttpRequest because fetch does not tell how much of it has gone. */
function upload(url, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrf);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (e) => e.lengthComputable && progress(Math.round((e.loaded / e.total) * 100));
    const isVerdict = () => request.status < 500 && request.status !== 429; // a full disk or too many at once says nothing about the picture
    request.onload = () => (request.status < 300 && request.response?.id ? resolve(request.response) : reject(isVerdict() && request.response?.error));
    request.onerror = request.ontimeout = () => reject();
    request.timeout = Math.max(120000, file.size / 20); // 20 KB a second is slow, but moves
    const body = new FormData();
    body.append("file", file, file.name);
    request.send(body);
  });
}

/** What shows a stored picture, or names a stored file. */
const face = (li) => li.querySelector("img")?.src ?? li.querySelector(".shot-name").textContent;

function shot(shots, id, shown) {
  const input = document.getElementById(shots.dataset.shotsFor);
  const image = shots.classList.contains("shots-named")
    ? make("span", { className: "shot-name", textContent: shown })
    : make("img", { src: shown, alt: say(words.picture, { n: shots.children.length + 1 }) });
  const remove = make("button", { type: "button", className: "button button-plain", textContent: words.remove });
  remove.setAttribute("aria-label", `${words.remove} ${image.alt ?? shown}`);
  const li = make("li", {}, image, make("input", { type: "hidden", name: input.dataset.uploadName, value: id }), remove);
  li.dataset.added = "";
  const drop = () => { li.remove(); input.form.dispatchEvent(new Event("input", { bubbles: true })); };
  remove.addEventListener("click", () => { drop(); input.focus(); });
  image.addEventListener("error", drop); // a draft older than the server keeps unattached pictures
  return li;
}

function pictures(input) {
  const { uploadUrl, uploadMost } = input.dataset;
  const shots = document.querySelector(`[data-shots-for="${input.id}"]`);
  const status = make("p", { className: "status" });
  status.setAttribute("role", "status");
  input.after(status);
  for (const li of all("li", shots)) {
    const mine = shot(shots, li.querySelector("input").value, face(li));
    delete mine.dataset.added;
    li.replaceWith(mine);
  }
  input.addEventListener("change", async () => {
    const files = [...input.files];
    if (!files.length) return;
    if (shots.children.length + files.length > Number(uploadMost)) {
      input.value = "";
      status.textContent = say(words.tooMany, { most: uploadMost });
      return;
    }
    input.form.dataset.uploading = "1";
    input.disabled = true;
    const done = [];
    const left = [];
    const refused = [];
    for (const [index, file] of files.entries()) {
      const at = { n: index + 1, most: files.length };
      const told = (percent) => { status.textContent = say(waiting.has(input.form) ? words.uploadWaits : words.uploading, { ...at, percent }); };
      if (/^image\//.test(file.type)) status.textContent = say(words.shrinking, at);
      try {
        const { id, thumb_url: thumb, label } = await upload(uploadUrl, await shrink(file), told);
        done.push(shot(shots, id, thumb ?? label));
        shots.append(done.at(-1));
      } catch (reason) {
        if (reason) refused.push(`${file.name}：${reason}`);
        else left.push(file);
      }
    }
    if (!leave(input, left)) { // this browser cannot keep only some: let the plain field carry all of them
      done.forEach((li) => li.remove());
    }
    status.textContent = [...refused, left.length ? words.uploadFailed : done.length ? words.uploaded : ""].filter(Boolean).join(" ");
    delete input.form.dataset.uploading;
    input.disabled = false;
    input.form.dispatchEvent(new Event("input", { bubbles: true }));
    if (refused.length) waiting.delete(input.form);
    sendWaiting(input.form);
  });
}

/** Leave these files, and no others, in a file field; false where the browser cannot. */
function leave(input, files) {
  try {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    return true;
  } catch {
    if (!files.length) input.value = "";
    return !files.length;
  }
}

// ---- Reading: permalinks, seen ----------------------------------------------------------------------------------------------

/** Put a text on the clipboard; on a plain http line, and in old browsers inside messengers, only a selection can be copied. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* go on */ }
  const held = make("textarea", { value: text, className: "out", readOnly: true });
  const focused = document.activeElement;
  document.body.append(held);
  held.select();
  const done = document.execCommand?.("copy") ?? false;
  held.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

function copying() {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-copy]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!await copied(link.href)) {
      location.assign(link.href);
      return;
    }
    const text = link.textContent;
    if (text === words.copied) return;
    link.textContent = words.copied;
    setTimeout(() => { link.textContent = text; }, 2000);
  });
}

/** Tell the server once that a page was really looked at: it has been visible for a second. */
function seen(element) {
  let timer;
  const watch = () => {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    timer = setTimeout(() => {
      document.removeEventListener("visibilitychange", watch);
      post(element.dataset.seenUrl, element.dataset.seenText ? { text: element.dataset.seenText } : {}, { keepalive: true }).catch(() => {});
    }, 1000);
  };
  document.addEventListener("visibilitychange", watch);
  watch();
}

/** <section data-part-url="…">: a part that is fetched when it comes into sight; what stands there until then is a link to it. */
function part(section) {
  if (!window.IntersectionObserver) return;
  const watcher = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    watcher.disconnect();
    try {
      const answer = await fetch(section.dataset.partUrl);
      if (answer.ok && !answer.redirected) section.innerHTML = await answer.text(); // made by the server, every word of it escaped
    } catch { /* no line: the link stays */ }
  }, { rootMargin: "200px" });
  watcher.observe(section);
}

// ---- The hall: pages that are asked for again every few seconds -----------------------------------------------------------
// <div data-refresh="5">, until it says "done". Where nothing has changed the server answers 304; without a line what stands there stays.

let pageTag = "";

function refresh(element) {
  if (element.dataset.refresh === "done") return;
  const seconds = Number(element.dataset.refresh) || 30;
  all("[data-until]", element).forEach(clock);
  setTimeout(async () => {
    let fresh = null;
    try {
      const answer = await fetch(location.href, { headers: pageTag ? { "If-None-Match": pageTag } : {} });
      if (answer.ok) {
        fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
        pageTag = answer.headers.get("ETag") ?? "";
      }
    } catch { /* no line */ }
    if (fresh) element.replaceWith(fresh);
    refresh(fresh ?? element);
  }, (seconds + Math.random()) * 1000);
}

/** <p data-until="1700000000">: minutes left of the item in hand, or over. */
function clock(element) {
  const show = () => {
    const left = Number(element.dataset.until) - Date.now() / 1000;
    element.classList.toggle("is-over", left < 0);
    element.textContent = say(left < 0 ? element.dataset.over : element.dataset.left, { n: Math.ceil(Math.abs(left) / 60) });
  };
  show();
}

all("[data-upload-url]").forEach(pictures);
all("[data-keep-url]").forEach(keepOnServer);
drafts();
sending();
all("[data-counter]").forEach(counter);
all("[data-preview-url]").forEach(preview);
all("[data-suggest-url]").forEach(suggest);
all("[data-beside-url]").forEach(beside);
all("form[data-typed-url]").forEach(typing);
all("[data-recent-list]").forEach(recentList);
copying();
all("[data-seen-url]").forEach(seen);
all("[data-part-url]").forEach(part);
all("[data-refresh]").forEach(refresh);
document.querySelector("[data-error-summary]")?.focus();
