// What is wrong with a page as it stands: one line for each fault. Measures in CSS pixels.
({ text, target, lineHeight }) => {
  const faults = [];
  const named = (element) => `${element.outerHTML.replace(/\s+/g, " ").slice(0, 90)}`;
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".out, .skip");
  const says = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1).at(-1);
    faults.push(`scrolls sideways by ${root.scrollWidth - root.clientWidth}: ${wide ? named(wide) : ""}`);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (!says(element) || !isSeen(element)) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    if (size < text) faults.push(`text of ${size}: ${named(element)}`);
    if (element.matches("main :is(p, li, dd, td)") && !element.closest(".author, .row-title, .stages, [aria-hidden=true]") && parseFloat(style.lineHeight) < size * lineHeight - 0.01) {
      faults.push(`lines at ${style.lineHeight}: ${named(element)}`);
    }
  }
  // A tick box is tapped on its label, a row of a list anywhere. Links within a sentence are as high as their line.
  const tapped = (element) => element.closest("label") ?? (element.closest(".row-title") ? element.closest(".row") : element);
  for (const element of document.querySelectorAll("button, summary, select, textarea, input:not([type=hidden]), nav a, .button, a.tag, .tool, .more, .bottom a, .brand")) {
    if (!isSeen(element)) continue;
    const { width, height } = tapped(element).getBoundingClientRect();
    if (Math.min(width, height) < target - 0.5) faults.push(`target of ${Math.round(width)} × ${Math.round(height)}: ${named(element)}`);
  }
  return faults;
}
