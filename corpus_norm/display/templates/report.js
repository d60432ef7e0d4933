"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const fields = [...form.querySelectorAll("select")];
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const samples = [...document.querySelectorAll(".cr-sample")].map((element) => ({
    element,
    text: fold(element.textContent),
  }));
  const update = () => {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { element, text } of samples) {
      const visible =
        words.every((word) => text.includes(word)) &&
        fields.every(({ value, dataset }) =>
          !value || element.dataset[dataset.field].split(" ").includes(value));
      element.hidden = !visible;
      count += visible;
    }
    shown.textContent = `${count} shown`;
  };
  form.addEventListener("input", update);
  form.addEventListener("reset", () => setTimeout(update));
  form.addEventListener("submit", (event) => event.preventDefault());
})();
