// What forms gain with a script: a password can be shown, a code keeps to its digits and sends itself.

/** Wires the fields below `root`. */
export function wireFields(root) {
  for (const button of root.querySelectorAll("[data-shows]")) wireSwitch(button, root);
  for (const input of root.querySelectorAll("[data-digits]")) wireDigits(input);
}

function wireSwitch(button, root) {
  const input = root.querySelector(`#${button.dataset.shows}`);
  button.hidden = false;
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => {
    show(input.type === "password");
    input.focus();
  });
  // Never sent as plain text: browsers would offer it to others later.
  input.form?.addEventListener("submit", () => show(false));
}

/** Pasted with spaces or typed over a wrong one: only the digits stay, and the last one sends the form. */
function wireDigits(input) {
  const length = Number(input.dataset.digits);
  if (input.getAttribute("aria-invalid") === "true") {
    input.focus();
    input.select();
  }
  input.addEventListener("input", () => {
    const digits = input.value.replace(/\D/g, "").slice(0, length);
    if (digits !== input.value) input.value = digits;
    if (digits.length === length) input.form.requestSubmit();
  });
}

wireFields(document);
