// Everything works without this file. It closes menus, and moves the eye to what a form complains about.
const closeMenus = (except) =>
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});

// A session that ended answers with another page: go there instead of putting it into a part of this one.
document.addEventListener("htmx:before:response", (event) => {
  const { request, response } = event.detail.ctx;
  const asked = new URL(request.action, location.href);
  const got = new URL(response.raw.url || asked, location.href);
  if (got.pathname === asked.pathname && (response.status < 400 || response.status === 422)) return;
  event.preventDefault();
  if (request.method === "GET") location.assign(got.pathname === asked.pathname ? asked : got);
});

const showErrors = () => document.getElementById("error-summary")?.focus();
document.addEventListener("htmx:after:swap", showErrors);
showErrors();

// Keys: Ctrl-K searches from anywhere; those without Ctrl only outside of fields, and only for who has not switched them off.
const palette = document.getElementById("palette");
const keys = document.getElementById("keys");
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], dialog") !== null;
const openPalette = () => {
  palette.showModal();
  palette.querySelector("input[type=search]").select();
};
const rows = () => [...document.querySelectorAll(".steps > li > a, .table tbody th a")];
const step = (by) => {
  const all = rows();
  const here = all.indexOf(document.activeElement);
  all[here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by]?.focus();
};
let chord = "";
const single = {
  "?": () => keys.showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement?.closest("tr")?.querySelector(".tick input")?.click(),
  gi: () => palette.dataset.inbox && location.assign(palette.dataset.inbox),
  gp: () => palette.dataset.program && location.assign(palette.dataset.program),
};
if (palette) {
  document.getElementById("search-link").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openPalette();
  });
  palette.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const all = [palette.querySelector("input[type=search]"), ...palette.querySelectorAll("#palette-found a")];
    event.preventDefault();
    all[Math.max(0, all.indexOf(document.activeElement) + by)]?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!palette.open) openPalette();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") event.target.form?.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (palette.dataset.singleKeys !== "yes") return;
    const pressed = chord + event.key;
    chord = event.key === "g" && !chord ? "g" : "";
    single[pressed]?.();
  });
}
