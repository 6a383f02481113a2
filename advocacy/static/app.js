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

// A sign-up form proposes the time zone of the device.
const zones = document.querySelector("[data-own-zone]");
if (zones && !zones.value) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (own && [...zones.options].some((option) => option.value === own)) zones.value = own;
}

// The letter follows what is chosen: the same form is posted, and its letters come back as a fragment. What is typed
// stays on the page until something is pressed.
const live = document.querySelector("form[data-live]");
if (live) {
  const target = document.getElementById(live.dataset.live);
  const state = document.createElement("p");
  state.className = "quiet";
  state.setAttribute("role", "status");
  live.append(state);
  let running;

  const follow = async (pressed) => {
    running?.abort();
    running = new AbortController();
    const open = [...target.querySelectorAll("details[id]")].map((each) => [each.id, each.open]);
    try {
      const answer = await fetch(live.action, {
        method: "POST",
        body: new FormData(live, pressed),
        headers: { "X-Fragment": "1" },
        signal: running.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      target.innerHTML = await answer.text();
      for (const [id, was] of open) {
        const again = document.getElementById(id);
        if (again) again.open = was;
      }
      state.textContent = "";
      target.classList.remove("stale");
      if (pressed && !pressed.isConnected) target.querySelector("h2")?.scrollIntoView();
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = live.dataset.failed;
    }
  };

  document.addEventListener("input", (event) => {
    if (event.target.form !== live) return;
    if (event.target.matches("[type=checkbox], [type=radio], select")) follow();
    else target.classList.add("stale");
  });
  live.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    follow(event.submitter);
  });
}

// A link to one way of sending opens it.
const way = location.hash.startsWith("#way-") && document.getElementById(location.hash.slice(1));
if (way) way.open = true;
