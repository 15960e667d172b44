// Small conveniences; every page works without them. No inline handlers, no eval: the CSP forbids both.

// A select that submits its form when changed (zone switch).
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
});

// Ask before what cannot be undone.
document.addEventListener("submit", (event) => {
  const text = event.target.dataset.confirm;
  if (text && !window.confirm(text)) event.preventDefault();
});

// One menu open at a time; Escape and a click elsewhere close it.
const menus = () => document.querySelectorAll("details.user-menu, details.menu-toggle");
document.addEventListener("click", (event) => {
  menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") menus().forEach((menu) => { menu.open = false; });
});

// The export button follows the filter that htmx put into the address.
document.addEventListener("htmx:pushedIntoHistory", () => {
  document.querySelectorAll("a[data-follow-query]").forEach((link) => {
    const query = new URLSearchParams(window.location.search);
    query.delete("page");
    query.set("export", "xlsx");
    link.search = query.toString();
  });
});

