// A link to signing in opens it in place: what is being done stays where it is. The dialog's own script comes
// with the first press; without it the link is a link.

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-sign-in]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  import("./sign-in.js")
    .then(({ openSignIn }) => openSignIn(link.href))
    .catch(() => location.assign(link.href));
});
