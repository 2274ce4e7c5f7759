// form[data-preview]: while a date is typed, the part of the page with that id is fetched anew, as this same address shows it
// with the date in its query. Only the date goes into the address. Without an answer the form's own button is there again.
const IDLE = 500;

export function preview(form) {
  const region = document.getElementById(form.dataset.preview);
  const parts = [...form.querySelectorAll(`[name^="${form.dataset.previewField}_"]`)];
  const button = form.querySelector("[data-preview-button]");
  let timer;
  let latest = 0;

  async function show() {
    const asked = ++latest;
    const isWhole = (part) => /\d\D+\d/.test(part.value); // a date pasted into one box
    if (parts.some((part) => !part.value.trim()) && !parts.some(isWhole)) {
      region.replaceChildren();
      return;
    }
    try {
      const query = new URLSearchParams(parts.map((part) => [part.name, part.value]));
      const answer = await fetch(`${location.pathname}?${query}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(region.id);
      if (asked !== latest) return;
      button.hidden = Boolean(found);
      if (found) region.replaceChildren(...found.childNodes);
    } catch {
      button.hidden = false;
    }
  }

  button.hidden = true;
  parts.forEach((part) =>
    part.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(show, IDLE);
    }),
  );
}
