import fc from "fast-check";
import { form, pick } from "./hostile-forms.ts";

const PATTERNS = pick("^(a+)+$", "(a|a)*b", "(a{30}){30}", ".*.*.*.*x", "(x+x+)+y", "(", "\\\\d{1000}", "^a");
const NAMES = pick("value", "type", "constructor", "prototype", "toString", "valueOf", "length");

/** What is refused in any case, or should be. */
const REFUSED = pick(
  "userName.matches('^(a+)+$')",
  "cel.bind(x, 'a', x + x)",
  "process.env",
  "globalThis",
  "this",
  "scim.constructor",
  "scim['__proto__']",
  "scim.__proto__.polluted",
  "timestamp('2020-01-01T00:00:00Z').getHours('Europe/Paris')",
  "bytes(nickName)",
  "type(scim)",
  `${"(".repeat(500)}1${")".repeat(500)}`,
  `${"[".repeat(500)}${"]".repeat(500)}`,
  `${"!".repeat(3_000)}true`,
  `${"1 + ".repeat(900)}1`,
  `'${"x".repeat(5_000)}'`,
  "emails.map(a, emails.map(b, emails.map(c, c.value)))",
  "1 ? 2",
  "\u0000",
  "'\\ud800'",
);

/** Expressions over the variables of a source for users. */
const hostileExpression: fc.Arbitrary<string> = fc.letrec<Record<"text" | "texts" | "truth" | "number", string>>(
  (tie) => {
    // What stands inside a macro, where `x` is an element.
    const inner = fc.oneof(pick("x", "x + x"), form("(x + _)", tie("text")), tie("text"));
    const condition = fc.oneof(
      form("x.contains(_)", tie("text")),
      form("(x == _ || _)", tie("text"), tie("truth")),
      tie("truth"),
    );
    const [text, texts, truth, number] = [tie("text"), tie("texts"), tie("truth"), tie("number")];
    const deep = { maxDepth: 4, depthIdentifier: "hostile" } as const;
    return {
      text: fc.oneof(
        deep,
        pick("userName", "nickName", "scim.title", "'a'", "''", "scim.?title.orValue('-')"),
        form("(_ + _)", text, text),
        form("_.replace(_, _)", text, text, text),
        form("_.join(_)", texts, text),
        form("(_ ? _ : _)", truth, text, text),
        form("_[int(_)]", texts, number),
        form("_.substring(int(_))", text, number),
        form("string(_)", number),
        form("_._()", text, pick("upperAscii", "lowerAscii", "trim")),
      ),
      texts: fc.oneof(
        deep,
        pick("emails.map(e, e.value)", "[userName, nickName]", "[]", "schemas"),
        form("_.split(_)", text, text),
        form("(_ + _)", texts, texts),
        form("_.map(x, _)", texts, inner),
        form("_.filter(x, _)", texts, condition),
        form("_.map(x, _, _)", texts, condition, inner),
        form("[_, _, _]", text, text, text),
      ),
      truth: fc.oneof(
        deep,
        pick("true", "active", "emails.exists(e, e.primary)", "has(scim.title)"),
        form("_.like('_')", text, PATTERNS),
        form("_.contains(_)", text, text),
        form("(_ == _)", texts, texts),
        form("(_ in _)", text, texts),
        form("(_ || _)", truth, truth),
        form("(!_)", truth),
        form("_._(x, _)", texts, pick("all", "exists", "exists_one"), condition),
        form("(_ > _)", number, number),
      ),
      number: fc.oneof(
        deep,
        pick("0.0", "1.0", "2.0", "1e308", "-1.0", "double('NaN')"),
        form("(_ _ _)", number, pick("+", "-", "*", "/"), number),
        form("double(_.size())", texts),
        form("double(_.indexOf(_))", text, text),
        form("double(_)", text),
      ),
    };
  },
).text;

/** Hostile expressions in CEL: a few are refused by their form, some read what no definition has, most are evaluated. */
export const anyHostileCel: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: hostileExpression },
  { weight: 1, arbitrary: REFUSED },
  { weight: 1, arbitrary: form("_._", hostileExpression, NAMES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 60, unit: "binary" }) },
);
