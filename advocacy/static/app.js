// Small comforts for pages that work without them: copy buttons, and the letter that follows what is typed.
"use strict";

document.documentElement.classList.add("scripted");

// Copying says what happened beside the button, and to screen readers.
const spoken = document.createElement("p");
spoken.className = "hidden-visually";
spoken.setAttribute("role", "status");
document.body.append(spoken);

const selectText = (element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  const text = "value" in source && source.value !== undefined ? source.value : source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https a page may not write to the clipboard itself: the old way copies what is selected.
    selectText(source);
    if (!document.execCommand("copy")) return;
  }
  const label = button.dataset.label || button.textContent;
  button.dataset.label = label;
  button.textContent = button.dataset.copied;
  spoken.textContent = button.dataset.copied;
  window.setTimeout(() => {
    button.textContent = label;
    spoken.textContent = "";
  }, 2500);
});

// The errors of a form are read first.
document.getElementById("errors")?.focus();
