// form[data-upload-url]: files are sent one by one as soon as they are chosen, each with its bar; what is typed stays where it is.
// The answer is JSON: {"listed": the evidence as the page lists it, "version": the draft's, "said": …}, or {"message": why not}.
// Without one the file stays chosen and travels with the next button, as it does without this script.
// A button that is pressed while files are on their way waits for them, and is let go of where one of them is refused.
export function upload(form) {
  const { uploadUrl, uploadFailed } = form.dataset;
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-upload-list]");
  const version = form.querySelector("[data-autosave-version]");
  const rows = document.createElement("ul");
  rows.className = "edn-files edn-uploads";
  rows.setAttribute("aria-live", "polite");
  rows.hidden = true;
  input.after(rows);
  const waiting = [];
  const left = new DataTransfer(); // what travels with the next button
  let isSending = false;
  let pressed;

  function rowOf(file) {
    const row = document.createElement("li");
    const bar = document.createElement("progress");
    row.className = "edn-file";
    row.textContent = file.name;
    bar.setAttribute("aria-label", file.name);
    bar.max = file.size || 1;
    bar.value = 0;
    row.append(bar);
    rows.append(row);
    rows.hidden = false;
    return { row, bar };
  }

  function sent(file, bar) {
    const body = new FormData(form);
    body.delete(input.name);
    body.append(input.name, file);
    const request = new XMLHttpRequest();
    request.open("POST", uploadUrl);
    request.setRequestHeader("X-Requested-With", "upload");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      bar.value = Math.min(event.loaded, file.size);
    });
    return new Promise((answered) => {
      request.addEventListener("loadend", () => answered(request.response));
      request.send(body);
    });
  }

  async function send() {
    isSending = true;
    let isRefused = false;
    while (waiting.length) {
      const { file, row, bar } = waiting.shift();
      const answer = await sent(file, bar);
      bar.remove();
      if (answer && answer.listed) {
        list.innerHTML = answer.listed;
        list.hidden = false;
        if (!version.value) version.value = answer.version;
        row.textContent = answer.said;
      } else {
        row.textContent = answer && answer.message ? answer.message : uploadFailed.replace("%s", file.name);
        row.classList.add("edn-file--refused");
        if (answer) isRefused = true;
        else left.items.add(file);
      }
    }
    input.files = left.files;
    isSending = false;
    const go = pressed;
    pressed = undefined;
    if (!go) return;
    if (isRefused) input.focus();
    else form.requestSubmit(go);
  }

  input.addEventListener("change", () => {
    rows.querySelectorAll("li:not(:has(progress))").forEach((row) => row.remove());
    left.items.clear();
    for (const file of input.files) waiting.push({ file, ...rowOf(file) });
    input.value = "";
    if (waiting.length && !isSending) send();
  });
  form.addEventListener("submit", (event) => {
    if (!isSending) return;
    event.preventDefault();
    pressed = event.submitter;
  });
}
