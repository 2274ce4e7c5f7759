// [data-mirrors] shows how a form will read in public: each [data-mirror] in it says what its field says now, by the field's id,
// and [data-mirror-files] lists the files that the form lists, also those that joined it meanwhile (upload.js).
export function mirrors(region) {
  region.querySelectorAll("[data-mirror]").forEach((there) => {
    const field = document.getElementById(there.dataset.mirror);
    const part = there.closest(".edn-follow-up__part");
    const show = () => {
      const text = field.value.trim();
      there.textContent = text || "…";
      if (part) part.hidden = !text;
    };
    field.addEventListener("input", show);
    show(); // the browser may have kept what was typed
  });
  const there = region.querySelector("[data-mirror-files]");
  const list = document.querySelector("[data-upload-list]");
  new MutationObserver(() => {
    const shown = [...list.querySelectorAll(".edn-file__name")].map((name) => {
      const row = document.createElement("li");
      row.className = "edn-file";
      row.append(...name.cloneNode(true).childNodes);
      return row;
    });
    there.replaceChildren(...shown);
    there.hidden = !shown.length;
  }).observe(list, { childList: true });
}
