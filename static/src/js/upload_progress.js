// form[data-upload]: sends one file and shows how much of it has arrived.
// The server answers as it would without a script: with a page. From it we take the element that data-upload names
// ("#evidence"), or all of <main> when the answer has none, so that text typed elsewhere on the page stays.
// The words come from the form: data-upload-sending ("Sending: %s %"), data-upload-failed.
export function uploadProgress(form, enhance) {
  const bar = form.querySelector("[data-upload-progress]");
  const message = form.querySelector("[data-upload-message]");
  const input = form.querySelector("input[type=file]");
  let sending = false;

  function show(page) {
    const answer = new DOMParser().parseFromString(page, "text/html");
    const selector = answer.querySelector(form.dataset.upload) ? form.dataset.upload : "main";
    const fresh = document.adoptNode(answer.querySelector(selector));
    document.querySelector(selector).replaceWith(fresh);
    enhance(fresh);
    const heard = fresh.querySelector(".govuk-error-summary, .govuk-notification-banner") || fresh;
    heard.tabIndex = -1;
    heard.focus();
  }

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const failed = () => {
      sending = false;
      bar.hidden = true;
      message.textContent = form.dataset.uploadFailed;
    };
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const percent = Math.floor((100 * loaded) / total);
      bar.hidden = false;
      bar.value = percent;
      if (percent % 10 === 0) message.textContent = form.dataset.uploadSending.replace("%s", percent);
    });
    request.addEventListener("load", () => (request.responseText.includes("<main") ? show(request.responseText) : failed()));
    request.addEventListener("error", failed);
    request.send(new FormData(form));
  });
}
