// The keys of the review, for whoever switched them on (WCAG 2.1.4). They press what the page has anyway: links, buttons and boxes.
const TYPED_INTO = "input:not([type=checkbox]), textarea, select, [contenteditable]";

export function shortcuts(box) {
  const names = ["next", "previous", "accept", "return", "help"];
  const keys = [...box.dataset.shortcuts];
  const part = (name) => document.querySelector(`[data-key=${name}]`);
  const rows = () => [...document.querySelectorAll("main table tbody th a")];
  const here = () => document.activeElement.closest("tr")?.querySelector("th a");

  const step = (name, by) => {
    if (part(name)) return part(name).click();
    const links = rows();
    const at = links.indexOf(here());
    links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]?.focus();
  };
  const does = {
    next: () => step("next", 1),
    previous: () => step("previous", -1),
    accept: () => (part("accept") ?? here()?.closest("tr").querySelector("input[name=chosen]:enabled"))?.click(),
    return: () => {
      const comment = document.querySelector("main textarea[name=comment]");
      if (comment) comment.focus();
      else here()?.click();
    },
    help: () => {
      box.open = true;
      box.querySelector("summary").focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest(TYPED_INTO)) return;
    const name = names[keys.indexOf(event.key)];
    if (!name) return;
    event.preventDefault();
    does[name]();
  });
}
