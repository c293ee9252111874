// Everything here only adds: the pages do all they do without it.
"use strict";

const box = document.querySelector('#search input[type="search"]');

// "/" goes to the search box, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// The same words asked again, as when a filter is set: what the reader switched off stays off.
document.querySelector("#search")?.addEventListener("formdata", (event) => {
  if (!document.querySelector(".results") || box.value !== box.defaultValue) return;
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name === "literal" || name === "off") event.formData.append(name, value);
  }
});

// Leave out what was not filled in, so that a search has an address one can read and pass on.
const defaults = { mode: "hybrid", sort: "relevance" };
document.querySelector("#search")?.addEventListener("submit", (event) => {
  const idle = [...event.target.elements].filter(
    (field) => field.name && field.name !== "q" && (!field.value || defaults[field.name] === field.value)
  );
  for (const field of idle) field.disabled = true;
  // A page taken from the history is as it was left: give the fields back.
  setTimeout(() => idle.forEach((field) => { field.disabled = false; }));
});
