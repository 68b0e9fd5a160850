// A seat in words, for the tip, the live region and the list: place, price, what to know about it.

import { ACCESSIBLE, COMPANION, RESTRICTED_VIEW, STAIRS } from "./plan/model.js";
import { FREE, HELD } from "./states.js";
import { fill } from "./words.js";

/**
 * @param {object} chart  model, states, yours, prices (by category index), texts
 * @returns {{place: string, price: string, note: string}} price is empty where none can be paid
 */
export function describeSeat({ model, states, yours, prices, texts }, seat) {
  const row = model.geometry.rows[model.rowOf[seat]];
  const place = fill(row.table ? texts.table : texts.seat, {
    section: model.geometry.sections[row.section].name,
    row: row.label,
    seat: model.geometry.seats.number[seat],
  });
  const price = prices[model.category[seat]];
  const notes = remarks(model, texts, seat);
  if (yours.has(seat)) return { place, price: price?.price ?? "", note: [texts.yours, ...notes].join(" ") };
  const state = states.get(seat);
  if (state === FREE && price) {
    return { place, price: price.price, note: [price.fees, ...(notes.length ? notes : [texts.clearView])].filter(Boolean).join(" ") };
  }
  return { place, price: "", note: state === HELD ? texts.held : texts.sold };
}

function remarks(model, texts, seat) {
  const flags = model.flags[seat];
  const note = model.geometry.seats.notes[seat];
  return [
    flags & ACCESSIBLE ? texts.wheelchair : "",
    flags & COMPANION ? texts.companion : "",
    flags & RESTRICTED_VIEW ? texts.restricted : "",
    flags & STAIRS ? texts.stairs : "",
    note ?? "",
  ].filter(Boolean);
}
