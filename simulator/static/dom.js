// Small helpers to build the page. Text is only ever set as text, never as markup.

export const $ = (id) => document.getElementById(id);

/** Make an element: el("p", { class: "quiet", onclick: go }, "words", another). */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

// With the mark that follows, so that no line begins with a full stop.
const NUMBER = /(\b\d{3}-\d{3}-[\dA-Z]{4}\b[.,:?]?|\b\d \d \d, \d \d \d, [\dA-Z] [\dA-Z] [\dA-Z] [\dA-Z]\b[.,:?]?)/;

/** Split words so that telephone numbers, written or spelled, can be set apart: they never break over a line. */
export function withNumbers(text) {
  return text.split(NUMBER).map((part, place) => (place % 2 ? el("strong", { class: "number" }, part) : part));
}
