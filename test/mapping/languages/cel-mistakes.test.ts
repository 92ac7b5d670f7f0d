import { describe, expect, it } from "vitest";
import { previewMappings } from "../../../src/mapping/evaluation/preview-mappings.ts";
import { providerVariables } from "../../../src/mapping/expressions/provider-variables.ts";
import { celMapping } from "../../../src/mapping/languages/cel/cel-mapping.ts";
import { userResourceType } from "../../../src/schema/definitions/user.ts";

const properties = { surname: "string", tags: ["string"], level: "number" } as const;

function made(attributes: Readonly<Record<string, string>>) {
  return celMapping({ name: "m", side: "provider", properties, attributes });
}

/** Users with as many and as long values as a directory may have. */
const large = providerVariables({
  type: userResourceType,
  object: {
    id: "1",
    surname: `${"a".repeat(100_000)}b`,
    emails: Array.from({ length: 1_000 }, (_, index) => ({ value: `a${index}` })),
    tags: [],
  },
  provider: { name: "app" },
});

async function failureOf(text: string): Promise<string> {
  return (await previewMappings([made({ active: text })], large)).text;
}

describe("mistakes in expressions in CEL are named when the mapping is made:", () => {
  it.each<[string, string, RegExp]>([
    [
      "title",
      "user.nome",
      /^celMapping "m": attribute "title": No such key: nome; .*"properties" \(at character 5 of: user\.nome\)$/,
    ],
    ["title", "user.emails[0].valu", /No such key: valu; .*character 15/],
    ["title", "user.emails.map(e, e.valu)[0]", /No such key: valu; .*character 21/],
    ["title", "usr.surname", /Unknown variable: usr; there are user, provider, link, subjectId, schemas .*character 0/],
    ["title", "process.env", /Unknown variable: process/],
    ["title", "user.constructor", /No such key: constructor/],
    ["title", "user.__proto__", /No such key: __proto__/],
    ["title", "user.level + 'x'", /no such overload: double \+ string/],
    ["title", "user.level", /gives double, but the attribute is a text .*character 0/],
    ["active", "user.surname", /gives string, but the attribute is true or false/],
    ["roles", "user.tags", /gives list<string>, but the attribute is a list, of which each element is an object/],
    ["emails", "[{'valu': 'x'}]", /no attribute "valu" here; there are value, .*character 2/],
    ["emails", "user.tags.map(t, {'Value': t})", /no attribute "Value" here; its name is "value" .*character 18/],
    ["emails.value", "'x'", /"emails" is a list: write one expression for all of it/],
    ["nickname", "'x'", /no attribute "nickname" that can be set; its name is "nickName"/],
    ["name.family", "'x'", /no attribute "family" that can be set; there are formatted/],
    ["userName.x", "'x'", /"userName" has no sub-attributes/],
    ["id", "'x'", /no attribute "id" that can be set/],
    ["groups", "[]", /no attribute "groups" that can be set/],
    ["title", "1 +", /Unexpected token: EOF .*character 3/],
    ["title", "", /attribute "title": /],
    ["active", "user.surname.matches('a')", /matches\(\) cannot be used here: use like\(\)/],
    ["active", "user.surname.like('(')", /regular expression of RE2: .*missing closing.*character 18/],
    ["active", "user.surname.like(user.surname)", /like\(\) takes a text between quotes.*character 18/],
    ["active", "user.surname.like('(a{900})(b{900})(c{900})')", /repeats too much/],
    ["active", `user.surname.like('${"a".repeat(201)}')`, /at most 200 characters/],
    ["active", "cel.bind(x, 'a', x == x)", /bind\(\) cannot be used here/],
    ["title", "string(timestamp('2020-01-01T00:00:00Z'))", /timestamp\(\) cannot be used here: the functions are has,/],
    [
      "active",
      "user.tags.all(a, user.tags.all(b, user.tags.all(c, true)))",
      /all\(\) is inside 2 others like it; at most 2 may nest/,
    ],
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
    ["depth", `${"!".repeat(3_000)}true`, /Exceeded max/],
    ["size", `${"true||".repeat(600)}true`, /Exceeded max/],
  ])("the %s of a text", (_name, text, message) => {
    expect(() => made({ active: text })).toThrow(message);
  });

  it.each<[object, RegExp]>([
    [{ side: "both" }, /side must be "provider" or "source"/],
    [{ attributes: {} }, /attributes has no expression/],
    [{ attributes: { title: 5 } }, /attribute "title": the expression must be a text/],
    [{ attributes: { "": "'x'" } }, /without a path/],
    [{ attributes: { name: "{}", "name.givenName": "'x'" } }, /"name.givenName" is a part of "name"/],
    [{ lists: "merge" }, /lists must be/],
    [{ properties: { x: "text" } }, /the type of "x" must be/],
    [{ properties: { x: [["string"]] } }, /the type of "x" is a list of lists/],
    [{ properties: { ["__proto__"]: "string" } }, /"__proto__"/],
    [{ name: "" }, /name must be a text/],
  ])("options %j", (options, message) => {
    const all = { name: "m", side: "provider", attributes: { title: "'x'" }, ...options };
    expect(() => celMapping(all as never)).toThrow(message);
  });
});

describe("an expression in CEL never does more than its limit allows:", () => {
  it.each<[string, string]>([
    ["macros in macros", "user.emails.exists(a, user.emails.exists(b, a.value == b.value + 'x'))"],
    ["errors hidden by ||", "user.emails.all(a, user.emails.all(b, a.value == 'x' || true))"],
    ["lists that share their parts", "user.emails.map(a, user.emails).map(x, [x, x]).size() > 1"],
    ["texts that grow", "user.emails.map(a, user.emails.map(b, b.value).join('x')).join('y').contains('z')"],
    ["regular expressions", "user.emails.exists(e, user.surname.like('^(a+)+$'))"],
    ["splitting a long text", "user.surname.split('').map(x, x + x).size() > 1"],
    ["replacing nothing by much", "user.surname.replace('', user.emails[0].value + 'xxxxxxxxxxxxxxxx').size() > 1"],
  ])("%s", async (_name, text) => {
    expect(await failureOf(text)).toMatch(/too much work|too large|at most 1000/);
  });

  it("reads at most 1000 elements of a list, and searches for at most 1000 characters", async () => {
    expect(await failureOf("(user.emails + user.emails).exists(e, e.value == 'x')")).toContain(
      "exists() goes through at most 1000 elements; there are 2000",
    );
    expect(await failureOf("user.surname.contains(user.surname)")).toContain("contains() takes a text of at most 1000");
    const long = { id: "1", tags: Array.from({ length: 1_001 }, () => "x") };
    const variables = providerVariables({ type: userResourceType, object: long, provider: { name: "app" } });
    const { text } = await previewMappings([made({ active: "user.tags.size() > 1" })], variables);
    expect(text).toContain("user.tags has 1001 elements; an expression reads at most 1000");
  });

  it("evaluates the next object after one that was too much", async () => {
    const mapping = made({ active: "user.emails.exists(a, user.emails.exists(b, a.value == b.value + 'x'))" });
    const small = { id: "2", emails: [{ value: "a" }], tags: [] };
    for (const object of [undefined, small, undefined, small]) {
      const variables =
        object === undefined ? large : providerVariables({ type: userResourceType, object, provider: { name: "app" } });
      const { value, text } = await previewMappings([mapping], variables);
      if (object === undefined) expect(text).toContain("too much work");
      else expect(value).toEqual({ active: false });
    }
  });
});
