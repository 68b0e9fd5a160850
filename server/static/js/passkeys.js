// Passkeys on the site. A page wires a button by its attributes; without this script, or in a browser
// without passkeys, the button stays hidden and the password does.
//
//   data-passkey    "sign-in", "second-factor", "prove" or "register"
//   data-next       where to go once it is done; without it the page is loaded again
//   data-name       selector of the field with a new passkey's name ("register")
//   data-stay       selector of the box that keeps the session ("sign-in")
//   data-message    selector of the element that says what went wrong
//   data-failed     what it says when the server refused
//   data-cancelled  what it says when the reader or her device did
//
// A field with autocomplete="… webauthn" offers passkeys as it is focused, where a sign-in button stands.

const API = "/api/v1";

/** Where each ceremony begins, and where its answer goes. */
const CEREMONIES = {
  "sign-in": { ask: "/passkeys/sign-ins", answer: (id) => `/passkeys/sign-ins/${id}` },
  "second-factor": { ask: "/passkeys/proofs", answer: (id) => `/sign-ins/second-factor/passkeys/${id}` },
  prove: { ask: "/passkeys/proofs", answer: (id) => `/passkeys/proofs/${id}` },
  register: { ask: "/account/passkeys/ceremonies", answer: () => "/account/passkeys" },
};

/** The server said no; its code says why. */
class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function post(path, body) {
  const response = await fetch(API + path, {
    method: "POST",
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text === "" ? null : JSON.parse(text);
  if (!response.ok) throw new Refused(answer?.code ?? "internal");
  return answer;
}

// Bytes as WebAuthn's JSON writes them (base64url), for browsers that do not read and write it themselves.

function toBytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function withIds(descriptors) {
  return (descriptors ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));
}

function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return {
    ...json,
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: withIds(json.excludeCredentials),
  };
}

function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: toBytes(json.challenge), allowCredentials: withIds(json.allowCredentials) };
}

function toJson(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: toText(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) parts[part] = toText(response[part]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: parts,
    clientExtensionResults: {},
  };
}

// Ceremonies -----------------------------------------------------------------------------------

/** The one question that is open: a second one ends it. */
let open = null;

/** Asks, lets the device answer, and hands its answer in. */
async function perform(kind, { name, stay = false, mediation } = {}) {
  open?.abort();
  const { signal } = (open = new AbortController());
  const ceremony = CEREMONIES[kind];
  const asked = await post(ceremony.ask);
  const path = ceremony.answer(asked.ceremony_id);
  if (kind === "register") {
    const made = await navigator.credentials.create({ publicKey: creationOptions(asked.public_key), signal });
    return post(path, { ceremony_id: asked.ceremony_id, name, credential: toJson(made) });
  }
  const publicKey = requestOptions(asked.public_key);
  const answer = await navigator.credentials.get({ publicKey, mediation, signal });
  return post(path, { credential: toJson(answer), stay });
}

function say(button, text) {
  const message = document.querySelector(button.dataset.message ?? "#announcer");
  if (!message) return;
  message.textContent = text ?? "";
  message.hidden = !text;
}

function find(selector) {
  return selector ? document.querySelector(selector) : null;
}

function goOn(button) {
  if (button.dataset.next) location.assign(button.dataset.next);
  else location.reload();
}

async function press(button) {
  const field = find(button.dataset.name);
  say(button, "");
  button.disabled = true;
  try {
    const name = field?.value.trim() || field?.placeholder || "Passkey";
    await perform(button.dataset.passkey, { name, stay: find(button.dataset.stay)?.checked ?? false });
    goOn(button);
  } catch (error) {
    say(button, error instanceof Refused ? button.dataset.failed : button.dataset.cancelled);
  } finally {
    button.disabled = false;
  }
}

/** Lets the browser offer passkeys in the field's own list. */
async function offerIn(field, button) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const offer = async () => {
    try {
      await perform("sign-in", { mediation: "conditional", stay: find(button.dataset.stay)?.checked ?? false });
      goOn(button);
    } catch {
      // Nothing was chosen, or the button was pressed instead: the form is still there.
    }
  };
  field.addEventListener("focus", offer, { once: true });
  if (document.activeElement === field) field.dispatchEvent(new FocusEvent("focus"));
}

/** Wires the buttons below `root`, and shows what is there only for them. */
export function wirePasskeys(root) {
  if (!window.PublicKeyCredential) return;
  for (const element of root.querySelectorAll(".passkey-only")) element.hidden = false;
  for (const button of root.querySelectorAll("[data-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", () => press(button));
  }
  const button = root.querySelector('[data-passkey="sign-in"]');
  const field = root.querySelector('input[autocomplete~="webauthn"]');
  if (button && field) offerIn(field, button);
}

wirePasskeys(document);
