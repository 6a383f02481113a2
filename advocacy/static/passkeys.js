// Passkeys: asks the browser for one, or to sign with one, and hands the answer to the form (WebAuthn Level 2).
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => buffer === null ? "" : btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

async function made(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials) };
  const key = await navigator.credentials.create({ publicKey });
  const { attestationObject, clientDataJSON } = key.response;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports: key.response.getTransports ? key.response.getTransports() : null },
    extensions: JSON.stringify(key.getClientExtensionResults()),
  };
}

async function signed(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const key = await navigator.credentials.get({ publicKey });
  const { authenticatorData, clientDataJSON, signature, userHandle } = key.response;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: text(userHandle) },
    assertionClientExtensions: JSON.stringify(key.getClientExtensionResults()),
  };
}

const form = document.querySelector("form[data-passkey]");
if (form) {
  const ask = form.dataset.passkey === "make" ? made : signed;
  const failed = form.querySelector("[role=alert]");
  const go = async () => {
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(JSON.parse(form.dataset.options)));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  };
  form.querySelector("button").addEventListener("click", (press) => { press.preventDefault(); go(); });
  go();
}
