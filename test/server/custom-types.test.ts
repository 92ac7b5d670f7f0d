import { beforeAll, describe, expect, it } from "vitest";
import { type App, createApp, patch, STORAGES } from "../helpers/scim-app.ts";
import { everything, shown } from "../schema/everything.ts";
import { EVERYTHING, EXTRA, everythingType, MUST } from "../schema/everything-type.ts";

const ENDPOINT = everythingType.endpoint;

async function create(app: Pick<App, "send">, mark: string, change: object = {}): Promise<string> {
  const answer = await app.send("POST", ENDPOINT, { ...everything(mark), ...change });
  if (answer.status !== 201) throw new Error(answer.text);
  return String(answer.body.id);
}

const CASES = Object.entries(STORAGES).flatMap(([name, storage]) =>
  (["compatible", "strict"] as const).map((dialect) => ({ name, dialect, storage })),
);

let app: App;
let id: string;

const get = async (query = "") => (await app.send("GET", `${ENDPOINT}/${id}${query}`)).body;
const stored = async () =>
  (await app.storage.resources.find({ tenant: "acme", type: "Everything" }, id))?.attributes ?? {};
const found = async (filter: string) => {
  const { status, body, text } = await app.send(
    "GET",
    `${ENDPOINT}?attributes=number&filter=${encodeURIComponent(filter)}`,
  );
  if (status !== 200) return text;
  return (body.Resources as { number: number }[]).map(({ number }) => number).sort();
};

/** A server of its own with two resources for each `describe`. */
function setUp(each: (typeof CASES)[number]): void {
  beforeAll(async () => {
    app = createApp({ storage: each.storage(), resourceTypes: [everythingType], dialect: each.dialect });
    await app.storage.migrate();
    id = await create(app, "100");
    await create(app, "200", { flag: true, count: 9, box: { value: "other" }, boxes: [], texts: ["three"] });
  });
}

describe.each(CASES)("a type with every characteristic, over $name storage, dialect $dialect", (each) => {
  setUp(each);

  it("is read back as it was written, but for what is not the client's or not to be shown [req 34] [req 47] [req 63] [req 64]", async () => {
    const { id: _, meta, ...rest } = await get();
    expect(rest).toEqual(shown("100"));
    expect(meta).toMatchObject({
      resourceType: "Everything",
      location: `https://app.example/scim/v2${ENDPOINT}/${id}`,
    });
  });

  it("keeps nothing that is never returned, and nothing that only the provider sets [req 64] [req 66]", async () => {
    const text = JSON.stringify(await stored());
    expect(text).not.toContain("secret");
    expect(text).not.toContain("mine");
    expect(text).toContain("request");
  });

  it("lists and pages like any other type [req 80] [req 82]", async () => {
    const { body } = await app.send("GET", `${ENDPOINT}?count=1&attributes=label`);
    expect(body).toMatchObject({ totalResults: 2, itemsPerPage: 1, Resources: [{ label: "Label" }] });
  });

  it.each([
    ['label eq "LABEL" and number eq 100', [100]],
    ['exact eq "Exact" and not (exact eq "exact")', [100, 200]],
    ['label co "AB" and label sw "l" and label ew "EL"', [100, 200]],
    ['label gt "La" and label le "label"', [100, 200]],
    ["flag eq true", [200]],
    ["flag ne true", [100]],
    ["count gt 7", [200]],
    ["count ge 7 and count lt 9", [100]],
    ["ratio le -0.5", [100, 200]],
    ['since eq "2026-02-01T14:00:00+02:00"', [100, 200]],
    ['since lt "2026-02-01T12:00:00.001Z"', [100, 200]],
    ['blob eq "aGk="', [100, 200]],
    ['link co "/X"', []],
    ['link co "/x"', [100, 200]],
    ['texts eq "TWO"', [100]],
    ['texts[value eq "two"]', [100]],
    ["flags eq true", [100, 200]],
    ["ratios gt 1.2", [100, 200]],
    ["counts eq 2", [100, 200]],
    ['dates gt "2026-05-31T23:59:59Z"', [100, 200]],
    ['links sw "urn:"', [100, 200]],
    ['serials eq "S1-100"', [100]],
    ['code eq "cODE-100"', [100]],
    ['globalCode eq "global-100"', []],
    ['globalCode eq "Global-100"', [100]],
    ['renewed eq "2026-01-01T01:00:00.200+01:00"', [200]],
    ['friend.value eq "1" and friend eq "1"', [100, 200]],
    ['box.text eq "TEXT"', [100]],
    ["box.flag eq true", [100]],
    ['box[text eq "text" and count eq 3]', [100]],
    ["box.text pr", [100]],
    ["boxes pr", [100]],
    ["not (boxes pr)", [200]],
    ['boxes[value eq "v1" and flag eq true]', [100]],
    ['boxes[value eq "v2" and flag eq true]', []],
    ['boxes.value eq "v2" and boxes.flag eq true', [100]],
    ['boxes.words eq "B" and boxes[words eq "a"]', [100]],
    ["boxes.counts ge 2", [100]],
    ['boxes[since eq "2025-12-31T22:00:00Z"]', [100]],
    ["boxes.primary eq true", [100]],
    ['boxes.code eq "ONE-100"', [100]],
    [`${EXTRA}:badge eq "badge-100"`, [100]],
    [`${EXTRA.toUpperCase()}:BADGE eq "badge-200"`, [200]],
    [`${EXTRA.toLowerCase()}:level ge 2`, [100, 200]],
    [`${EXTRA}:tags eq "T"`, [100, 200]],
    [`${EXTRA}:owner.value eq "1"`, [100, 200]],
    [`${EXTRA}:spans[value ge "2026-02-01T00:00:00Z" and days pr]`, []],
    [`${EXTRA}:spans[days eq "MO"]`, [100, 200]],
    [`${EXTRA} pr`, [100, 200]],
    [`${MUST}:tenantCode eq "ACME"`, []],
    [`schemas eq "${EXTRA.toUpperCase()}"`, [100, 200]],
    ['asked eq "request" and shown eq "ALWAYS"', [100, 200]],
    ['stamp eq "mine"', []],
    ['meta.resourceType eq "Everything"', [100, 200]],
    ['externalId eq "external-100"', [100]],
  ])("is found by %s [req 63] [req 103] [req 104] [req 108] [req 113]", async (filter, numbers) => {
    expect(await found(filter)).toEqual(numbers);
  });

  it.each([
    "flag gt false",
    'box.blob gt "aGk="',
    'count co "1"',
    'since sw "2026"',
    'pin eq "secret"',
    "box.pin pr",
    `${EXTRA}:pin pr`,
    'hidden sw "s"',
    'boxes[hidden eq "secret"]',
    'box eq "x" and nothing eq 1',
  ])("cannot be searched by %s [req 66] [req 105] [req 118]", async (filter) => {
    expect(await found(filter)).toContain("invalidFilter");
  });
});

describe.each(CASES)("sorting, showing and uniqueness of that type, over $name storage, dialect $dialect", (each) => {
  setUp(each);

  it.each([
    ["number", [100, 200]],
    ["count", [100, 200]],
    ["flag", [100, 200]],
    ["renewed", [100, 200]],
    ["texts", [100, 200]],
    ["boxes.count", [100, 200]],
    ["box.text", [100, 200]],
    [`${EXTRA.toUpperCase()}:BADGE`, [100, 200]],
    [`${EVERYTHING}:globalCode`, [100, 200]],
  ])("is sorted by %s, in both directions [req 63] [req 121]", async (name, numbers) => {
    for (const order of ["ascending", "descending"]) {
      const query = `sortBy=${encodeURIComponent(name)}&sortOrder=${order}&attributes=number`;
      const { body } = await app.send("GET", `${ENDPOINT}?${query}`);
      const found = (body.Resources as { number: number }[]).map(({ number }) => number);
      expect(found).toEqual(order === "ascending" ? numbers : [...numbers].reverse());
    }
  });

  it("shows of it what a projection asks for, in every notation and case [req 67] [req 88] [req 89] [req 90]", async () => {
    const always = { schemas: [EVERYTHING, EXTRA], id, shown: "always", [EXTRA]: { shown: "always" } };
    expect(await get("?attributes=COUNT")).toEqual({ ...always, count: 7 });
    expect(await get("?attributes=asked,box.ASKED")).toEqual({
      ...always,
      asked: "request",
      box: { asked: "request", shown: "always" },
    });
    expect(await get(`?attributes=${EXTRA.toUpperCase()}:Asked,${EXTRA}:owner.value`)).toEqual({
      ...always,
      [EXTRA]: { shown: "always", asked: "request", owner: { value: "1" } },
    });
    expect(await get(`?attributes=${EVERYTHING}:boxes.value,${MUST}`)).toEqual({
      ...always,
      schemas: [EVERYTHING, EXTRA, MUST],
      boxes: [{ value: "v1", shown: "always" }, { value: "v2" }],
      [MUST]: { tenantCode: "acme", region: "eu" },
    });
    expect(await get("?attributes=pin,hidden,box.pin,stamp")).toEqual({ ...always, box: { shown: "always" } });
    const all = shown("100");
    const { friend, [MUST]: must, ...rest } = all;
    expect(await get(`?excludedAttributes=friend,SHOWN,${MUST.toUpperCase()},id`)).toEqual({
      ...rest,
      schemas: [EVERYTHING, EXTRA],
      id,
      meta: expect.anything(),
    });
  });

  it.each([
    ["a top-level value", { code: "CODE-100" }, "code"],
    ["a case exact value", { globalCode: "Global-100" }, "globalCode"],
    ["an instant in another offset", { renewed: "2026-01-01T02:00:00.100+02:00" }, "renewed"],
    ["a number", { number: 100 }, "number"],
    ["a value of a list", { serials: ["new", "S2-100"] }, "serials"],
    ["a sub-attribute", { box: { value: "x", code: "box-100" } }, "box.code"],
    ["a sub-attribute of an element", { boxes: [{ value: "x", globalCode: "One-100" }] }, "boxes.globalCode"],
    ["an attribute of an extension", { [EXTRA]: { note: "n", badge: "BADGE-100" } }, `${EXTRA}:badge`],
  ])("refuses %s twice on POST, PUT and PATCH [req 71] [req 134]", async (_, change, attribute) => {
    const other = { schemas: [EVERYTHING, MUST], label: "x", number: 300, [MUST]: { tenantCode: "x" } };
    const posted = await app.send("POST", ENDPOINT, { ...other, ...change });
    expect(posted).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect(posted.body.detail).toContain(attribute);
    const made = await app.send("POST", ENDPOINT, other);
    const path = `${ENDPOINT}/${made.body.id}`;
    expect(await app.send("PUT", path, { ...other, ...change })).toMatchObject({ status: 409 });
    expect(await app.send("PATCH", path, patch({ op: "add", value: change }))).toMatchObject({ status: 409 });
    expect((await app.send("GET", path)).body.meta).toEqual(made.body.meta);
    expect((await app.send("DELETE", path)).status).toBe(204);
  });

  it("lets another tenant have the same values, and does not tell of them [req 8]", async () => {
    const other = app.as("globex");
    expect(await create(other, "100")).not.toBe(id);
    expect((await other.send("GET", `${ENDPOINT}/${id}`)).status).toBe(404);
  });
});

describe.each(CASES)("values of that type, over $name storage, dialect $dialect", (each) => {
  setUp(each);

  it.each([
    ["a missing attribute", { label: null }, "label"],
    ["an empty one", { label: " " }, "label"],
    ["a missing sub-attribute", { box: { text: "x" } }, "box.value"],
    ["a missing one in a list", { boxes: [{ text: "x" }] }, "boxes[0].value"],
    ["a missing one in an extension", { [EXTRA]: { level: 1 } }, `${EXTRA}:note`],
    ["a missing extension", { [MUST]: undefined }, MUST],
    ["an extension without what it must have", { [MUST]: { region: "eu" } }, `${MUST}:tenantCode`],
    ["text for a boolean", { flag: "perhaps" }, "flag"],
    ["a fraction for an integer", { count: 1.5 }, "count"],
    ["text for a decimal", { ratio: "one" }, "ratio"],
    ["a day for a dateTime", { since: "2026-01-01" }, "since"],
    ["what is no base64", { blob: "a b" }, "blob"],
    ["a number for a reference", { link: 1 }, "link"],
    ["a list for one value", { label: ["a", "b"] }, "label"],
    ["an object for a simple value", { label: { a: 1 } }, "label"],
    ["text for a complex one", { box: "x" }, "box"],
    ["a list in a list", { texts: [["a"]] }, "texts[0]"],
    ["a wrong element", { counts: [1, "x"] }, "counts[1]"],
    ["a wrong sub-attribute", { box: { value: "x", count: "many" } }, "box.count"],
    ["a wrong value of a sub-attribute's list", { boxes: [{ value: "x", counts: ["x"] }] }, "boxes[0].counts[0]"],
    ["text for an extension", { [EXTRA]: "x" }, EXTRA],
    ["a wrong value in an extension", { [EXTRA]: { note: "n", level: "high" } }, `${EXTRA}:level`],
    [
      "two primaries",
      {
        boxes: [
          { value: "a", primary: true },
          { value: "b", primary: true },
        ],
      },
      "boxes",
    ],
  ])("refuses %s on POST and PUT, and says where [req 48] [req 49] [req 53]", async (_, change, attribute) => {
    const before = await stored();
    const body = { ...everything("400"), ...change };
    for (const [method, path] of [["POST", ENDPOINT] as const, ["PUT", `${ENDPOINT}/${id}`] as const]) {
      const answer = await app.send(method, path, body);
      expect(answer, method).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
      expect(answer.body.detail).toContain(attribute);
    }
    expect(await stored()).toEqual(before);
  });
});
