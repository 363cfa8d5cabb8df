// Runs before the page is drawn, so that a dark page never flashes white. The admin keeps the choice under this key.
(() => {
  let chosen = "auto";
  try {
    chosen = JSON.parse(localStorage.getItem("adminTheme")) ?? "auto";
  } catch {
    // No choice can be read: the system's.
  }
  const dark = chosen === "dark" || (chosen === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
