"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const menus = [...form.querySelectorAll("select")];
  const places = new Map(
    JSON.parse(document.getElementById("facets").textContent).map((facet, place) => [facet, String(place)]));
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const documents = [...document.querySelectorAll(".cr-sample, .cr-other")].map((element) => ({
    element,
    isSample: element.matches(".cr-sample"),
    text: fold(element.textContent),
    facets: new Set(element.dataset.facets.split(" ")),
  }));
  let more = [];  // facets from the address that have no menu
  const matches = ({ element, facets }, [name, value]) => name === "document"
    ? element.dataset.id === value
    : facets.has(places.get(String(new URLSearchParams([[name, value]]))));
  const update = () => {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    const wanted = menus.filter((menu) => menu.value).map((menu) => [menu.dataset.field, menu.value]);
    wanted.push(...more);
    const isNarrow = words.length || wanted.length;
    let count = 0;
    for (const each of documents) {
      const visible = (each.isSample || isNarrow) &&
        words.every((word) => each.text.includes(word)) &&
        wanted.every((facet) => matches(each, facet));
      each.element.hidden = !visible;
      count += visible;
    }
    const chosen = more.filter(([name]) => name !== "document").map((facet) => facet.join(" "));
    shown.textContent = [`${count} shown`, ...chosen].join(", ");
  };
  const follow = () => {
    const [part, facets] = location.hash.split(/:(.*)/s);
    if (part !== "#documents" || facets === undefined) return;
    search.value = "";
    for (const menu of menus) menu.value = "";
    more = [];
    for (const [name, value] of new URLSearchParams(facets)) {
      const menu = menus.find(({ dataset, options }) =>
        dataset.field === name && [...options].some((option) => option.value === value));
      if (menu) menu.value = value;
      else more.push([name, value]);
    }
    update();
    const first = documents.find(({ element }) => !element.hidden);
    if (more.some(([name]) => name === "document") && first) first.element.open = true;
    document.getElementById("documents").scrollIntoView();
  };
  form.addEventListener("input", update);
  document.getElementById("show-all").addEventListener("click", () => {
    more = [];
    form.reset();
    update();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", follow);
  // Followed at once: the event for a new address comes later, and not at all for the same one.
  addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#documents:"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", link.getAttribute("href"));
    follow();
  });
  follow();
})();
