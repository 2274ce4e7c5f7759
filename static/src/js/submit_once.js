// A second press while the first is on its way does nothing. The server is safe against it anyway (compare and swap);
// this saves the person a confusing answer. After some seconds a press counts again: the first may have got lost.
// A form that stays on its page, since files are what its buttons give ([data-gives-files]), holds back the same button for a moment.
const ON_ITS_WAY = 8000;
const DOUBLE_CLICK = 1000;

export function submitOnce(form) {
  const givesFiles = "givesFiles" in form.dataset;
  let sentAt = 0;
  let sentBy;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const waits = givesFiles ? (event.submitter === sentBy ? DOUBLE_CLICK : 0) : ON_ITS_WAY;
    if (Date.now() - sentAt < waits) event.preventDefault();
    else [sentAt, sentBy] = [Date.now(), event.submitter];
  });
  // The browser's back button may bring the page back as it was left.
  window.addEventListener("pageshow", () => {
    sentAt = 0;
  });
}
