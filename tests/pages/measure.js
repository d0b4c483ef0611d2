// Measures of one page; each returns what is wrong in words. Read by looking.py, run in the page.

const shown = (element) => {
  const box = element.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) return false;
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(".govuk-visually-hidden, [hidden]");
};
const said = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);
const ownText = (element) => [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").trim();

// Language, title and the one heading.
function frame(language) {
  const wrong = [];
  if (document.documentElement.lang !== language) wrong.push(`lang is ${document.documentElement.lang}`);
  if (!document.title.replace("– Đồng Hành", "").trim()) wrong.push("the page has no title");
  const headings = [...document.querySelectorAll("h1")].filter((each) => each.checkVisibility());
  if (headings.length !== 1) wrong.push(`${headings.length} h1`);
  return wrong;
}

// Text is large enough: 16 px for what is read and typed, 14 in small parts of hers, 13 for the smallest of the office.
function letters(hers) {
  const wrong = [];
  const body = parseFloat(getComputedStyle(document.body).fontSize);
  if (body < 16) wrong.push(`body text ${body} px`);
  for (const element of document.querySelectorAll("body *")) {
    if (!ownText(element) && !element.matches("input, select, textarea")) continue;
    if (!shown(element) || element.closest("kbd, sup")) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    const svg = element.closest("svg");
    const scale = svg && svg.viewBox.baseVal && svg.viewBox.baseVal.width ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    const read = element.matches("main > p:not(.second, .kicker), label, legend, .words-to-her, .bubble p, button, input, select, textarea, dd");
    // A drawing whose words stand beside it in full size.
    const drawn = element.closest("[aria-hidden=true]");
    const least = hers && !drawn ? (read ? 16 : 14) : 13;
    if (size * scale < least - 0.2) wrong.push(`text ${Math.round(size * scale * 10) / 10} px < ${least}: ${said(element)}`);
  }
  return wrong.slice(0, 8);
}

// A thumb hits it: 44 × 44. Excepted as in WCAG 2.5.5: a link inside a sentence, and what a label beside it enlarges.
function targets() {
  const wrong = [];
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(element) || element.matches(".govuk-skip-link")) continue;
    const block = element.closest("p, li, dd, td, label, .govuk-hint, .second, figcaption");
    const around = block ? block.innerText.replace(element.innerText, "").trim() : "";
    if (element.matches("a") && getComputedStyle(element).display === "inline" && around.length > 2) continue;
    // A link or button may lie over its whole row by its ::after.
    const over = getComputedStyle(element, "::after");
    const whole = over.content !== "none" && over.position === "absolute" && over.inset === "0px" && element.offsetParent;
    const box = (whole || element).getBoundingClientRect();
    const label = element.matches("[type=checkbox], [type=radio]") && element.labels && element.labels[0];
    let { width, height } = box;
    if (label) {
      const beside = label.getBoundingClientRect();
      width = Math.max(box.right, beside.right) - Math.min(box.left, beside.left);
      height = Math.max(height, beside.height);
    }
    if (width < 43.5 || height < 43.5) wrong.push(`target ${Math.round(width)}×${Math.round(height)}: ${said(element)}`);
  }
  return wrong.slice(0, 8);
}

// Nothing needs sideways scrolling of the page, and no text is cut off. A table may scroll in a box of its own.
function fits(width) {
  const wrong = [];
  const page = document.scrollingElement;
  if (page.scrollWidth > width) {
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1 && shown(element) && !scrolls(element));
    wrong.push(`${page.scrollWidth} px wide at ${width}: ${wide.slice(-2).map(said).join(" | ")}`);
  }
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    if (!["hidden", "clip"].includes(style.overflowX) || !shown(element) || element.closest("svg")) continue;
    if (element.scrollWidth > element.clientWidth + 1 && element.innerText && element.innerText.trim()) wrong.push(`cut off at ${width}: ${said(element)}`);
  }
  return wrong.slice(0, 6);
}
function scrolls(element) {
  for (let around = element; around && around !== document.body; around = around.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(around).overflowX)) return true;
  }
  return false;
}

// On paper: what matters is there, dark on light, within the page.
function printed(width) {
  const wrong = [];
  const heading = document.querySelector("main h1") || document.querySelector("h1");
  if (!heading || !heading.checkVisibility()) wrong.push("print: the heading is gone");
  if (document.scrollingElement.scrollWidth > width) wrong.push(`print: ${document.scrollingElement.scrollWidth} px wide on ${width}`);
  for (const element of document.querySelectorAll("main h1, main p, main dd, main td")) {
    if (!ownText(element) || !shown(element)) continue;
    const [red, green, blue] = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
    // A browser prints no backgrounds: light letters would vanish on white paper.
    if (0.2126 * red + 0.7152 * green + 0.0722 * blue > 150) wrong.push(`print: light letters: ${said(element)}`);
  }
  return wrong.slice(0, 4);
}

// In high contrast backgrounds vanish: buttons, tags and cards must keep an edge, and text its colour.
function outlined() {
  const wrong = [];
  for (const element of document.querySelectorAll(".leave, .govuk-button, .govuk-tag, .card, .govuk-input, .govuk-textarea, .govuk-select, .govuk-error-summary")) {
    if (!shown(element)) continue;
    const style = getComputedStyle(element);
    if (!["Top", "Right", "Bottom", "Left"].some((side) => style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) > 0)) wrong.push(`forced colours: no edge: ${said(element)}`);
  }
  return wrong.slice(0, 4);
}
