// input[type=file][data-max-bytes]: a file that the server would refuse is taken out as soon as it is chosen, and why is said above.
// Also all of them when they are together too much for one request (data-max-together), unless they are sent one by one (upload.js).
export function fileSize(input) {
  const { maxBytes, maxTogether, tooLarge, tooMuch } = input.dataset;
  const goOneByOne = Boolean(input.form.dataset.uploadUrl);
  const said = document.createElement("p");
  said.className = "govuk-error-message";
  said.setAttribute("role", "alert");
  said.hidden = true;
  input.before(said);
  input.addEventListener("change", () => {
    const files = [...input.files];
    const kept = new DataTransfer();
    for (const file of files) if (file.size <= maxBytes) kept.items.add(file);
    const together = [...kept.files].reduce((sum, file) => sum + file.size, 0);
    const isTooMuch = !goOneByOne && together > maxTogether;
    const large = files.find((file) => file.size > maxBytes);
    said.textContent = large ? tooLarge.replace("%s", large.name) : isTooMuch ? tooMuch : "";
    said.hidden = !said.textContent;
    if (isTooMuch) input.value = "";
    else if (large) input.files = kept.files;
  });
}
