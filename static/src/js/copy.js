// What is meant to be carried elsewhere: a button beside it copies it. Without a clipboard, a field is selected as a whole.
const SAYS_SO_FOR = 3000;

export function copyButton(source) {
  source.addEventListener("focus", () => source.select?.());
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = source.dataset.copy;
  const said = document.createElement("span");
  said.className = "govuk-visually-hidden";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    } catch {
      source.focus();
      return;
    }
    button.textContent = said.textContent = source.dataset.copied;
    setTimeout(() => {
      button.textContent = source.dataset.copy;
      said.textContent = "";
    }, SAYS_SO_FOR);
  });
  const row = document.createElement("div");
  row.className = "edn-copy";
  source.replaceWith(row);
  row.append(source, button, said);
}
