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
