// WCAG 2 contrast of every visible text against the nearest painted ground; below 4.5 is weak.
const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const parse = (c) => c.match(/[\d.]+/g).map(Number);
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
function ground(element) {
  for (let e = element; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0.9) return colour;
  }
  return [255, 255, 255];
}
const weak = [];
let checked = 0;
for (const element of document.querySelectorAll("body *:not(script):not(style)")) {
  const text = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!text || !element.checkVisibility() || element.closest("svg") || element.disabled) continue;
  const a = luminance(parse(getComputedStyle(element).color)) + 0.05;
  const b = luminance(ground(element)) + 0.05;
  const ratio = Math.max(a, b) / Math.min(a, b);
  checked += 1;
  if (ratio < 4.5) weak.push([element.tagName, element.className, element.textContent.slice(0, 40), ratio]);
}
return { checked, weak };
