// What the desk does when scripts run: progress that renews itself, and the source folded on a phone.
// Every page works without this file.

(() => {
  const NARROW = window.matchMedia("(max-width: 59.99rem)");
  for (const folded of document.querySelectorAll("[data-fold-on-phone]")) {
    if (NARROW.matches) folded.open = false;
  }

  for (const link of document.querySelectorAll('a[href^="#at-"]')) {
    link.addEventListener("click", () => {
      const source = document.querySelector(".source");
      if (source) source.open = true;
    });
  }

  // <div data-renew="URL" data-every="5">: the fragment at URL replaces what is inside. A fragment that is
  // over says so with data-over, and the asking ends. Reading with a screen reader is not interrupted: the region
  // is polite and renewed at most every ten seconds.
  for (const region of document.querySelectorAll("[data-renew]")) {
    const every = Math.max(Number(region.dataset.every) || 10, 2) * 1000;
    const renew = async () => {
      if (!document.hidden) {
        try {
          const answer = await fetch(region.dataset.renew, { headers: { Accept: "text/html" }, redirect: "error" });
          if (answer.ok) {
            const fresh = await answer.text();
            if (fresh.trim() !== region.innerHTML.trim()) region.innerHTML = fresh;
          }
        } catch {
          // The network is away: the next turn asks again.
        }
      }
      if (!region.querySelector("[data-over]")) setTimeout(renew, every);
    };
    if (!region.querySelector("[data-over]")) setTimeout(renew, every);
  }

  for (const form of document.querySelectorAll("form[data-count]")) {
    fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => {});
    form.hidden = true;
  }

  // Something with data-counting waits for a number: its region (the nearest id) is taken from the page anew once it is
  // counted.
  setInterval(async () => {
    const regions = new Set([...document.querySelectorAll("[data-counting]")].map((each) => each.closest("[id]")));
    regions.delete(null);
    if (!regions.size || document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of regions) {
        const fresh = page.getElementById(region.id);
        if (fresh && !fresh.querySelector("[data-counting]")) region.innerHTML = fresh.innerHTML;
      }
    } catch {
      // The network is away: the next turn asks again.
    }
  }, 5000);
})();
