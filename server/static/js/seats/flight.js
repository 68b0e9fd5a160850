// A seat that became yours flies from the chart to the list of your seats: motion that says where it
// went. Nothing depends on it; who prefers less motion sees the seat change its shape, as everybody.

/** Seats that fly at once; the rest of a large choice just arrives. */
const FLIGHTS_MAX = 10;
const LANDED_PX = 24;
const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {[x: number, y: number][]} starts where the seats are on the page
 * @param {Element} target where they go
 * @param {number} size of a seat on the chart, in CSS pixels
 */
export function fly(starts, target, size) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const box = target.getBoundingClientRect();
  const [endX, endY] = [box.left + LANDED_PX / 2, box.top + box.height / 2];
  const style = getComputedStyle(document.documentElement);
  const timing = { duration: parseFloat(style.getPropertyValue("--flight")), easing: style.getPropertyValue("--ease").trim() };
  for (const [x, y] of starts.slice(0, FLIGHTS_MAX)) {
    const seat = document.createElementNS(SVG, "svg");
    seat.setAttribute("class", "g flying");
    seat.setAttribute("aria-hidden", "true");
    seat.append(document.createElementNS(SVG, "use"));
    seat.firstChild.setAttribute("href", "#g-yours");
    document.body.append(seat);
    const at = (left, top, width) => `translate(${left - LANDED_PX / 2}px, ${top - LANDED_PX / 2}px) scale(${width / LANDED_PX})`;
    const path = [{ transform: at(x, y, Math.max(size, 12)) }, { transform: at(endX, endY, LANDED_PX), offset: 0.85 }, { transform: at(endX, endY, LANDED_PX), opacity: 0 }];
    seat.animate(path, timing).finished.finally(() => seat.remove());
  }
}
