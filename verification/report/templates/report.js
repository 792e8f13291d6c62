"use strict";
// Long tables: the rows beyond the first ones are drawn when somebody asks for them. Without scripts the first remain.
const STEP = 500;
for (const region of document.querySelectorAll("[data-long]")) {
  const rest = JSON.parse(region.querySelector("script").textContent);
  const body = region.querySelector("tbody");
  const first = [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  const all = first.concat(rest), field = region.querySelector("input"), shown = region.querySelector("output");
  let matching = all, number = first.length;
  const draw = () => {
    body.replaceChildren(...matching.slice(0, number).map((values) => {
      const row = document.createElement("tr");
      row.append(...values.map((value) => Object.assign(document.createElement("td"), { textContent: value })));
      return row;
    }));
    const what = matching === all ? "rows" : "that match";
    shown.textContent = `${Math.min(number, matching.length)} of ${matching.length} ${what}`;
  };
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    matching = !wanted ? all : all.filter((values) => values.join("\n").toLowerCase().includes(wanted));
    number = first.length;
    draw();
  });
  region.querySelector("button").addEventListener("click", () => { number += STEP; draw(); });
  region.querySelector(".filter").hidden = false;
}
const openTarget = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  if (target) target.scrollIntoView();
};
addEventListener("hashchange", openTarget);
openTarget();
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
