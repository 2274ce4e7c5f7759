// [data-mirrors] shows how a form will read in public: each [data-mirror] in it says what its field says now, by the field's id.
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
}
