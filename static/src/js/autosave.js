// form[data-autosave-url]: three seconds after the last key the draft is sent in the background.
// The answer is JSON, {"saved_at": "14:05"}; anything else is said plainly, and the text stays on the page.
// The words come from the form: data-autosave-saved ("Draft saved at %s"), data-autosave-failed, data-autosave-signed-out.
const IDLE = 3000;

export function autosave(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer;
  let running = false;
  let again = false;
  let leaving = false;

  const say = (text, failed) => {
    if (!status) return;
    status.textContent = text;
    status.classList.toggle("edn-autosave--failed", failed);
  };

  async function save() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const response = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "autosave", Accept: "application/json" },
        redirect: "manual",
      });
      if (response.ok) {
        const { saved_at: time, version } = await response.json();
        const field = form.querySelector("[data-autosave-version]");
        if (field && version !== undefined) field.value = version;
        say(form.dataset.autosaveSaved.replace("%s", time), false);
      } else {
        // Whoever is no longer signed in is redirected, or refused.
        const signedOut = response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
        say(signedOut ? form.dataset.autosaveSignedOut : form.dataset.autosaveFailed, true);
      }
    } catch {
      if (!leaving) say(form.dataset.autosaveFailed, true);
    }
    running = false;
    if (again && !leaving) {
      again = false;
      save();
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, IDLE);
  });
  // The person's own button wins over a save in the background.
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    clearTimeout(timer);
  });
}
