// Keys of the office's two pages. Everything here can be done by links and buttons as well: this only saves the mouse.
// `?` lists the keys, and there they can be turned off (WCAG 2.1.4).
(() => {
  const page = document.documentElement;
  const dialog = document.getElementById("keys");
  const single = document.getElementById("single-keys");
  const conclusion = document.getElementById("conclusion");
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const tell = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));
  page.classList.add("js");

  // --- single keys can be turned off, and stay off on this computer ------------------------------------------
  single.checked = localStorage.getItem("single-keys") !== "off";
  single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));
  one("[data-open-keys]").addEventListener("click", () => dialog.showModal());

  // --- the worklist: a cursor that is the real focus ---------------------------------------------------------
  const rows = () => all("#rows tr[id]");
  const rowHere = () => document.activeElement.closest("#rows tr[id]");
  const linkOf = (row) => one(".who a", row);

  function move(by) {
    const list = rows();
    const here = list.indexOf(rowHere());
    const row = list[here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(here + by, 0), list.length - 1)];
    if (row) linkOf(row).focus();
  }

  function handOut() {
    const ticked = all("#rows [name=item]:checked");
    const row = rowHere();
    if (!ticked.length && row) one("[name=item]", row).checked = true;
    if (ticked.length || row) document.getElementById("assign").requestSubmit();
  }

  const listKeys = {
    j: () => move(1),
    k: () => move(-1),
    x: () => rowHere() && one("[name=item]", rowHere()).click(),
    a: handOut,
  };

  // When rows come and go, the cursor, the ticks and the place on the screen stay where they were.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "rows") return;
    const anchor = rowHere() || one("#rows tr[id]:hover") || rows().find((row) => row.getBoundingClientRect().bottom > 60);
    kept = {
      number: rows().indexOf(rowHere()),
      focused: rowHere() && rowHere().id,
      ticked: all("#rows [name=item]:checked").map((tick) => tick.value),
      anchor: anchor && anchor.id,
      top: anchor && anchor.getBoundingClientRect().top,
    };
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!kept || event.detail.target.id !== "rows") return;
    for (const value of kept.ticked) {
      const tick = one(`#rows [name=item][value="${value}"]`);
      if (tick) tick.checked = true;
    }
    if (kept.focused) {
      const list = rows();
      const row = document.getElementById(kept.focused) || list[Math.min(kept.number, list.length - 1)];
      if (row) linkOf(row).focus({ preventScroll: true });
    }
    const anchor = kept.anchor && document.getElementById(kept.anchor);
    if (anchor) window.scrollBy(0, anchor.getBoundingClientRect().top - kept.top);
    kept = null;
  });

  // --- one work item: conclusion, reason, words --------------------------------------------------------------
  const verdicts = () => all("[name=verdict]", conclusion);
  const reason = conclusion && conclusion.elements.reason_code;
  const send = () => conclusion.requestSubmit(one("[data-send]", conclusion));
  const follow = (key) => {
    const link = one(`[data-key="${key}"]`);
    if (link) link.click();
  };

  function chooseVerdict(number) {
    const verdict = verdicts()[number - 1];
    if (!verdict) return;
    verdict.checked = true;
    tell(verdict);
    bring(reason);
  }

  // The focus goes there, and only the panel scrolls, as far as its foot leaves the field in sight.
  function bring(field) {
    const panel = field.closest(".panel--decide");
    field.focus({ preventScroll: true });
    if (panel.scrollHeight <= panel.clientHeight) return field.scrollIntoView({ block: "nearest" });
    const foot = one(".decide-foot, .govuk-button-group", panel).offsetHeight;
    const hidden = field.getBoundingClientRect().bottom + foot - panel.getBoundingClientRect().bottom;
    if (hidden > 0) panel.scrollTop += hidden;
  }

  // The reasons that go with the chosen conclusion; other lists are put away.
  function reasonsHere() {
    const chosen = verdicts().find((verdict) => verdict.checked);
    const options = all("option", reason).filter((option) => option.value);
    if (!chosen) return options;
    const first = options.find((option) => option.value === chosen.dataset.reasons);
    return all("option", first.parentElement).filter((option) => option.value);
  }

  function chooseReason(number) {
    const option = reasonsHere()[number - 1];
    if (!option) return;
    option.selected = true;
    tell(reason);
  }

  if (reason) {
    const suit = () => {
      const here = reasonsHere();
      const chosen = verdicts().find((verdict) => verdict.checked);
      for (const group of all("optgroup", reason)) group.hidden = group.disabled = chosen && !group.contains(here[0]);
      if (reason.value && !here.includes(reason.selectedOptions[0])) {
        const same = here.find((option) => option.value === reason.value);
        if (same) same.selected = true;
        else reason.value = "";
      }
      if (reason.value === "OTHER" || (chosen && "inWords" in chosen.dataset)) one(".in-words", conclusion).open = true;
    };
    conclusion.addEventListener("input", (event) => event.target.matches("[name=verdict], [name=reason_code]") && suit());
    suit();
  }

  const itemKeys = {
    r: () => reason && bring(reason),
    w: () => {
      const words = conclusion && all("textarea", conclusion).find((box) => box.offsetParent);
      if (words) bring(words);
    },
    n: () => follow("n"),
    p: () => follow("p"),
    u: () => follow("u"),
  };

  // A template fills an empty box; what somebody typed stays, above it.
  for (const select of all("[data-fills]")) {
    select.addEventListener("change", () => {
      const words = select.selectedOptions[0].dataset.words;
      const box = document.getElementById(select.dataset.fills);
      if (!words) return;
      const untouched = !box.value.trim() || all("option", select).some((option) => option.dataset.words === box.value);
      box.value = untouched ? words : `${box.value.trimEnd()}\n\n${words}`;
      tell(box);
    });
  }

  // --- the keyboard ------------------------------------------------------------------------------------------
  const typesText = (field) =>
    field.isContentEditable || field.matches("textarea, input:not([type=radio], [type=checkbox], [type=submit])");

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Escape" && !dialog.open && at.matches("input, select, textarea")) at.blur();
    if (dialog.open || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Enter" && conclusion) {
      const inForm = at.form === conclusion && at.matches("select, input") && !typesText(at);
      if (event.ctrlKey || (inForm && !event.shiftKey)) {
        event.preventDefault();
        send();
      }
      return;
    }
    if (event.ctrlKey || !single.checked || typesText(at)) return;
    let act = (conclusion || !one("#rows") ? itemKeys : listKeys)[event.key];
    if (event.key === "?") act = () => dialog.showModal();
    if (event.key === "/") act = () => document.getElementById("find").focus();
    if (reason && /^[1-9]$/.test(event.key)) act = () => (at === reason ? chooseReason : chooseVerdict)(+event.key);
    // In a list of choices letters belong to the list.
    if (!act || (at.matches("select") && !(at === reason && /^[1-9]$/.test(event.key)))) return;
    event.preventDefault();
    act();
  });
})();
