// Shortcuts of one key. The reader's settings can turn them off; Tab and Enter always work.
"use strict";

(() => {
  const help = document.querySelector("#help");
  const input = document.querySelector('#search input[type="search"]');
  if (document.documentElement.dataset.keys === "off") {
    input?.removeAttribute("aria-keyshortcuts");
    return;
  }

  // On a keyboard that is set to Urdu a key gives another letter: then its place counts.
  const places = { KeyJ: "j", KeyK: "k", Slash: "/" };
  function pressed(event) {
    if (event.key === "؟") return "?";
    if (/^[\x21-\x7e]$/.test(event.key)) return event.key.toLowerCase();
    if (event.key.length > 1) return event.key;
    return event.shiftKey ? "" : places[event.code] ?? "";
  }

  const results = () => [...document.querySelectorAll(".hit h2 a")];
  function step(by) {
    const links = results();
    const inside = document.activeElement.closest(".hit")?.querySelector("h2 a");
    const at = links.indexOf(inside);
    const next = links[at < 0 ? (by > 0 ? 0 : -1) : at + by];
    if (!next) return false;
    next.focus({ preventScroll: true });
    next.closest(".hit").scrollIntoView({ block: "nearest" });
    return true;
  }

  const actions = {
    "/": () => { if (!input) return false; input.focus(); input.select(); return true; },
    "?": () => { help.showModal(); return true; },
    j: () => step(1),
    k: () => step(-1),
    // Arrows scroll the page, unless one is at a result already.
    ArrowDown: () => document.activeElement.matches(".hit h2 a") && step(1),
    ArrowUp: () => document.activeElement.matches(".hit h2 a") && step(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (actions[pressed(event)]?.()) event.preventDefault();
  });
})();
