import { describe, expect, it } from "vitest";
import { jsonataMapping } from "../../../src/mapping/languages/jsonata/jsonata-mapping.ts";
import { jsonataWorker } from "../../../src/mapping/languages/jsonata/jsonata-worker.ts";

const properties = { surname: "string", tags: ["string"], level: "number" } as const;
/** Nothing is evaluated here, so its thread does not start. */
const worker = jsonataWorker();

function made(attributes: Readonly<Record<string, string>>) {
  return jsonataMapping({ name: "m", side: "provider", worker, properties, attributes });
}

describe("mistakes in expressions in JSONata are named when the mapping is made:", () => {
  it.each<[string, string, RegExp]>([
    [
      "title",
      "user.nome",
      /^jsonataMapping "m": attribute "title": No such key: nome; .*"properties" \(at character 5 of: user\.nome\)$/,
    ],
    ["title", "user.emails[0].valu", /No such key: valu; .*character 15/],
    ["title", 'user.emails[typ = "work"].value', /No such key: typ; .*character 12/],
    ["title", "user.emails^(>prim).value", /No such key: prim; .*character 14/],
    ["title", "$uppercase(user.`nome`)", /No such key: nome; .*character 17/],
    ["title", "user.emails.$lowercase(valu)", /No such key: valu/],
    ["title", "($f := function($x) { user.nome & $x }; $f(1))", /No such key: nome/],
    ["title", "user.emails{type: valu}", /No such key: valu/],
    ["title", "user.level > 1 ? user.nome : 'x'", /No such key: nome/],
    ["title", "$$.user.nome", /No such key: nome/],
    ["title", "user.surname.first", /"first" is read of a value that has no parts .*character 13/],
    ["title", "usr.surname", /Unknown variable: usr; there are user, provider, link, subjectId, schemas .*character 0/],
    ["title", "process.env", /Unknown variable: process/],
    ["title", "user.constructor", /No such key: constructor/],
    ["title", "user.__proto__", /No such key: __proto__/],
    ["title", "user.level", /gives a number, but the attribute is a text .*character 0/],
    ["title", "user.level + 1", /gives a number, but the attribute is a text/],
    ["active", "user.surname & 'x'", /gives a text, but the attribute is true or false/],
    ["roles", "user.tags", /gives a text, but the attribute is a list, of which each element is an object/],
    ["emails", '[{"valu": "x"}]', /no attribute "valu" here; there are value, .*character 3/],
    ["emails", 'user.tags.{"Value": $}', /no attribute "Value" here; its name is "value" .*character 12/],
    ["emails.value", "'x'", /"emails" is a list: write one expression for all of it/],
    ["nickname", "'x'", /no attribute "nickname" that can be set; its name is "nickName"/],
    ["id", "'x'", /no attribute "id" that can be set/],
    ["title", "1 +", /Unexpected end of expression .*character 3/],
    ["title", "user.surname & @", /symbol "@" cannot be used .*character 15/],
    ["title", '"x', /must be terminated by a matching quote/],
    ["title", "", /attribute "title": Unexpected end of expression/],
    ["title", "  ", /attribute "title": Unexpected end of expression/],
    ["title", "%.surname", /'parent' cannot be derived/],
    ["active", "$contains(user.surname, /(?=a)/)", /not a regular expression of RE2: .*character 24/],
    ["active", "$contains(user.surname, /(a{900})(b{900})(c{900})/)", /repeats too much/],
    ["active", `$contains(user.surname, /${"a".repeat(201)}/)`, /at most 200 characters/],
    ["title", "$eval('1')", /\$eval\(\) cannot be used here: write what it evaluates .*character 1/],
    ["title", "($f := $eval; $f('1'))", /\$eval\(\) cannot be used here/],
    ["title", "user.tags ~> $map($eval)", /\$eval\(\) cannot be used here/],
    ["title", "$string($toMillis('2020'))", /\$toMillis\(\) cannot be used here: its pictures of dates/],
    ["title", "$now()", /\$now\(\) cannot be used here: a mapping gives the same/],
    ["title", "$string($random())", /\$random\(\) cannot be used here/],
  ])("%s: %s", (path, text, message) => {
    expect(() => made({ [path]: text })).toThrow(TypeError);
    expect(() => made({ [path]: text })).toThrow(message);
  });

  it("attribute and position are properties of the error", () => {
    const wrong = expect.objectContaining({ name: "ExpressionError", attribute: "title", position: 5 });
    expect(() => made({ nickName: "user.surname", title: "user.nome" })).toThrow(wrong);
  });

  it.each<[string, string, RegExp]>([
    ["length", `${"(".repeat(5_000)}true`, /at most 4000 characters; this one has 5004/],
    ["depth", `${"(".repeat(500)}true${")".repeat(500)}`, /nests at most 100 levels deep|nests too deeply/],
    ["depth of what is not closed", "[".repeat(4_000), /nests too deeply|end of expression/],
    ["size", `${"true or ".repeat(480)}true`, /at most 1000 nodes|at most 100 levels/],
    ["nested ?:", `${"(".repeat(40)}true${"?:true)".repeat(40)}`, /at most 10 of the operators \?: and \?\?/],
    ["nested ??", `${"(".repeat(40)}true${"??true)".repeat(40)}`, /at most 10 of the operators \?: and \?\?/],
  ])("the %s of a text", (_name, text, message) => {
    expect(() => made({ active: text })).toThrow(message);
  });

  it.each<[object, RegExp]>([
    [{ side: "both" }, /side must be "provider" or "source"/],
    [{ attributes: {} }, /attributes has no expression/],
    [{ attributes: { name: "{}", "name.givenName": "'x'" } }, /"name.givenName" is a part of "name"/],
    [{ worker: undefined }, /jsonataMapping "m": worker must be made by jsonataWorker\(\)/],
    [{ worker: {} }, /worker must be made by jsonataWorker\(\)/],
    [{ name: "" }, /name must be a text/],
  ])("options %j", (options, message) => {
    const all = { name: "m", side: "provider", worker, attributes: { title: "'x'" }, ...options };
    expect(() => jsonataMapping(all as never)).toThrow(message);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("maxMs %d of the worker", (maxMs) => {
    expect(() => jsonataWorker({ maxMs })).toThrow("maxMs must be a positive number");
  });
});
