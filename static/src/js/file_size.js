// input[type=file][data-max-bytes]: a file that the server would refuse is taken out as soon as it is chosen, and why is said above.
// Also when several files together are too much for one request (data-max-together).
export function fileSize(input) {
  const { maxBytes, maxTogether, tooLarge, tooMuch } = input.dataset;
  const said = document.createElement("p");
  said.className = "govuk-error-message";
  said.setAttribute("role", "alert");
  said.hidden = true;
  input.before(said);
  input.addEventListener("change", () => {
    const files = [...input.files];
    const large = files.find((file) => file.size > maxBytes);
    const together = files.reduce((sum, file) => sum + file.size, 0);
    said.textContent = large ? tooLarge.replace("%s", large.name) : together > maxTogether ? tooMuch : "";
    said.hidden = !said.textContent;
    if (said.textContent) input.value = "";
  });
}
