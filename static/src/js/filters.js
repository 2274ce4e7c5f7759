// A filter panel is a <details open>; on a small screen it starts closed, unless it holds an error.
export function collapseFilters(panel) {
  if (window.matchMedia("(max-width: 40em)").matches && !panel.querySelector(".govuk-error-message")) {
    panel.open = false;
  }
}

// [data-filter] holds a link to the page of a list's filters. Pressed, it shows that page's form in place, or hides it again, as Escape
// does. Without an answer the browser goes to the page.
export function filterInPlace(panel) {
  const link = panel.querySelector("a");
  let isAsked = false;
  let form;

  async function asked() {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(".edn-filter form");
    found.hidden = true;
    panel.append(found);
    return found;
  }

  function show(isOpen) {
    form.hidden = !isOpen;
    link.setAttribute("aria-expanded", isOpen);
  }

  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (isAsked && !form) return;
    isAsked = true;
    try {
      if (!form) form = await asked();
      show(form.hidden);
    } catch {
      location.assign(link.href);
    }
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target === link) {
      event.preventDefault();
      link.click();
    }
    if (event.key === "Escape" && form && !form.hidden) {
      show(false);
      link.focus();
    }
  });
}
