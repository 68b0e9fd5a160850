// The chart's colours, read from the page's own tokens (css/tokens.css), so that light, dark and an
// app's theme need no second list. Names are those of the tokens.

const TOKENS = [
  "canvas", "surface", "sunken", "ink", "ink-2", "line", "control", "inverse", "on-inverse",
  "band-1", "on-band-1", "band-2", "on-band-2", "band-3", "on-band-3", "band-4", "on-band-4",
  "seat-yours", "seat-yours-ring", "seat-held", "seat-sold",
];

/** The colours in force at `element`, by token. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim() || "#888"]));
}
