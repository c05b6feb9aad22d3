"use strict";

// The boxes in which related records are looked up call themselves after their value, and nothing while they are empty.
// A screen reader must hear what is asked. The page defers this script, so that the admin’s own make the boxes before it.
{
  const nameBoxes = (part) => {
    for (const select of part.querySelectorAll("select.admin-autocomplete")) {
      const name = select.labels[0]?.textContent.trim() || select.getAttribute("aria-label");
      const box = select.nextElementSibling?.querySelector("[role=textbox], [role=searchbox]");
      if (name && box) box.setAttribute("aria-label", name);
    }
  };

  window.django?.jQuery?.(() => nameBoxes(document));
  document.addEventListener("formset:added", (event) => nameBoxes(event.target));
}
