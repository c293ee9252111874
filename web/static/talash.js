// The form and the buttons. Everything here only adds: the pages do all they do without it.
"use strict";

const box = document.querySelector('#search input[type="search"]');

// Leave out what was not filled in, so that a search has an address one can read and pass on. What
// was switched off goes along with the same question only; the server sees to that too, by `for`.
const defaults = { mode: "hybrid", sort: "relevance" };
document.querySelector("#search")?.addEventListener("submit", (event) => {
  const others = box.value === box.defaultValue ? ["for"] : ["for", "literal", "off"];
  const idle = [...event.target.elements].filter(
    (field) => field.name && field.name !== "q"
      && (!field.value || defaults[field.name] === field.value || others.includes(field.name))
  );
  for (const field of idle) field.disabled = true;
  // A page taken from the history is as it was left: give the fields back.
  setTimeout(() => idle.forEach((field) => { field.disabled = false; }));
});

// Back shows the results of a question, and the boxes that were in force for it, not those that were
// ticked on the way to the next one. Where a browser loads the page anew, autocomplete="off" sees to it.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelector("#search")?.reset();
});

// A button that copies, beside every text that says what it would be called.
for (const text of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = text.dataset.copy;
  button.lang = document.documentElement.lang;
  button.setAttribute("aria-describedby", text.getAttribute("aria-labelledby"));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = text.dataset.copied;
    } catch {
      // No clipboard for a page that came without TLS from another machine: the text is selected.
      getSelection().selectAllChildren(text);
      button.textContent = text.dataset.failed;
    }
    setTimeout(() => { button.textContent = text.dataset.copy; }, 4000);
  });
  text.after(button);
}
