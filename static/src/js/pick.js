// How many rows are ticked; and a row's box opens once each of its buttons for evidence was pressed (the server noted it, and asks again).
export function pick(form) {
  const said = form.querySelector("[data-picked]");
  const count = () => {
    const ticked = form.querySelectorAll("input[name=chosen]:checked").length;
    said.textContent = ticked ? said.dataset.picked.replace("%(n)s", ticked) : "";
  };
  form.addEventListener("change", count);
  form.addEventListener("submit", ({ submitter }) => {
    if (!submitter?.matches(".edn-open")) return;
    submitter.classList.add("edn-open--done");
    const row = submitter.closest("tr");
    if (!row.querySelector(".edn-open:not(.edn-open--done)")) row.querySelector("input[name=chosen]").disabled = false;
  });
  window.addEventListener("pageshow", count);
}
