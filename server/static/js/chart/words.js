// Words the page gave us, filled: `{seat}` placeholders, and `{one, other}` pairs chosen by the
// language's plural rules. No sentence is written in code.

/**
 * @param {string | Record<string, string>} template text, or texts by plural category
 * @param {Record<string, string | number>} values `count` chooses the plural
 * @param {string} [language] BCP 47
 */
export function fill(template, values = {}, language = document.documentElement.lang || "en") {
  let text = template;
  if (typeof template === "object" && template !== null) {
    text = template[new Intl.PluralRules(language).select(Number(values.count))] ?? template.other;
  }
  return String(text ?? "").replace(/\{(\w+)\}/g, (hole, name) => (name in values ? written(values[name], language) : hole));
}

/** Numbers are grouped from five digits on, as the server writes them. */
function written(value, language) {
  if (typeof value !== "number") return String(value);
  return new Intl.NumberFormat(language, { useGrouping: "min2" }).format(value);
}
