// Extras on the pages where she fills in a request. Everything works without this file, only less comfortably.
"use strict";

// --- money: 1500000 becomes 1.500.000 as she types, and the caret stays where it was ---------------------------
for (const box of document.querySelectorAll("input[data-thousands]")) {
  let byHand = false;
  box.addEventListener("input", (event) => {
    // A dot of her own may be a decimal one, "1.5 tỷ": taken away it would make ten times as much. It stays.
    byHand = Boolean(box.value) && (byHand || /[.]/.test(event.data || "") || (event.inputType === "insertFromPaste" && box.value.includes(".")));
    if (byHand || !/^[\d. ]*$/.test(box.value)) return;
    const digitsBefore = box.value.slice(0, box.selectionStart).replace(/\D/g, "").length;
    const digits = box.value.replace(/\D/g, "");
    box.value = digits.replace(/\B(?=(\d{3})+$)/g, ".");
    let place = 0;
    for (let seen = 0; seen < digitsBefore; place += 1) if (/\d/.test(box.value[place])) seen += 1;
    box.setSelectionRange(place, place);
  });
}

// --- the clock until a new code can be sent -------------------------------------------------------------------
for (const form of document.querySelectorAll("form[data-wait]")) {
  const button = form.querySelector("button"), clock = form.querySelector("[data-clock]");
  const until = Date.now() + 1000 * Number(form.dataset.wait);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.hidden = left > 0;
    form.querySelector("p").hidden = left <= 0;
    clock.textContent = `(${clock.dataset.in} ${left} ${clock.dataset.seconds})`;
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
}

// --- the commune: a box to type in, before the plain list -----------------------------------------------------
const plain = (text) => text.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\s+/g, " ").trim();

function finder(select) {
  const words = select.dataset, label = document.querySelector(`label[for="${select.id}"]`);
  const lines = [...select.options].filter((option) => option.value).map((option) => ({
    value: option.value, name: option.text, formerly: option.dataset.formerly || "",
    plainName: plain(option.text), plainFormerly: plain((option.dataset.formerly || "").replace(/[(),;]/g, " ")),
  }));
  const frame = document.createElement("div");
  frame.className = "finder";
  document.getElementById(`${select.id}_helptext`).textContent = words.search;
  const box = Object.assign(document.createElement("input"), { className: "govuk-input", id: `${select.id}_box`, type: "text", autocomplete: "off", spellcheck: false });
  const list = Object.assign(document.createElement("ul"), { id: `${select.id}_list`, hidden: true });
  const told = Object.assign(document.createElement("p"), { className: "govuk-visually-hidden" });
  told.setAttribute("role", "status");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label.textContent);
  const state = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    "aria-describedby": select.getAttribute("aria-describedby") };
  if (select.getAttribute("aria-invalid") === "true") state["aria-invalid"] = "true";
  for (const [name, value] of Object.entries(state)) box.setAttribute(name, value);
  frame.append(box, list, told);
  select.after(frame);
  select.hidden = true;
  label.htmlFor = box.id;
  if (location.hash === `#${select.id}`) box.focus();
  box.value = select.value ? select.selectedOptions[0].text : "";
  for (const link of document.querySelectorAll(`a[href="#${select.id}"]`)) link.href = `#${box.id}`;
  let found = [], at = -1;

  const rank = (line, typed) => {
    const today = ` ${line.plainName} `, former = ` ${line.plainFormerly} `;
    if ([line.plainName, line.plainName.replace(/^(xa|phuong|dac khu) /, "")].includes(typed)) return 0;
    const places = [today.includes(` ${typed} `), today.includes(` ${typed}`), former.includes(` ${typed} `), former.includes(` ${typed}`)];
    return places.includes(true) ? places.indexOf(true) + 1 : 9;
  };
  const close = () => { list.hidden = true; at = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const choose = (line) => { select.value = line.value; box.value = line.name; told.textContent = line.name; close(); };
  const mark = (place) => {
    at = (place + found.length) % found.length;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    list.children[at].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const show = () => {
    const typed = plain(box.value);
    found = lines.map((line) => [rank(line, typed), line]).filter(([points]) => typed && points < 9)
      .sort((one, other) => one[0] - other[0]).map(([, line]) => line).slice(0, 12);
    list.replaceChildren(...found.map((line, number) => {
      const item = document.createElement("li"), was = document.createElement("span");
      item.id = `${list.id}_${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      was.className = "second";
      was.textContent = line.formerly ? `${words.formerlyWord} ${line.formerly}` : "";
      item.append(line.name, was);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(line); });
      return item;
    }));
    list.hidden = !found.length;
    at = -1;
    box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-expanded", String(found.length > 0));
    told.textContent = typed ? (found.length ? `${found.length} ${words.found}` : words.nothing) : "";
    told.className = typed && !found.length ? "second" : "govuk-visually-hidden";
  };
  box.addEventListener("input", () => { select.value = ""; show(); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (["ArrowDown", "ArrowUp"].includes(event.key) && found.length) {
      event.preventDefault();
      list.hidden = false;
      box.setAttribute("aria-expanded", "true");
      mark(at < 0 ? (event.key === "ArrowDown" ? 0 : found.length - 1) : at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && found.length) { event.preventDefault(); choose(found[Math.max(at, 0)]); }
  });
  box.addEventListener("blur", () => {
    const exact = lines.find((line) => line.plainName === plain(box.value));
    if (!select.value && exact) choose(exact);
    else if (!select.value && found.length === 1 && box.value.trim()) choose(found[0]);
    close();
  });
}
document.querySelectorAll("select[data-search]").forEach(finder);

// --- photos: made smaller on the phone, sent at once with a bar, and again after a cut --------------------------
const ENOUGH = 500 * 1024, LONGEST_SIDE = 2000;

async function smaller(file) {
  if (!/^image\/(jpeg|png)$/.test(file.type) || file.size <= ENOUGH || !self.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    let side = LONGEST_SIDE, quality = 0.85, made = file;
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (!made || made.size <= ENOUGH) break;
      if (quality > 0.6) quality -= 0.12; else side *= 0.8;
    }
    return made && made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch { return file; }
}

// So long without a byte in either direction, and the connection counts as cut.
const CUT_AFTER = 60000;

function send(form, data, onProgress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    let silent;
    const heard = () => { clearTimeout(silent); silent = setTimeout(() => request.abort(), CUT_AFTER); };
    request.open("POST", form.action || location.href);
    request.upload.onprogress = (event) => { heard(); onProgress(event.loaded / event.total); };
    request.onprogress = heard;
    // A page came back, with what was kept and what was wrong; no answer at all, or a busy server, is tried again.
    request.onload = () => (request.status >= 500 ? failed(request) : done(request));
    request.onerror = request.onabort = () => failed(request);
    request.onloadend = () => clearTimeout(silent);
    heard();
    request.send(data);
  });
}

// Until she presses the button, the phone is connected again, or some seconds are over.
const pause = (seconds, button) => new Promise((go) => {
  setTimeout(go, seconds * 1000);
  button.onclick = go;
  addEventListener("online", go, { once: true });
});

// How many boxes are still sending, and which button she pressed meanwhile: it waits for them.
let underway = 0, pressed = null;

// One file: its name, its bar, words for who does not see the bar, and a button for who does not want to wait.
function lineOf(form, file) {
  const line = document.createElement("div");
  line.className = "sending";
  line.innerHTML = '<progress max="1" value="0"></progress><p role="status" aria-live="polite"></p><button type="button" class="link" hidden></button>';
  const [progress, words, again] = line.children;
  progress.setAttribute("aria-label", `${form.dataset.sending}: ${file.name}`);
  again.textContent = form.dataset.again;
  const say = (text, weak = false) => { words.className = weak ? "weak" : ""; words.textContent = `${file.name}: ${text}`; again.hidden = !weak; };
  return { line, progress, again, say };
}

// Send one file until there is an answer; return the page that came back.
async function sendOne(form, name, file, { progress, again, say }) {
  const data = new FormData();
  for (const hidden of form.querySelectorAll('input[type="hidden"]')) data.append(hidden.name, hidden.value);
  data.append("add", "");
  data.append(name, file);
  for (let wait = 2; ; wait = Math.min(wait * 2, 30)) {
    say(form.dataset.sending);
    try {
      const answer = await send(form, data, (part) => { progress.value = part; });
      progress.value = 1;
      return new DOMParser().parseFromString(answer.responseText, "text/html");
    } catch {
      say(form.dataset.weak, true);
      progress.value = 0;
      await pause(wait, again);
    }
  }
}

async function sendChosen(form, box) {
  underway += 1;
  const rows = [...box.files].map((file) => ({ file, ...lineOf(form, file) })), pages = [], left = new DataTransfer();
  box.after(...rows.map((row) => row.line));
  box.disabled = true;
  for (const row of rows) {
    row.say(form.dataset.smaller);
    const file = await smaller(row.file), page = await sendOne(form, box.name, file, row);
    // Another page came back, of a case that has moved on or of the sign-in: what she typed stays, the file goes along.
    if (boxIn(page, box.name)) pages.push(page); else left.items.add(file);
    row.say(boxIn(page, box.name) ? form.dataset.done : form.dataset.later);
  }
  box.disabled = false;
  const refused = pages.length && drawAnew(form, pages, box, left.files);
  if (left.files.length) form.querySelector(`[name="${box.name}"]`).files = left.files;
  underway -= 1;
  // What was refused she reads before anything is sent.
  if (refused) pressed = null;
  if (pressed && !underway) {
    const { name, value } = pressed, same = pressed.isConnected ? pressed : [...form.querySelectorAll("button[name]")].find((button) => button.name === name && button.value === value);
    pressed = null;
    if (same) form.requestSubmit(same);
  }
}

const boxIn = (page, name) => page.querySelector(`form[data-papers] [name="${name}"]`);

// Only the box that was sent is drawn anew: another one may still be sending. Return whether a file was refused.
function drawAnew(form, pages, box, left) {
  const page = pages[pages.length - 1], fresh = boxIn(page, box.name), place = fresh.closest(".paper-box");
  // Each file was answered by a page of its own; every refusal and every note is said.
  const wrong = pages.flatMap((each) => [...boxIn(each, box.name).closest(".paper-box").querySelectorAll(".govuk-error-message")]);
  for (const words of wrong) { words.removeAttribute("id"); words.setAttribute("role", "alert"); }
  if (wrong.length) { place.classList.add("paper-box--error"); fresh.before(...wrong); }
  fresh.before(...pages.flatMap((each) => [...each.querySelectorAll(".message.info")]));
  box.closest(".paper-box").replaceWith(place);
  for (const remove of page.querySelectorAll('form[id^="remove-"]')) if (!document.getElementById(remove.id)) form.before(remove);
  watch(form, fresh);
  if (document.activeElement === document.body) fresh.focus();
  if (pages.length > wrong.length && !left.length) told(form).textContent = form.dataset.done;
  return wrong.length > 0;
}

// Where it is said to whoever does not see the box that a file has arrived.
function told(form) {
  const last = form.querySelector("[data-told]");
  last.textContent = "";
  return last;
}

function watch(form, box) {
  box.addEventListener("change", () => { if (box.files.length) sendChosen(form, box); });
}
for (const form of document.querySelectorAll("form[data-papers]")) {
  const words = Object.assign(document.createElement("p"), { className: "govuk-visually-hidden" });
  words.setAttribute("role", "status");
  words.dataset.told = "";
  form.append(words);
  form.querySelectorAll('input[type="file"]').forEach((box) => watch(form, box));
  form.addEventListener("submit", (event) => {
    if (!underway) return;
    event.preventDefault();
    pressed = event.submitter;
  });
}
