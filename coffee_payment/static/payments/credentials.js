// The form for new credentials: shows the keys of the chosen scenario only.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const scenario = document.getElementById("id_scenario");
  if (!scenario) return;
  const fields = document.querySelectorAll("[data-scenarios]");
  const show = () => fields.forEach((field) => {
    const fits = field.dataset.scenarios.split(" ").includes(scenario.value);
    field.closest(".form-row").classList.toggle("hidden", !fits);
    field.disabled = !fits;
  });
  scenario.addEventListener("change", show);
  show();
});
