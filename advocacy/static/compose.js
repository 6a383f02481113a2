// Writing a mail: kept while somebody types, counted and shown anew. Without this file each button does it.

(() => {
  const form = document.querySelector("form[data-compose]");
  const kept = document.getElementById("kept");
  const frame = document.querySelector("iframe[data-base]");
  if (!form || !kept || !frame) return;
  const PAUSE = 700;
  let timer = 0;
  let turn = 0;

  const show = () => {
    const url = new URL(frame.dataset.base, location.href);
    url.searchParams.set("look", form.elements.look.value);
    url.searchParams.set("turn", String((turn += 1)));
    frame.contentWindow.location.replace(url);
  };

  const keep = async () => {
    const said = new FormData(form);
    said.set("do", "keep");
    const mine = (turn += 1);
    try {
      const answer = await fetch(form.action, { method: "POST", body: said, redirect: "error" });
      const told = await answer.text();
      if (mine !== turn || ![200, 422].includes(answer.status)) return;
      const open = Boolean(kept.querySelector("[data-stays][open]"));
      kept.innerHTML = told;
      const details = kept.querySelector("[data-stays]");
      if (details && open) details.open = true;
      if (answer.ok) show();
    } catch {
      // The network is away: the next change tries again, and so does each button.
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("submit", () => clearTimeout(timer));

  for (const button of document.querySelectorAll("[data-look]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      form.elements.look.value = button.dataset.look;
      frame.className = `mail-frame ${button.dataset.look}`;
      for (const each of document.querySelectorAll("[data-look]")) {
        each.setAttribute("aria-pressed", String(each === button));
      }
      show();
    });
  }
})();
