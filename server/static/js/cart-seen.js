// Which events the cart was last seen with, over all pages of this tab: "Check out" flashes once when
// seats of another event join.

const SEEN_KEY = "cart-performances";
/** How long the button is marked: the flash itself is shorter, and a still ring takes its place where motion is not wanted. */
const MARKED_MS = 2000;

/** @param {string | undefined} performances ids, apart by spaces  @returns {boolean} whether others joined since the last call */
export function othersJoined(performances) {
  const words = (text) => (text ?? "").split(" ").filter(Boolean);
  const now = words(performances);
  const before = words(sessionStorage.getItem(SEEN_KEY));
  sessionStorage.setItem(SEEN_KEY, now.join(" "));
  return before.length > 0 && now.some((id) => !before.includes(id));
}

/** @param {Element | null} button */
export function flash(button) {
  button?.classList.add("flash");
  setTimeout(() => button?.classList.remove("flash"), MARKED_MS);
}
