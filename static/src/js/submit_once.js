// A second press while the first is on its way does nothing. The server is safe against it anyway (compare and swap);
// this saves the person a confusing answer. After some seconds a press counts again: the first may have got lost.
const ON_ITS_WAY = 8000;

export function submitOnce(form) {
  let sentAt = 0;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (Date.now() - sentAt < ON_ITS_WAY) event.preventDefault();
    else sentAt = Date.now();
  });
  // The browser's back button may bring the page back as it was left.
  window.addEventListener("pageshow", () => {
    sentAt = 0;
  });
}
