import { afterAll, describe, expect, it } from "vitest";
import { previewMappings } from "../../../src/mapping/evaluation/preview-mappings.ts";
import { providerVariables } from "../../../src/mapping/expressions/provider-variables.ts";
import { jsonataMapping } from "../../../src/mapping/languages/jsonata/jsonata-mapping.ts";
import { type JsonataWorker, jsonataWorker } from "../../../src/mapping/languages/jsonata/jsonata-worker.ts";
import { userResourceType } from "../../../src/schema/definitions/user.ts";

const worker = jsonataWorker();
const impatient = jsonataWorker({ maxMs: 150 });
afterAll(() => Promise.all([worker.close(), impatient.close()]));

function made(text: string, own: JsonataWorker = worker) {
  const properties = { surname: "string", tags: ["string"], out: "any" } as const;
  return jsonataMapping({ name: "m", side: "provider", worker: own, properties, attributes: { title: text } });
}

const large = providerVariables({
  type: userResourceType,
  object: {
    id: "1",
    surname: `${"a".repeat(100_000)}b`,
    emails: Array.from({ length: 1_000 }, (_, index) => ({ value: `a${index}` })),
    tags: Array.from({ length: 5_000 }, (_, index) => `t${index}`),
  },
  provider: { name: "app" },
});

async function outcomeOf(text: string, own?: JsonataWorker): Promise<string> {
  const { value, text: failure } = await previewMappings([made(text, own)], large);
  return value === undefined ? failure : JSON.stringify(value);
}

/** No limit of work applies inside `$distinct`, which compares each value with each other one. */
const HANGS = '$string($count($distinct([1..9999].{"a": $})))';
const DOUBLED = '($f := function($v, $n) { $n = 0 ? $v : $f({"a": $v, "b": $v}, $n - 1) };';

describe("an expression in JSONata never does more than its limit allows:", () => {
  it.each<[string, string, RegExp]>([
    ["endless recursion", "($f := function($n) { 1 + $f($n) }; $string($f(1)))", /Stack overflow/],
    ["endless tail calls", "($f := function() { $f() }; $f())", /too much work/],
    [
      "loops in loops",
      "$string($sum($map(user.emails, function($a) { $count(user.emails[value = $a.value]) })))",
      /too much work/,
    ],
    ["large ranges", "$string($count([1..9999999]))", /maximum sequence length|too large/],
    ["products of lists", "$string($count(user.emails.($$.user.emails)))", /too much work|sequence length|too large/],
    ["texts that grow", '($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f("ab", 50))', /too large/],
    ["padding", "$pad('x', 1000000000)", /too large/],
    ["joining", "$join($map([1..9999], function() { user.surname }))", /too large|too much work/],
    ["values that share their parts", `${DOUBLED} $f("x", 25))`, /too large/],
    ["their text", `${DOUBLED} $string($f("x", 25)))`, /too large/],
    ["their copies", `${DOUBLED} $clone($f("x", 25)))`, /too large/],
    ["changes of copies", `${DOUBLED} $f("x", 25) ~> |a|{"c": 1}|)`, /too large/],
    ["searching for a long text", "$string($contains(user.surname, user.surname))", /at most 1000 characters/],
    ["splitting at a long text", "$split(user.surname, user.surname)", /at most 1000 characters/],
    ["splitting a long text", "$string($count($split(user.surname, '')))", /too large/],
    [
      "regular expressions",
      "$string($map([1..99], function() { $contains(user.surname, /^(a+)+$/) }))",
      /too much work/,
    ],
    ["matches of nothing", "$string($match(user.surname, /x*/))", /matches zero length string/],
    ["functions as values", "[$sum, function() { 1 }]", /gives a function/],
    ["numbers that JSON does not have", "$string(1e308 * 1e308)", /Number out of range|not finite/],
  ])("%s", async (_name, text, message) => {
    expect(await outcomeOf(text)).toMatch(message);
  });

  it("a regular expression that takes exponential time in JavaScript takes none here", async () => {
    expect(await outcomeOf("$string($contains(user.surname, /^(a+)+$/))")).toBe('{"title":"false"}');
  });

  it.each([
    "$lookup($$, 'constructor')",
    "$lookup(user, '__proto__').polluted",
    "$string($keys($lookup(user, 'toString')))",
    "($o := {'__proto__': {'polluted': 'yes'}}; $lookup({}, 'polluted'))",
    "($merge([{'constructor': {'prototype': {'polluted': 'yes'}}}]); $lookup({}, 'polluted'))",
    "(user ~> |$|{'__proto__': {'polluted': 'yes'}}|; $lookup({}, 'polluted'))",
    "$sum.implementation",
    "$lookup($sum, 'implementation')",
    "$lookup(function() { 1 }, 'environment')",
    "$process",
    "$globalThis",
    "$lookup($, '$process')",
  ])("%s reaches nothing", async (text) => {
    expect(await outcomeOf(text)).toMatch(/^\{\}$|No such|m: failed/);
    expect(await outcomeOf("$string($exists($lookup({}, 'polluted')))")).toBe('{"title":"false"}');
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("an expression that hangs", () => {
  it("fails alone, and those behind it are evaluated in their order", async () => {
    const finished: string[] = [];
    const texts = ["'first'", HANGS, "'second'", HANGS, "'third'"];
    const outcomes = await Promise.all(
      texts.map(async (text) => {
        const outcome = await outcomeOf(text, impatient);
        finished.push(text);
        return outcome;
      }),
    );
    expect(outcomes[0]).toBe('{"title":"first"}');
    expect(outcomes[1]).toContain("m: failed\n  ExpressionError: the expressions ran longer than 150 ms");
    expect(outcomes[2]).toBe('{"title":"second"}');
    expect(outcomes[3]).toContain("ran longer than 150 ms");
    expect(outcomes[4]).toBe('{"title":"third"}');
    expect(finished).toEqual(texts);
  });

  it("is a MappingError of its mapping", async () => {
    const { error } = await previewMappings([made(HANGS, impatient)], large);
    expect(error).toMatchObject({ name: "MappingError", mapping: "m", cause: { name: "ExpressionError" } });
  });
});

describe("jsonataWorker", () => {
  it("fails what is not finished when it is closed, and everything later", async () => {
    const own = jsonataWorker();
    const running = outcomeOf(HANGS, own);
    await own.close();
    expect(await running).toContain("the worker of the mapping was closed");
    expect(await outcomeOf("'x'", own)).toContain("the worker of the mapping is closed");
  });
});
