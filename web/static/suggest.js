// Suggestions while typing: a combobox with a list box, as the ARIA Authoring Practices have it.
// Without this file the box is a plain search box.
"use strict";

(() => {
  const WAIT = 120; // milliseconds without a key before asking
  const form = document.querySelector("#search");
  if (!form) return;
  const input = form.querySelector('input[type="search"]');
  const [title, name, phrase, word] = form.dataset.kinds.split("|");
  const kinds = { title, name, phrase, word };

  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label);
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  form.append(list, said);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let typed = input.value; // what the reader wrote, while the box shows a suggestion
  let chosen = -1;
  let timer = 0;
  let asking = null;

  function option({ text, lang, kind }, at) {
    const item = document.createElement("li");
    item.id = `suggestion-${at}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const shown = document.createElement("bdi");
    shown.textContent = text;
    if (lang && lang !== "und") shown.lang = lang;
    const what = document.createElement("span");
    what.className = "kind";
    what.textContent = kinds[kind] ?? "";
    item.append(shown, what);
    return item;
  }

  function show(found) {
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
    said.textContent = found.length ? form.dataset.some.replace("%n", found.length) : form.dataset.none;
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    said.textContent = "";
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  // -1 stands for what was typed.
  function choose(at) {
    chosen = at;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function move(step) {
    const places = list.children.length + 1;
    choose(((chosen + 1 + step + places) % places) - 1);
    input.value = chosen < 0 ? typed : list.children[chosen].firstChild.textContent;
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(form.dataset.suggest, location);
    address.search = new URLSearchParams({ q: typed });
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const { suggestions } = await answer.json();
      if (document.activeElement === input) show(suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close(); // no network: searching still says so
    }
  }

  input.addEventListener("input", (event) => {
    typed = input.value;
    clearTimeout(timer);
    asking?.abort();
    if (event.isComposing) return;
    if (typed.trim().length < 2) return close();
    timer = setTimeout(ask, WAIT);
  });

  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault(); // of a search box it would empty it
      input.value = typed;
      close();
    }
  });

  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    input.value = item.firstChild.textContent;
    form.requestSubmit();
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
})();
