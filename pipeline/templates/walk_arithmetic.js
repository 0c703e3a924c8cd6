"use strict";
// The arithmetic of the walk: equations as text, such as "z = w1 * x1 + b", read once and evaluated on numbers.
// The names and the order of operations are those of the lecture's examples worked by hand in Python.

const FUNCTIONS = { exp: Math.exp, log: Math.log };

// Reads an expression of names, numbers, + - * / ^, brackets and functions; returns a function of values by name.
function parse(text) {
  const tokens = text.match(/\d+\.?\d*|[A-Za-z_]\w*|[-+*/^()]/g);
  let place = 0;
  const take = (token) => tokens[place] === token && ++place > 0;

  function sum() {
    let left = product();
    for (;;) {
      const before = left;
      if (take("+")) { const right = product(); left = (v) => before(v) + right(v); }
      else if (take("-")) { const right = product(); left = (v) => before(v) - right(v); }
      else return left;
    }
  }
  function product() {
    let left = signed();
    for (;;) {
      const before = left;
      if (take("*")) { const right = signed(); left = (v) => before(v) * right(v); }
      else if (take("/")) { const right = signed(); left = (v) => before(v) / right(v); }
      else return left;
    }
  }
  function signed() {
    if (!take("-")) return power();
    const value = signed();
    return (v) => -value(v);
  }
  function power() {
    const base = atom();
    if (!take("^")) return base;
    const exponent = signed();
    return (v) => Math.pow(base(v), exponent(v));
  }
  function atom() {
    const token = tokens[place++];
    if (token === "(") {
      const inner = sum();
      if (!take(")")) throw new Error(`a bracket stays open in ${text}`);
      return inner;
    }
    if (token in FUNCTIONS && take("(")) {
      const inner = sum();
      if (!take(")")) throw new Error(`a bracket stays open in ${text}`);
      return (v) => FUNCTIONS[token](inner(v));
    }
    if (/^\d/.test(token)) { const number = Number(token); return () => number; }
    return (v) => {
      if (!(token in v)) throw new Error(`${token} has no value in ${text}`);
      return v[token];
    };
  }
  const whole = sum();
  if (place !== tokens.length) throw new Error(`${text} does not end where it should`);
  return whole;
}

// Reads equations "name = expression".
function compile(equations) {
  return equations.map((text) => {
    const [name, expression] = text.split(" = ");
    return { name, expression, value: parse(expression) };
  });
}

// Returns every value: the givens, and what the equations make of them, one after the other.
function evaluate(program, givens) {
  const values = { ...givens };
  for (const line of program) values[line.name] = line.value(values);
  return values;
}

// Returns the givens with every parameter updated, all at once.
function updated(program, givens) {
  const values = evaluate(program, givens), next = { ...givens };
  for (const name of Object.keys(givens)) if (`${name}_new` in values) next[name] = values[`${name}_new`];
  return next;
}

// Returns the slope of one value by a given, from two evaluations close by.
function differenceQuotient(program, givens, of, by, nudge = 1e-5) {
  const at = (change) => evaluate(program, { ...givens, [by]: givens[by] + change })[of];
  return (at(nudge) - at(-nudge)) / (2 * nudge);
}

if (typeof module !== "undefined") module.exports = { parse, compile, evaluate, updated, differenceQuotient };
