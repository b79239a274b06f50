// On a thread: 引用 puts what is selected of a post, or else how it begins, into the answer below. Without script the link does the latter.

const area = document.querySelector("#reply textarea[name=body]");
let selected = { text: "", post: null, at: 0 };

document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  const post = selection.anchorNode?.parentElement?.closest(".post");
  if (selection.isCollapsed) selected.at = Math.min(selected.at, Date.now()); // the tap on the link takes it away
  else selected = { text: String(selection), post, at: Infinity };
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-quote]");
  if (!link || !area || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const post = link.closest(".post");
  const isFresh = selected.post === post && Date.now() - selected.at < 1000;
  const words = isFresh ? selected.text : [...post.querySelector(".prose").innerText].slice(0, 200).join("");
  const lines = `${link.dataset.quote}：${words.trim()}`.split("\n").map((line) => line.trim()).filter(Boolean);
  area.value = `${area.value.trimEnd()}\n\n${lines.map((line) => `> ${line}`).join("\n")}\n\n`.trimStart();
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.scrollIntoView({ block: "center" });
  selected = { text: "", post: null, at: 0 };
});
