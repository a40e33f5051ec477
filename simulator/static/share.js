// A conversation as the part of a link behind the "#", which browsers keep to themselves.

const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text));

export function linkTo(kept) {
  const packed = btoa(bytes(JSON.stringify(kept))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return `${location.origin}/#c=${packed}`;
}

/** Read what a link holds: {given, steps}, or null when it holds no conversation. Throws when it is broken. */
export function fromLink(hash) {
  const asked = new URLSearchParams(hash.slice(1));
  if (asked.get("say")) return { given: {}, steps: [{ say: asked.get("say") }] };
  if (!asked.has("c")) return null;
  const raw = atob(asked.get("c").replace(/-/g, "+").replace(/_/g, "/"));
  const { given, steps } = JSON.parse(new TextDecoder().decode(Uint8Array.from(raw, (c) => c.charCodeAt(0))));
  return { given, steps };
}

/** Hand a text over as a file. */
export function saveFile(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/yaml" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
