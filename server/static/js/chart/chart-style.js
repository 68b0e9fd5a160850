// The chart's own sheet. Constructed, not written into the page: a strict style-src holds.

export const chartSheet = new CSSStyleSheet();
chartSheet.replaceSync(`
:host { display: block; position: relative; overflow: hidden; contain: strict; background: var(--canvas); color: var(--ink);
  font: 400 0.9375rem/1.25rem var(--font, system-ui, sans-serif); font-variant-numeric: tabular-nums lining-nums; }
:host([hidden]), [hidden] { display: none !important; }
.surface { position: absolute; inset: 0; touch-action: none; cursor: grab; outline: none; -webkit-user-select: none; user-select: none; }
.surface:active { cursor: grabbing; }
.surface.offers { cursor: pointer; }
.surface:focus-visible::after { content: ""; position: absolute; inset: 2px; border: 2px solid var(--ink); border-radius: 8px; pointer-events: none; }
canvas { display: block; width: 100%; height: 100%; }
.tools { position: absolute; top: 16px; right: 24px; display: flex; border: 1px solid var(--control); border-radius: 8px;
  background: var(--surface); overflow: hidden; }
.tools button { width: 44px; height: 44px; border: 0; padding: 0; background: none; color: inherit; cursor: pointer; }
.tools button + button { border-left: 1px solid var(--line); }
.tools button:hover, .card button:hover:not(:disabled) { background: var(--sunken); }
button:focus-visible { outline: 2px solid var(--ink); outline-offset: -4px; border-radius: 8px; }
svg { display: block; margin: auto; width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.floors { position: absolute; top: 16px; left: 24px; display: flex; border: 1px solid var(--control); border-radius: 8px; overflow: hidden; background: var(--surface); }
.floors button { min-height: 44px; padding: 0 16px; border: 0; background: none; color: inherit; font: 600 0.875rem/1.25rem inherit; font-family: inherit; cursor: pointer; }
.floors button[aria-pressed="true"] { background: var(--inverse); color: var(--on-inverse); }
.tip { position: absolute; left: 0; top: 0; z-index: 3; max-width: 260px; min-width: 150px; padding: 10px 16px 12px; border-radius: 8px; pointer-events: none;
  background: var(--inverse); color: var(--on-inverse); box-shadow: var(--shadow-float); }
.tip strong { display: block; font-weight: 700; line-height: 1.5rem; }
.tip .price { display: block; font-weight: 750; font-size: 1.25rem; line-height: 1.5rem; font-stretch: 75%; margin: 2px 0; }
.tip .price:empty, .tip .note:empty { display: none; }
.tip .note { display: block; font-size: 0.875rem; }
.areas { position: absolute; inset: 0; pointer-events: none; overflow: hidden; }
.card { position: absolute; left: 0; top: 0; min-width: 148px; padding: 8px 10px 10px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface);
  text-align: center; pointer-events: auto; }
.card.small { min-width: 0; padding: 2px 8px; cursor: pointer; }
.card.small strong { font-size: 0.8125rem; }
.card.small .left { display: none; }
.card strong { display: block; font-weight: 700; }
.card .left { display: block; font-size: 0.8125rem; line-height: 1rem; color: var(--ink-2); }
.card .stepper { display: flex; align-items: center; justify-content: space-between; margin-top: 6px; border: 1px solid var(--control); border-radius: 8px; }
.card button { width: 44px; height: 44px; border: 0; background: none; color: inherit; border-radius: 8px; cursor: pointer; padding: 0; }
.card button:disabled { color: var(--control); cursor: default; }
.card output { font-weight: 750; font-size: 1.25rem; font-stretch: 75%; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 599px) {
  .tools { top: auto; bottom: 12px; right: 12px; flex-direction: column; }
  .tools button + button { border-left: 0; border-top: 1px solid var(--line); }
  .tools .fit { order: -1; border-top: 0; }
  .floors { top: 12px; left: 40px; }
}
@media (forced-colors: active) {
  .tip, .card, .tools { border: 1px solid CanvasText; }
}
`);
