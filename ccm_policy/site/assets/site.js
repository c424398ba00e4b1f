// A box that filters the rows of the table after it. Everything on the page works without it.
function addFilters() {
  for (const place of document.querySelectorAll("div.filter[data-label]:not([data-ready])")) {
    place.dataset.ready = "yes";
    const label = document.createElement("label");
    const input = document.createElement("input");
    const heard = document.createElement("span");
    heard.setAttribute("role", "status");
    label.textContent = place.dataset.label + " ";
    input.type = "search";
    label.append(input);
    place.append(label, " ", heard);
    const scope = document.getElementById(place.dataset.for);
    const rows = scope ? [...scope.querySelectorAll("tbody tr")] : [];
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      heard.textContent = words.length ? `${shown} of ${rows.length}` : "";
    });
  }
}
// What scrolls sideways can be reached and moved by key.
function reachScrolling() {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre, .md-typeset pre > code, .railroad, .picture")) {
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
  }
}

// What the theme leaves without a name of its own for those who hear the page.
function nameParts() {
  document.querySelector('.md-search[role="dialog"]')?.setAttribute("aria-label", "Search");
  for (const list of document.querySelectorAll("nav.md-nav[aria-labelledby]")) {
    const above = list.parentElement.closest("nav.md-nav[aria-label]")?.getAttribute("aria-label");
    const own = list.querySelector(":scope > .md-nav__title")?.textContent.trim();
    if (!own) continue;
    list.setAttribute("aria-label", above ? `${above}: ${own}` : own);
    list.removeAttribute("aria-labelledby");
  }
  for (const buttons of document.querySelectorAll("nav.md-code__nav")) buttons.setAttribute("role", "none");
}

addFilters();
nameParts();
new MutationObserver(nameParts).observe(document.querySelector(".md-content") ?? document.body, { childList: true, subtree: true });
reachScrolling();
window.addEventListener("load", reachScrolling);
window.addEventListener("resize", reachScrolling);
