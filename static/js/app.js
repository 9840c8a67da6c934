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

const showErrors = () => document.getElementById("error-summary")?.focus();
document.addEventListener("htmx:after:swap", showErrors);
showErrors();
