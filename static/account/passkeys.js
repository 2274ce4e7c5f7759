// Forms with data-passkey: "create" and "get" ask the device with the options on the page, "login" fetches them first.
// A form stays hidden where the browser has no passkeys; what the device answers is posted as `credential`.
const supported = window.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;

const ask = {
  async create(options) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.creation_options.publicKey);
    return navigator.credentials.create({ publicKey });
  },
  async get(options) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.request_options.publicKey);
    return navigator.credentials.get({ publicKey });
  },
};

async function optionsOf(form) {
  if (form.dataset.passkey === "login") {
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.statusText);
    return response.json();
  }
  return JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
}

// A passkey that signs in by itself must be kept on the device and checked with a PIN or a finger.
function asked(form, options) {
  const alone = form.elements.passwordless;
  if (form.dataset.passkey === "create" && alone) {
    const selection = options.creation_options.publicKey.authenticatorSelection;
    selection.residentKey = alone.checked ? "required" : "discouraged";
    selection.requireResidentKey = alone.checked;
    if (alone.checked) selection.userVerification = "required";
  }
  return options;
}

async function send(form) {
  const message = form.querySelector("[data-passkey-message]");
  message.textContent = "";
  try {
    const options = asked(form, await optionsOf(form));
    const credential = await (ask[form.dataset.passkey] ?? ask.get)(options);
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    console.warn(error);
    message.textContent = form.dataset.passkeyFailed;
  }
}

for (const form of supported ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      send(form);
    },
    { capture: true },
  );
}
