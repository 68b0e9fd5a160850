// The buttons over the chart: its scale, and which floor is shown where floors lie over each other.

import { button } from "./area-cards.js";

const ICONS = { in: "M12 5v14M5 12h14", out: "M5 12h14", fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" };

/** @param {object} texts  @param {Record<"zoomIn" | "zoomOut" | "fit", () => void>} acts */
export function scaleButtons(texts, acts) {
  const tool = (name, icon, act) => {
    const node = button(icon, name);
    node.addEventListener("click", act);
    return node;
  };
  const fit = tool(texts.fit, ICONS.fit, acts.fit);
  fit.className = "fit";
  return [tool(texts.zoomIn, ICONS.in, acts.zoomIn), tool(texts.zoomOut, ICONS.out, acts.zoomOut), fit];
}

/** @param {string[]} names  @param {number} shown  @param {(floor: number) => void} onChoose */
export function floorButtons(names, shown, onChoose) {
  return names.map((name, floor) => {
    const node = document.createElement("button");
    node.type = "button";
    node.textContent = name;
    node.setAttribute("aria-pressed", String(floor === shown));
    node.addEventListener("click", () => onChoose(floor));
    return node;
  });
}
