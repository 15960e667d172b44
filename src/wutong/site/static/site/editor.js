// The editor of a draft: what lint says is put beside the cell it names. The list below the form says the same without scripts.
let typed = false;

function place() {
  document.querySelectorAll("#part-form .said").forEach((note) => note.remove());
  document.querySelectorAll("#part-form [aria-describedby^=said]").forEach((field) => {
    field.removeAttribute("aria-describedby");
    field.removeAttribute("aria-invalid");
  });
  document.querySelectorAll("#review [data-field]").forEach((item, number) => {
    const field = document.getElementById(`f.${item.dataset.field}`);
    if (!field) return;
    const note = document.createElement("small");
    note.id = `said-${number}`;
    note.className = `said said-${item.dataset.tone}`;
    note.textContent = `${item.querySelector("a").textContent} ${item.querySelector(".what").textContent}`;
    (field.parentElement.querySelector(".said:last-of-type") ?? field).after(note);
    field.setAttribute("aria-describedby", note.id);
    if (item.dataset.tone === "bad") field.setAttribute("aria-invalid", "true");
  });
  typed = document.querySelector("#review[data-unsaved]") !== null;
  const unsaved = document.querySelector(".unsaved");
  if (unsaved) unsaved.hidden = !typed;
}

document.addEventListener("htmx:afterSettle", place);
document.addEventListener("input", (event) => {
  if (event.target.closest("#part-form")) typed = true;
});
document.addEventListener("submit", () => { typed = false; });
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "part-form") typed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (typed) event.preventDefault();
});
place();
