// What is seen of the walk: the drawing, the step in words and numbers, the givens, the curve. State is in the address.

const DATA = JSON.parse(document.getElementById("data").textContent);
const WALKS = DATA.walks.map((walk) => ({ ...walk, program: compile(walk.equations) }));
const element = (id) => document.getElementById(id);
const PRESETS = [["crawls", 3.5, 0.01], ["the local valley", 3, 0.2], ["the deep valley", -0.5, 0.3], ["oscillates", -2.8, 0.8],
  ["diverges", 4.2, 0.9]];
const PHASES = { forward: ["Forward", "--net-1"], backward: ["Backward", "--baseline-1"], update: ["Update", "--net-3"] };

let walk, givens, at, updates, errors, trail, check = "";

// Symbols as on the blackboard: dE_dw5 is ∂E/∂w5, w11_1 is w with 11 below and (1) above.
function spelled(name) {
  if (name in walk.spelled) return walk.spelled[name];
  const ratio = name.match(/^d(.+?)_d(.+)$/);
  if (ratio) return `∂${spelled(ratio[1])}/∂${spelled(ratio[2])}`;
  if (name.endsWith("_new")) return `${spelled(name.slice(0, -4))}<sup>+</sup>`;
  if (name === "alpha") return "α";
  const slope = name.match(/^d([wb]\w*)$/);
  if (slope) return `∂${spelled(walk.cost)}/∂${spelled(slope[1])}`;
  const [, letter, index, more] = name.match(/^([A-Za-z])(\d*)(?:_(\w+))?$/) || [null, name, "", ""];
  const above = more && /^\d+$/.test(more);
  const below = index + (above || !more ? "" : more);
  return `<i>${letter}</i>` + (below ? `<sub>${below}</sub>` : "") + (above ? `<sup>(${more})</sup>` : "");
}

// Four decimals as in the lecture, fewer where a number has fewer; a true minus.
function written(value) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "not a number";
  const size = Math.abs(value);
  let text = value.toFixed(4);
  if (size >= 1e6 || (size > 0 && size < 5e-5)) text = value.toExponential(1);
  else if (Number(value.toFixed(2)) === value) text = value.toFixed(2);
  return text.replaceAll("-", "−");
}

// An expression with its names spelled, or with numbers in their place.
function told(expression, name) {
  return expression.replace(/[A-Za-z_]\w*|\^\d|[-*]/g, (token, place) => {
    if (token === "*") return "·";
    if (token === "-") return "−";
    if (token[0] === "^") return `<sup>${token[1]}</sup>`;
    return token in FUNCTIONS ? token : name(token, place);
  });
}

const isGiven = (name) => name in walk.givens;
const phaseOf = (name) => (name.endsWith("_new") ? "update" : /^d[A-Za-z]/.test(name) ? "backward" : "forward");
const values = () => evaluate(walk.program, givens);
const known = (name) => isGiven(name) || walk.program.findIndex((line) => line.name === name) < at;
const onTheSlides = () => updates === 0 && Object.keys(givens).every((name) => givens[name] === walk.givens[name]);

function start(name) {
  walk = WALKS.find((each) => each.name === name) || WALKS.find((each) => each.name === "example8");
  givens = { ...walk.givens };
  at = 1; updates = 0; errors = []; trail = []; check = "";
}

function step() {
  check = "";
  if (at < walk.program.length) { at += 1; return; }
  advance(1);
  at = 1;
}

function advance(count) {
  for (let i = 0; i < count; i++) {
    const next = updated(walk.program, givens);
    if (!Object.values(next).every(Number.isFinite)) return; // diverged beyond all numbers
    trail.push(givens);
    errors.push(values()[walk.cost]);
    givens = next;
    updates += 1;
  }
}

function back() {
  check = "";
  if (at > 1) { at -= 1; return; }
  if (!trail.length) return;
  givens = trail.pop(); errors.pop(); updates -= 1;
  at = walk.program.length;
}

function change(name, value) {
  if (!Number.isFinite(value)) return;
  givens = { ...givens, [name]: value };
  trail = []; errors = []; updates = 0; check = "";
  draw();
}

function quotient() {
  const line = walk.program[at - 1];
  const ratio = line.name.match(/^d(.+?)_d(.+)$/), slope = line.name.match(/^d([wb]\w*)$/);
  const parameter = slope ? slope[1] : ratio && isGiven(ratio[2]) ? ratio[2] : line.name.replace(/_new$/, "");
  if (!isGiven(parameter) || parameter === "alpha") {
    check = "Go to the slope of a weight, such as " + spelled(walk.program.find((each) => /_new$/.test(each.name)).name.slice(0, -4)) + ".";
  } else {
    const of = ratio && ratio[1] in values() ? ratio[1] : walk.cost;
    const found = differenceQuotient(walk.program, givens, of, parameter);
    check = `Difference quotient: ${spelled(parameter)} a little more and a little less changes ${spelled(of)} by `
      + `<span class="n">${found.toPrecision(7).replaceAll("-", "−")}</span> for each unit.`;
  }
}

function beside(line, value) {
  const row = (DATA.printed[walk.item] || {})[line.name];
  if (!row) return ["", ""];
  const number = /^-?\d*\.?\d+$/.test(row.printed);
  if (!number) return [row.verdict, `Printed as a formula: it ${row.verdict === "misprint" ? "is a misprint. " + row.why : "agrees"}`];
  const decimals = (row.printed.split(".")[1] || "").length;
  const same = value.toFixed(decimals) === Number(row.printed).toFixed(decimals);
  const text = `Printed: <span class="n">${row.printed.replace("-", "−")}</span>`;
  if (same) return ["agrees", text];
  if (row.verdict === "misprint" && onTheSlides()) return ["misprint", `${text}, a misprint. ${row.why}`];
  return ["", `${text}, from the slides’ numbers`];
}

function drawCard() {
  const line = walk.program[at - 1], all = values(), phase = phaseOf(line.name);
  document.body.style.setProperty("--phase", `var(${PHASES[phase][1]})`);
  element("where").textContent = `${PHASES[phase][0]} · step ${at} of ${walk.program.length} · update ${updates + 1}`;
  element("name").innerHTML = spelled(line.name);
  element("formula").innerHTML = "= " + told(line.expression, spelled);
  element("numbers").innerHTML = "= " + told(line.expression, (name) => {
    const text = written(all[name]);
    return `<span class="n">${text.startsWith("−") && name !== line.expression ? `(${text})` : text}</span>`;
  });
  element("result").innerHTML = `= <span class="n">${written(all[line.name])}</span>`;
  const [verdict, text] = beside(line, all[line.name]);
  element("printed").className = verdict;
  element("printed").innerHTML = text;
  element("check").innerHTML = check;
  element("place").firstElementChild.style.width = `${(100 * at) / walk.program.length}%`;
}

// Names that the step has to do with: its own, those of its expression, and the weights of its slopes.
function concerned() {
  const line = walk.program[at - 1], names = new Set([line.name, ...(line.expression.match(/[A-Za-z_]\w*/g) || [])]);
  for (const name of [...names]) {
    for (const part of (name.replace(/_new$/, "").match(/^d(.+?)_d(.+)$/) || []).slice(1)) names.add(part);
    const slope = name.match(/^d([wb]\w*)$/);
    if (slope) names.add(slope[1]);
    if (name.endsWith("_new")) names.add(name.slice(0, -4));
  }
  return names;
}

const svgText = (html) => html.replace(/<i>(.*?)<\/i>/g, '<tspan font-style="italic" font-family="var(--serif)">$1</tspan>')
  .replace(/<sub>(.*?)<\/sub>(?:<sup>(.*?)<\/sup>)?/g, (_, low, high) =>
    `<tspan dy="0.7" font-size="0.7em">${low}</tspan><tspan dy="${high ? -1.7 : -0.7}" font-size="0.7em">${high || "\u200b"}</tspan>`
    + (high ? '<tspan dy="1">\u200b</tspan>' : ""))
  .replace(/<sup>(.*?)<\/sup>/g, '<tspan dy="-1" font-size="0.7em">$1</tspan><tspan dy="1">\u200b</tspan>');

function drawNet() {
  const all = values(), lit = concerned(), scale = [1.4, 1.08], parts = [];
  const spot = (name) => walk.nodes[name].map((value, axis) => value * scale[axis]);
  const showing = (name) => (walk.shows[name] || []).filter((value) => known(value));
  const half = (name) => (name.endsWith(":1") ? 3 : (walk.shows[name] || []).length > 1 ? 11.5 : 8);
  const isLit = (name) => (walk.shows[name] || []).some((value) => lit.has(value));
  const labels = [];
  for (const [source, target, parameter] of walk.edges) {
    const [x1, y1] = spot(source), [x2, y2] = spot(target);
    const neurons = walk.edges.filter((edge) => edge[2] === parameter).map((edge) => edge[1]); // a bias may have two
    const on = parameter ? lit.has(parameter) && (isLit(target) || !neurons.some(isLit)) : isLit(source) && isLit(target);
    const from = [x1 + half(source), y1], to = [x2 - half(target), y2];
    parts.push(`<path class="edge${on ? " lit" : ""}" d="M${from} L${to}"/>`);
    if (!parameter) continue;
    const bias = source.endsWith(":1");
    if (bias && walk.edges.find((edge) => edge[2] === parameter)[1] !== target) continue; // one number on two edges
    const share = bias ? 0 : y1 === y2 ? 0.1 : 0.3; // edges that cross are named where they are apart
    const [x, y] = [from[0] + share * (to[0] - from[0]) + 2, from[1] + share * (to[1] - from[1]) + (bias ? 1 : 0)];
    const next = `${parameter}_new`;
    const text = `${svgText(spelled(parameter))} <tspan font-weight="600">${written(givens[parameter])}</tspan>`;
    const after = next in all && known(next) ? `<text class="${on ? "lit" : ""}" x="${x}" y="${y + 4.6}" font-size="2.9">→ ${written(all[next])}</text>` : "";
    labels.push(`<g class="weight" data-given="${parameter}"><rect class="ground" x="${x - 0.6}" y="${y - 2.6}" width="${5.5 + 1.85 * written(givens[parameter]).length}" `
      + `height="${after ? 8 : 4.6}"/><text class="${on ? "lit" : ""}" x="${x}" y="${y + 0.9}" font-size="2.9">${text}</text>${after}</g>`);
  }
  parts.push(...labels);
  for (const name of Object.keys(walk.nodes)) {
    const [x, y] = spot(name), width = half(name), shown = walk.shows[name] || [];
    const bias = name.endsWith(":1");
    const high = bias ? 3 : 5.6;
    parts.push(`<rect class="node${isLit(name) ? " lit" : ""}" x="${x - width}" y="${y - high}" width="${2 * width}" `
      + `height="${2 * high}" rx="${bias ? 3 : 4}"${bias ? ' stroke-dasharray="1 1"' : ""}/>`);
    if (bias) parts.push(`<text x="${x}" y="${y + 1}" text-anchor="middle" font-size="2.9">1</text>`);
    shown.forEach((value, place) => {
      const on = lit.has(value) ? ' class="lit-text"' : "", text = showing(name).includes(value) ? written(all[value]) : "?";
      const alone = shown.length === 1, baseline = y + (place ? 3.6 : -1.1);
      parts.push(`<g${isGiven(value) ? ` class="weight" data-given="${value}"` : ""}>`
        + `<text${on} x="${alone ? x : x - 10.3}" y="${baseline}" text-anchor="${alone ? "middle" : "start"}" font-size="2.9">${svgText(spelled(value))}</text>`
        + `<text${on} x="${alone ? x : x + 10.3}" y="${alone ? y + 3.4 : baseline}" text-anchor="${alone ? "middle" : "end"}" font-size="3.1" `
        + `font-weight="600">${text}</text></g>`);
    });
  }
  const target = Object.keys(walk.nodes).filter((name) => /^o\d$/.test(name));
  for (const name of target) {
    const [x, y] = spot(name);
    parts.push(`<text x="${x}" y="${y - 7}" text-anchor="middle" font-size="2.7">should be ${written(givens[`y${name[1]}`])}</text>`);
  }
  const svg = element("drawing");
  svg.setAttribute("viewBox", "0 4 140 104");
  svg.innerHTML = parts.join("");
}

function drawHill() {
  const line = walk.program[0], width = 140, height = 96;
  const across = (x) => 70 + x * 14.5, down = (f) => 74 - 7.5 * f;
  const hill = [];
  for (let x = -4.6; x <= 4.6; x += 0.05) hill.push([across(x), down(line.value({ x }))]);
  const path = [...trail.slice(-60), givens].map((each) => each.x);
  const inside = path.filter((x) => Math.abs(x) < 4.6);
  const dots = inside.map((x, place) => [across(x), down(line.value({ x })), place]);
  const x = givens.x, all = values(), parts = [`<path class="edge known" d="M${hill.join(" L")}"/>`];
  parts.push(`<path class="edge lit" style="stroke-width:0.35" d="M${(dots.length ? dots : [[0, 0]]).map((dot) => dot.slice(0, 2)).join(" L")}"/>`);
  for (const [px, py] of dots.slice(0, -1)) parts.push(`<circle cx="${px}" cy="${py}" r="0.9" fill="var(--muted)"/>`);
  if (Math.abs(x) < 4.6) {
    const reach = 9 / Math.hypot(14.5, 7.5 * all.df_dx), dx = reach * 14.5, dy = -reach * 7.5 * all.df_dx;
    const [cx, cy] = [across(x), down(all.f)];
    if (at > 1) parts.push(`<path class="edge" style="stroke:var(--baseline-1);stroke-width:0.6" d="M${cx - dx} ${cy - dy} L${cx + dx} ${cy + dy}"/>`);
    parts.push(`<circle class="weight" data-given="x" cx="${cx}" cy="${cy - 2.4}" r="2.6" fill="var(--net-1)"/>`);
    if (at > 2 && Math.abs(all.x_new) < 4.6)
      parts.push(`<circle cx="${across(all.x_new)}" cy="${down(line.value({ x: all.x_new })) - 2.4}" r="2.4" fill="none" stroke="var(--net-3)" stroke-width="0.6"/>`);
  } else parts.push(`<text x="70" y="20" text-anchor="middle" font-size="5">The ball is at x = ${written(x)}, far outside.</text>`);
  for (let tick = -4; tick <= 4; tick += 2)
    parts.push(`<text x="${across(tick)}" y="98" text-anchor="middle" font-size="2.8">${String(tick).replace("-", "−")}</text>`);
  const svg = element("drawing");
  svg.setAttribute("viewBox", `0 4 ${width} ${height}`);
  svg.innerHTML = parts.join("");
}

function drawCurve() {
  const svg = element("curve"), shown = [...errors, values()[walk.cost]].filter(Number.isFinite);
  svg.style.display = errors.length ? "" : "none";
  element("course").innerHTML = "";
  if (!errors.length) return;
  const top = Math.max(...shown), low = Math.min(0, ...shown), last = shown.length - 1;
  const points = shown.map((value, i) => [36 + (356 * i) / Math.max(last, 1), 112 - (104 * (value - low)) / (top - low || 1)]);
  svg.innerHTML = `<path d="M${points.join(" L")}" fill="none" stroke="var(--net-1)" stroke-width="2" vector-effect="non-scaling-stroke"/>`
    + `<path d="M36 8V112H392" fill="none" stroke="var(--muted)" vector-effect="non-scaling-stroke"/>`;
  element("course").innerHTML = `${spelled(walk.cost)} from <span class="n">${written(shown[0])}</span> to `
    + `<span class="n">${written(shown[last])}</span> in ${updates} updates`;
  svg.setAttribute("aria-label", `${walk.cost} over ${updates} updates, from ${written(shown[0])} to ${written(shown[last])}`);
}

function drawGivens() {
  const box = element("givens"), names = Object.keys(walk.givens);
  if (box.dataset.walk !== walk.name) {
    box.dataset.walk = walk.name;
    box.innerHTML = names.map((name) => `<label><span data-given="${name}" title="Drag sideways">${spelled(name)}</span>`
      + `<input type="number" step="any" inputmode="decimal" data-input="${name}"></label>`).join("");
  }
  for (const input of box.querySelectorAll("input")) {
    const name = input.dataset.input;
    if (input !== document.activeElement) input.value = Number(givens[name].toPrecision(7));
    input.parentElement.classList.toggle("changed", givens[name] !== walk.givens[name]);
  }
  element("presets").innerHTML = walk.name === "descent"
    ? PRESETS.map(([text, x, alpha]) => `<button data-x="${x}" data-alpha="${alpha}">${text}: α = ${alpha}</button>`).join(" ") : "";
}

function draw() {
  if (walk.name === "descent") drawHill(); else drawNet();
  drawCard(); drawGivens(); drawCurve();
  const stage = element("stage"), lit = element("drawing").querySelector(".lit, .lit-text");
  if (lit && stage.scrollWidth > stage.clientWidth) {
    const [place, frame] = [lit.getBoundingClientRect(), stage.getBoundingClientRect()];
    stage.scrollLeft += (place.left + place.right) / 2 - (frame.left + frame.right) / 2;
  }
  for (const tab of document.querySelectorAll("[data-walk][role=tab]")) tab.setAttribute("aria-selected", String(tab.dataset.walk === walk.name));
  const changed = Object.keys(givens).filter((name) => givens[name] !== walk.givens[name]).map((name) => `${name}=${givens[name]}`);
  history.replaceState(null, "", `#${walk.name}/${at}${changed.length ? "?" + changed.join("&") : ""}`);
}

function read() {
  const [, name, place, changed] = location.hash.match(/^#(\w+)(?:\/(\d+))?(?:\?(.*))?$/) || [];
  start(name);
  at = Math.min(Math.max(Number(place) || 1, 1), walk.program.length);
  for (const [key, value] of new URLSearchParams(changed || "")) if (isGiven(key) && Number.isFinite(Number(value))) givens[key] = Number(value);
  draw();
}

const DO = {
  step: () => step(), back: () => back(), hundred: () => { check = ""; advance(100); }, quotient: () => quotient(), reset: () => start(walk.name),
};
for (const [id, action] of Object.entries(DO)) element(id).addEventListener("click", () => { action(); draw(); });
document.querySelector("[role=tablist]").addEventListener("click", (event) => {
  const name = event.target.dataset.walk;
  if (name) { start(name); draw(); }
});
element("givens").addEventListener("input", (event) => {
  if (event.target.value !== "") change(event.target.dataset.input, Number(event.target.value));
});
element("presets").addEventListener("click", (event) => {
  if (!event.target.dataset.x) return;
  start("descent");
  givens = { x: Number(event.target.dataset.x), alpha: Number(event.target.dataset.alpha) };
  draw();
});
document.addEventListener("keydown", (event) => {
  if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { ArrowRight: "step", ArrowLeft: "back", h: "hundred", c: "quotient", r: "reset" };
  if (/^[1-9]$/.test(event.key) && WALKS[event.key - 1]) start(WALKS[event.key - 1].name);
  else if (event.key === "Home") at = 1;
  else if (event.key === "End") at = walk.program.length;
  else if (keys[event.key]) DO[keys[event.key]]();
  else return;
  event.preventDefault();
  draw();
});

// A number is dragged sideways: a pixel is a hundredth. A swipe over the drawing goes a step.
let held = null;
document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-given]"), drawing = event.target.closest("#drawing");
  if (handle) held = { name: handle.dataset.given, x: event.clientX, value: givens[handle.dataset.given] };
  else if (drawing && event.pointerType !== "mouse") held = { swipe: true, x: event.clientX };
  if (handle) event.preventDefault();
});
document.addEventListener("pointermove", (event) => {
  if (held && held.name) change(held.name, Math.round(100 * (held.value + (event.clientX - held.x) / 100)) / 100);
});
document.addEventListener("pointerup", (event) => {
  const moved = held && held.swipe ? event.clientX - held.x : 0;
  held = null;
  if (Math.abs(moved) > 40) { if (moved < 0) step(); else back(); draw(); }
});
document.addEventListener("pointercancel", () => { held = null; });
window.addEventListener("hashchange", read);
read();
