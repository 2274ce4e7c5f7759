// A filter panel is a <details open>; on a small screen it starts closed, unless it holds an error.
export function collapseFilters(panel) {
  if (window.matchMedia("(max-width: 40em)").matches && !panel.querySelector(".govuk-error-message")) {
    panel.open = false;
  }
}
