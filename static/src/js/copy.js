// An address that is meant to be carried elsewhere: a button beside it copies it. Without a clipboard, it is selected as a whole.
const SAYS_SO_FOR = 3000;

export function copyButton(input) {
  input.addEventListener("focus", () => input.select());
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = input.dataset.copy;
  const said = document.createElement("span");
  said.className = "govuk-visually-hidden";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      input.focus();
      return;
    }
    button.textContent = said.textContent = input.dataset.copied;
    setTimeout(() => {
      button.textContent = input.dataset.copy;
      said.textContent = "";
    }, SAYS_SO_FOR);
  });
  const row = document.createElement("div");
  row.className = "edn-copy";
  input.replaceWith(row);
  row.append(input, button, said);
}
