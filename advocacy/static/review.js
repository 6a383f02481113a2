// The review page: where a field was read is marked in the source while the field has focus, and what is left to check
// is counted as boxes are ticked. The page works without this file.

(() => {
  const source = document.querySelector(".source pre");
  const form = document.querySelector("form.fields");
  if (!source || !form) return;

  const placesOf = (field) => {
    const item = /^(demand|addressee)-(\d+)/.exec(field.id);
    if (item) return [`${item[1] === "demand" ? "demands" : "targets"}[${item[2]}]`];
    if (field.name === "checked") return [field.value];
    const group = field.closest("section.group");
    return group ? [group.id] : [];
  };

  const marksOf = (field) => {
    const places = placesOf(field);
    return [...source.querySelectorAll("mark")].filter((mark) =>
      places.some((place) => mark.id === `at-${place}` || (place === "countries" && mark.id.startsWith("at-countries["))));
  };

  // Only the source's own box scrolls, never the page under the hands of whoever types.
  const show = (mark) => {
    const box = source.scrollHeight > source.clientHeight ? source : source.parentElement;
    const away = mark.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (away < 0 || away > box.clientHeight - 40) box.scrollTop += away - box.clientHeight / 3;
  };

  form.addEventListener("focusin", (event) => {
    for (const mark of source.querySelectorAll("mark.in-focus")) mark.classList.remove("in-focus");
    const marks = marksOf(event.target);
    for (const mark of marks) mark.classList.add("in-focus");
    if (marks.length) show(marks[0]);
  });

  const left = document.querySelector("[data-left]");
  form.addEventListener("change", () => {
    if (!left) return;
    const open = form.querySelectorAll('input[name="checked"]:not(:checked)').length;
    left.textContent = left.dataset.left.replace("#", String(open));
  });
})();
