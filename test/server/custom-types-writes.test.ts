import { beforeEach, describe, expect, it } from "vitest";
import { type App, createApp, patch, STORAGES } from "../helpers/scim-app.ts";
import { everything, shown } from "../schema/everything.ts";
import { EVERYTHING, EXTRA, everythingType, MUST } from "../schema/everything-type.ts";

const ENDPOINT = everythingType.endpoint;
const CASES = Object.entries(STORAGES).flatMap(([name, storage]) =>
  (["compatible", "strict"] as const).map((dialect) => ({ name, dialect, storage })),
);

const extra = { ...(shown("100")[EXTRA] as Record<string, unknown>) };
const boxes = shown("100").boxes as Record<string, unknown>[];

/** What a PATCH changes, its operation, and what is shown differently after it. */
const CHANGES: readonly [string, object, object][] = [
  ["a text", { op: "replace", path: "label", value: "New" }, { label: "New" }],
  ["a name in another case", { op: "replace", path: "LABEL", value: "New" }, { label: "New" }],
  ["a name with its URN", { op: "replace", path: `${EVERYTHING}:label`, value: "New" }, { label: "New" }],
  ["a boolean", { op: "add", path: "flag", value: true }, { flag: true }],
  ["a decimal", { op: "replace", path: "ratio", value: 2.25 }, { ratio: 2.25 }],
  ["an integer", { op: "replace", path: "count", value: -1 }, { count: -1 }],
  ["a dateTime", { op: "add", path: "since", value: "2026-03-01T00:00:00Z" }, { since: "2026-03-01T00:00:00Z" }],
  ["a binary", { op: "replace", path: "blob", value: "AAEC" }, { blob: "AAEC" }],
  ["a reference", { op: "replace", path: "link", value: "https://y.example" }, { link: "https://y.example" }],
  ["another value than the canonical ones", { op: "add", path: "rank", value: "odd" }, { rank: "odd" }],
  ["one more text", { op: "add", path: "texts", value: ["Three"] }, { texts: ["one", "Two", "Three"] }],
  ["a text that is there", { op: "add", path: "texts", value: "one" }, {}],
  ["all texts", { op: "replace", path: "texts", value: ["x"] }, { texts: ["x"] }],
  ["a chosen text", { op: "remove", path: 'texts[value eq "ONE"]' }, { texts: ["Two"] }],
  ["the last of a list", { op: "remove", path: 'blobs[value eq "aGk="]' }, { blobs: undefined }],
  ["chosen integers", { op: "remove", path: "counts[value ge 2]" }, { counts: [1] }],
  [
    "an instant in another offset",
    { op: "remove", path: 'dates[value eq "2026-01-01T01:00:00+01:00"]' },
    { dates: ["2026-06-01T00:00:00Z"] },
  ],
  ["a single value", { op: "remove", path: "exact" }, { exact: undefined }],
  ["what is not there", { op: "remove", path: 'texts[value eq "no"]' }, {}],
  ["a null", { op: "replace", path: "since", value: null }, { since: undefined }],
  ["an empty list", { op: "replace", path: "links", value: [] }, { links: undefined }],
  [
    "a part of a complex value",
    { op: "replace", path: "box", value: { text: "New" } },
    { box: { ...(shown("100").box as object), text: "New" } },
  ],
  [
    "one part by its path",
    { op: "add", path: "box.words", value: ["c", "a"] },
    { box: { ...(shown("100").box as object), words: ["a", "b", "c"] } },
  ],
  [
    "a part of a chosen element",
    { op: "replace", path: 'boxes[value eq "V2"].count', value: 5 },
    {
      boxes: [boxes[0], { value: "v2", flag: false, count: 5 }],
    },
  ],
  [
    "a chosen element",
    { op: "replace", path: "boxes[flag eq false]", value: { value: "v3" } },
    {
      boxes: [boxes[0], { value: "v3" }],
    },
  ],
  [
    "an element that is primary",
    { op: "add", path: "boxes", value: { value: "v3", primary: true } },
    {
      boxes: [{ ...boxes[0], primary: false }, boxes[1], { value: "v3", primary: true }],
    },
  ],
  [
    "an element that a filter describes",
    { op: "add", path: 'boxes[value eq "v3" and words eq "w"].flag', value: true },
    {
      boxes: [...boxes, { value: "v3", words: ["w"], flag: true }],
    },
  ],
  ["an element", { op: "remove", path: 'boxes[words eq "A"]' }, { boxes: [boxes[1]] }],
  [
    "a part of each element",
    { op: "remove", path: "boxes.count" },
    {
      boxes: boxes.map(({ count, ...rest }) => rest),
    },
  ],
  [
    "a reference to another resource",
    { op: "replace", path: "friend", value: { value: "2" } },
    {
      friend: { value: "2", $ref: "../Everythings/1" },
    },
  ],
  [
    "an attribute of an extension",
    { op: "replace", path: `${EXTRA.toUpperCase()}:LEVEL`, value: 3 },
    {
      [EXTRA]: { ...extra, level: 3 },
    },
  ],
  [
    "an extension's parts",
    { op: "add", path: EXTRA, value: { tags: ["u"], owner: { value: "9" } } },
    {
      [EXTRA]: { ...extra, tags: ["t", "u"], owner: { value: "9", $ref: "../Users/1" } },
    },
  ],
  [
    "a required dateTime of an element",
    { op: "replace", path: `${EXTRA}:spans[value lt "2026-01-15T00:00:00Z"].days`, value: ["su"] },
    {
      [EXTRA]: {
        ...extra,
        spans: [{ value: "2026-01-01T00:00:00Z", days: ["su"] }, { value: "2026-02-01T00:00:00Z" }],
      },
    },
  ],
  [
    "everything at once",
    { op: "replace", value: { label: "New", [EXTRA]: { level: 4 }, boxes: [{ value: "b" }] } },
    {
      label: "New",
      boxes: [{ value: "b" }],
      [EXTRA]: { ...extra, level: 4 },
    },
  ],
  ["the same value of an immutable attribute", { op: "replace", path: "born", value: "once" }, {}],
  ["what is never shown", { op: "replace", path: "pin", value: "other" }, {}],
  ["what is shown on request", { op: "replace", path: "asked", value: "other" }, {}],
];

let app: App;
let path: string;
let id: string;

const attributes = async (): Promise<Record<string, unknown>> =>
  (await app.storage.resources.find({ tenant: "acme", type: "Everything" }, id))?.attributes ?? {};
const shownNow = async () => {
  const { id: _, meta, ...rest } = (await app.send("GET", path)).body;
  return rest;
};

/** Each test has a server of its own with one resource. */
function setUp(each: (typeof CASES)[number]): void {
  beforeEach(async () => {
    app = createApp({ storage: each.storage(), resourceTypes: [everythingType], dialect: each.dialect });
    await app.storage.migrate();
    const answer = await app.send("POST", ENDPOINT, everything("100"));
    expect(answer.status).toBe(201);
    id = String(answer.body.id);
    path = `${ENDPOINT}/${id}`;
  });
}

describe.each(CASES)("writing a type with every characteristic, over $name storage, dialect $dialect", (each) => {
  setUp(each);

  it.each(CHANGES)(
    "PATCH takes %s, and nothing else changes [req 63] [req 138] [req 141] [req 144] [req 147] [req 157]",
    async (_, operation, change) => {
      const { asked, ...before } = await attributes();
      const answer = await app.send("PATCH", path, patch(operation));
      expect(answer.status, answer.text).toBe(200);
      const expected = JSON.parse(JSON.stringify({ ...shown("100"), ...change }));
      expect(await shownNow()).toEqual(expected);
      const { asked: after, ...rest } = await attributes();
      expect({ ...rest, box: undefined, boxes: undefined, [EXTRA]: undefined }).toEqual({
        ...JSON.parse(JSON.stringify({ ...before, ...change })),
        box: undefined,
        boxes: undefined,
        [EXTRA]: undefined,
      });
      expect(JSON.stringify(rest)).not.toContain("secret");
    },
  );

  it.each<[string, object, string]>([
    ["a read-only attribute", { op: "replace", path: "stamp", value: "x" }, "mutability"],
    ["a read-only sub-attribute", { op: "add", path: "box.stamp", value: "x" }, "mutability"],
    ["a read-only part of elements", { op: "replace", path: 'boxes[value eq "v1"].stamp', value: "x" }, "mutability"],
    ["an element of a read-only part", { op: "add", path: 'boxes[stamp eq "x"].value', value: "x" }, "noTarget"],
    ["a read-only attribute of an extension", { op: "remove", path: `${EXTRA}:seen` }, "mutability"],
    ["an immutable attribute", { op: "replace", path: "born", value: "again" }, "mutability"],
    ["the loss of an immutable attribute", { op: "remove", path: "born" }, "mutability"],
    ["an immutable sub-attribute", { op: "replace", path: "box.born", value: "again" }, "mutability"],
    ["the loss of an immutable sub-attribute", { op: "remove", path: "box" }, "mutability"],
    ["the loss of one in an extension", { op: "remove", path: EXTRA }, "mutability"],
    ["the loss of one with a URN of schemas", { op: "remove", path: `schemas[value eq "${EXTRA}"]` }, "mutability"],
    ["an immutable part of an element", { op: "replace", path: 'boxes[value eq "v1"].born', value: "x" }, "mutability"],
    ["the loss of a required attribute", { op: "remove", path: "label" }, "mutability"],
    ["an empty required attribute", { op: "replace", path: "label", value: "" }, "invalidValue"],
    ["the loss of a required sub-attribute", { op: "remove", path: "box.value" }, "mutability"],
    ["the loss of one of an element", { op: "remove", path: 'boxes[value eq "v1"].value' }, "mutability"],
    ["an element without what it must have", { op: "add", path: "boxes", value: { text: "x" } }, "invalidValue"],
    ["the loss of a required attribute of an extension", { op: "remove", path: `${EXTRA}:note` }, "mutability"],
    ["the loss of a required extension", { op: "remove", path: MUST }, "mutability"],
    ["a wrong type", { op: "replace", path: "count", value: "many" }, "invalidValue"],
    ["a wrong element", { op: "add", path: "dates", value: ["2026"] }, "invalidValue"],
    ["a wrong part", { op: "replace", path: 'boxes[value eq "v1"].since', value: "2026" }, "invalidValue"],
    ["an attribute there is not", { op: "replace", path: "nothing", value: "x" }, "invalidPath"],
    ["a sub-attribute there is not", { op: "replace", path: "box.nothing", value: "x" }, "invalidPath"],
    ["a filter by what is never shown", { op: "remove", path: 'boxes[pin eq "secret"]' }, "invalidFilter"],
    ["a filter that matches nothing", { op: "replace", path: 'boxes[value eq "no"].text', value: "x" }, "noTarget"],
  ])(
    "PATCH refuses %s and leaves all as it was [req 48] [req 49] [req 137] [req 147] [req 149]",
    async (_, operation, scimType) => {
      const before = await attributes();
      const answer = await app.send("PATCH", path, patch({ op: "replace", path: "count", value: 99 }, operation));
      expect(answer).toMatchObject({ status: 400, body: { scimType } });
      expect(answer.text).not.toContain("secret");
      expect(await attributes()).toEqual(before);
    },
  );

  it("PATCH refuses an extension without what it must have [req 48]", async () => {
    const bare = { schemas: [EVERYTHING, MUST], label: "x", [MUST]: { tenantCode: "x" } };
    const { body } = await app.send("POST", ENDPOINT, bare);
    const at = `${ENDPOINT}/${body.id}`;
    const refused = await app.send("PATCH", at, patch({ op: "add", path: `${EXTRA}:level`, value: 1 }));
    expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect(refused.body.detail).toContain(`${EXTRA}:note is required`);
    const taken = await app.send("PATCH", at, patch({ op: "add", path: EXTRA, value: { level: 1, note: "n" } }));
    expect(taken.body).toMatchObject({ schemas: [EVERYTHING, EXTRA, MUST], [EXTRA]: { level: 1, note: "n" } });
    const afresh = patch({ op: "remove", path: EXTRA }, { op: "add", path: `${EXTRA}:note`, value: "m" });
    expect((await app.send("PATCH", at, afresh)).body[EXTRA]).toEqual({ note: "m" });
    const gone = await app.send(
      "PATCH",
      at,
      patch({ op: "remove", path: `schemas[value eq "${EXTRA.toLowerCase()}"]` }),
    );
    expect(gone.body).toMatchObject({ schemas: [EVERYTHING, MUST] });
    expect(gone.body).not.toHaveProperty([EXTRA]);
  });

  it("PATCH that comes to nothing keeps version and lastModified [req 39] [req 142] [req 177]", async () => {
    const { body } = await app.send("GET", path);
    const same = patch(
      { op: "add", path: "texts", value: ["Two", "one"] },
      { op: "replace", path: "boxes", value: [boxes[1], { ...boxes[0], asked: "request", pin: "p", stamp: "x" }] },
      { op: "add", path: EXTRA, value: { level: 2 } },
      { op: "remove", path: "counts[value eq 77]" },
    );
    expect((await app.send("PATCH", path, same)).body.meta).toEqual(body.meta);
    expect((await app.send("PUT", path, everything("100"))).body.meta).toEqual(body.meta);
  });
});

describe.each(CASES)("replacing and deleting that type, over $name storage, dialect $dialect", (each) => {
  setUp(each);

  it("PUT clears what it leaves out, but for what is immutable or not the client's [req 64] [req 65] [req 130]", async () => {
    const answer = await app.send("PUT", path, {
      schemas: [EVERYTHING],
      label: "only",
      stamp: "x",
      [MUST]: { tenantCode: "y" },
    });
    expect(answer.status).toBe(200);
    expect(await shownNow()).toEqual({
      schemas: [EVERYTHING, EXTRA, MUST],
      label: "only",
      born: "once",
      box: { value: "v", born: "once" },
      [EXTRA]: { sealed: "once", note: "Note" },
      [MUST]: { tenantCode: "y" },
    });
  });

  it.each([
    ["born", { born: "again" }],
    ["box.born", { box: { value: "v", born: "again" } }],
    [`${EXTRA}:sealed`, { [EXTRA]: { note: "n", sealed: "again" } }],
  ])("PUT refuses another %s [req 65] [req 130]", async (attribute, change) => {
    const before = await attributes();
    const answer = await app.send("PUT", path, { ...everything("100"), ...change });
    expect(answer).toMatchObject({ status: 400, body: { scimType: "mutability" } });
    expect(answer.body.detail).toContain(attribute);
    expect(await attributes()).toEqual(before);
  });

  it("PUT and PATCH leave what the application set [req 64] [req 149]", async () => {
    const partition = { tenant: "acme", type: "Everything" };
    const found = await app.storage.resources.find(partition, id);
    if (found === undefined) throw new Error("not there");
    const set = {
      ...found.attributes,
      stamp: "ours",
      friend: { value: "1", display: "Ann" },
      boxes: (found.attributes.boxes as object[]).map((box, index) => ({ ...box, stamp: `ours ${index}` })),
      [EXTRA]: { ...(found.attributes[EXTRA] as object), seen: "2026-05-05T00:00:00Z" },
    };
    await app.storage.resources.replace(partition, { ...found, version: "next", attributes: set }, found.version);
    await app.send("PUT", path, everything("100"));
    await app.send("PATCH", path, patch({ op: "replace", path: "label", value: "z" }));
    const sent = everything("100").boxes as object[];
    await app.send("PATCH", path, patch({ op: "add", path: "boxes", value: sent }));
    await app.send("PATCH", path, patch({ op: "replace", path: "boxes", value: [...sent, { value: "v3" }] }));
    expect(await attributes()).toMatchObject({
      label: "z",
      stamp: "ours",
      friend: { value: "1", display: "Ann", $ref: "../Everythings/1" },
      boxes: [{ value: "v1", stamp: "ours 0" }, { value: "v2", stamp: "ours 1" }, { value: "v3" }],
      [EXTRA]: { seen: "2026-05-05T00:00:00Z" },
    });
  });

  it("DELETE takes it away, and its unique values are free again [req 162] [req 163]", async () => {
    expect((await app.send("DELETE", path)).status).toBe(204);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const body =
        method === "PUT" ? everything("100") : method === "PATCH" ? patch({ op: "remove", path: "flag" }) : undefined;
      expect((await app.send(method, path, body)).status, method).toBe(404);
    }
    expect((await app.send("GET", ENDPOINT)).body.totalResults).toBe(0);
    expect((await app.send("POST", ENDPOINT, everything("100"))).status).toBe(201);
  });
});
