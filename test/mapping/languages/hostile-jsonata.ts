import fc from "fast-check";
import { form, pick } from "./hostile-forms.ts";

const PATTERNS = pick(
  "/^(a+)+$/",
  "/(a|a)*b/",
  "/(a{30}){30}/",
  "/.*.*.*.*x/",
  "/(x+x+)+y/",
  "/x*/",
  "/^a/i",
  "/(?=a)/",
);
const NAMES = pick("value", "constructor", "prototype", "`__proto__`", "toString", "implementation", "environment");

/** What is refused in any case, or should be. */
const REFUSED = pick(
  "$eval('1')",
  "$toMillis('2020-01-01', '[Y][Y][Y][Y][Y][Y]')",
  "$now()",
  "process.env",
  "globalThis",
  "scim.constructor",
  "$lookup(scim, '__proto__')",
  "$sum.implementation.constructor('return process')()",
  "$lookup($string, 'implementation')",
  "{'__proto__': {'polluted': 1}}",
  "$merge([{'constructor': {'prototype': {'polluted': 1}}}, scim])",
  "scim ~> |$|{'__proto__': {'polluted': 1}}|",
  "scim ~> |emails|{'constructor': 1}, ['value']|",
  `${"(".repeat(1_500)}1${")".repeat(1_500)}`,
  `${"[".repeat(500)}${"]".repeat(500)}`,
  `${"(".repeat(40)}userName${"?:userName)".repeat(40)}`,
  `${"1 + ".repeat(900)}1`,
  `'${"x".repeat(5_000)}'`,
  "($f := function() { $f() }; $f())",
  "($f := function($n) { 1 + $f($n) }; $f(1))",
  "($f := function($v, $n) { $n = 0 ? $v : $f({'a': $v, 'b': $v}, $n - 1) }; $f('x', 40))",
  "($f := function($v, $n) { $n = 0 ? $v : $f($v & $v, $n - 1) }; $f(nickName, 40))",
  "$count([1..10000000])",
  "$pad(nickName, 1e12)",
  "emails.%.%.%",
  "\u0000",
  "'\\ud800'",
);

/** Expressions over the variables of a source for users. */
const hostileExpression: fc.Arbitrary<string> = fc.letrec<Record<"text" | "texts" | "truth" | "number", string>>(
  (tie) => {
    const [text, texts, truth, number] = [tie("text"), tie("texts"), tie("truth"), tie("number")];
    // What is inside a function, where `$x` is an element.
    const inner = fc.oneof(pick("$x", "$x & $x", "{'a': $x, 'b': $x}"), form("($x & _)", text), text, texts);
    const condition = fc.oneof(form("$contains($x, _)", text), form("($x = _ or _)", text, truth), truth);
    const deep = { maxDepth: 4, depthIdentifier: "hostile" } as const;
    return {
      text: fc.oneof(
        deep,
        pick("userName", "nickName", "scim.title", "'a'", "''", "(scim.title ?? '-')"),
        form("(_ & _)", text, text),
        form("$replace(_, _, _)", text, fc.oneof(text, PATTERNS), text),
        form("$join(_, _)", texts, text),
        form("(_ ? _ : _)", truth, text, text),
        form("_[_]", texts, number),
        form("$substring(_, _)", text, number),
        form("$string(_)", fc.oneof(number, texts)),
        form("$pad(_, _)", text, number),
        form("$_(_)", pick("uppercase", "trim", "base64encode", "base64decode", "encodeUrl", "decodeUrl"), text),
        form("$_(_, _)", pick("substringBefore", "substringAfter"), text, text),
        form("$formatNumber(_, _)", number, pick("'#,##0.00'", "'0'", "'#0;(0)'", "nickName")),
      ),
      texts: fc.oneof(
        deep,
        pick("emails.value", "[userName, nickName]", "[]", "schemas", "emails", "*", "**", "[1..50]", "$keys(scim)"),
        form("$split(_, _)", text, fc.oneof(text, PATTERNS)),
        form("$append(_, _)", texts, texts),
        form("$map(_, function($x) { _ })", texts, inner),
        form("$filter(_, function($x) { _ })", texts, condition),
        form("$reduce(_, function($a, $x) { $a & _ })", texts, inner),
        form("$sort(_, function($x, $y) { _ })", texts, condition),
        form("_.(_)", texts, text),
        form("_[_]", texts, truth),
        form("_^(>_)", texts, text),
        form("_{_: _}", texts, text, number),
        form("$match(_, _)", text, PATTERNS),
        form("$_(_)", pick("reverse", "distinct", "spread", "clone"), texts),
        form("[_, _, _]", text, text, text),
      ),
      truth: fc.oneof(
        deep,
        pick("true", "active", "emails.primary", "$exists(scim.title)"),
        form("$contains(_, _)", text, fc.oneof(text, PATTERNS)),
        form("(_ = _)", texts, texts),
        form("(_ in _)", text, texts),
        form("(_ or _)", truth, truth),
        form("$not(_)", truth),
        form("(_ > _)", number, number),
      ),
      number: fc.oneof(
        deep,
        pick("0", "1", "2", "1e308", "-1", "(1/0)"),
        form("(_ _ _)", number, pick("+", "-", "*", "/", "%"), number),
        form("$count(_)", texts),
        form("$length(_)", text),
        form("$number(_)", text),
        form("$power(_, _)", number, number),
      ),
    };
  },
).text;

/** Hostile expressions in JSONata: a few are refused by their form, some read what no definition has, most are evaluated. */
export const anyHostileJsonata: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: hostileExpression },
  { weight: 1, arbitrary: REFUSED },
  { weight: 1, arbitrary: form("_._", hostileExpression, NAMES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 60, unit: "binary" }) },
);
