import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answered,
  type App,
  createApp,
  createUser,
  ENTERPRISE,
  PATCH_OP,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

const WORK = { value: "w@x.example", type: "work" };
const HOME = { value: "h@x.example", type: "home", primary: true };

let app: App;
let id: string;

const send = (...operations: object[]): Promise<Answered> => app.send("PATCH", `/Users/${id}`, patch(...operations));
const stored = async (): Promise<Record<string, unknown>> => (await app.send("GET", `/Users/${id}`)).body;
const refused = async (answer: Answered, scimType: string, before: unknown): Promise<void> => {
  expect([answer.status, answer.body.scimType, answer.body.status], answer.text).toEqual([400, scimType, "400"]);
  expect(await stored()).toEqual(before);
};

/** Each test has a server of its own over this storage, and a user. */
function setUp(storageName: string): void {
  beforeEach(async () => {
    app = createApp({ storage: STORAGES[storageName]?.() });
    id = await createUser(app, "a", {
      title: "t",
      name: { givenName: "g", familyName: "f" },
      emails: [WORK, HOME],
      [ENTERPRISE]: { department: "d" },
    });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("PATCH over %s storage", (storageName) => {
  setUp(storageName);

  it.each([
    ["no schemas under strict", { Operations: [{ op: "remove", path: "title" }] }],
    ["no operations", { schemas: [PATCH_OP] }],
    ["an empty list", { schemas: [PATCH_OP], Operations: [] }],
    ["another operation", patch({ op: "move", path: "title" })],
    ["an operation that is none", { schemas: [PATCH_OP], Operations: ["remove"] }],
    ["an op that is no text", patch({ op: 1, path: "title" })],
    ["add without value", patch({ op: "add", path: "title" })],
    ["a message of another kind", { schemas: [USER], Operations: [{ op: "remove", path: "title" }] }],
  ])("[req 136] is refused with %s and changes nothing", async (_, body) => {
    const strict = createApp({ storage: app.storage, dialect: "strict" });
    const before = await stored();
    const answer = await strict.send("PATCH", `/Users/${id}`, body);
    expect([answer.status, answer.body.status], answer.text).toEqual([400, "400"]);
    expect(["invalidSyntax", "invalidValue"]).toContain(answer.body.scimType);
    expect(await stored()).toEqual(before);
  });

  it("[req 136] takes ops in any case and the key operations, and ignores what else there is", async () => {
    const body = {
      schemas: [PATCH_OP],
      name: "x",
      operations: [{ op: "REPLACE", path: "title", value: "u", name: "y" }],
    };
    expect((await app.send("PATCH", `/Users/${id}`, body)).body.title).toBe("u");
  });

  it("[req 139] addresses attributes by every kind of path, in any case", async () => {
    const answer = await send(
      { op: "replace", path: "TITLE", value: "u" },
      { op: "replace", path: "name.GIVENNAME", value: "x" },
      { op: "replace", path: `${USER}:nickName`, value: "n" },
      { op: "replace", path: `${USER}:name.familyName`, value: "y" },
      { op: "replace", path: 'emails[type eq "work"].display', value: "W" },
      { op: "replace", path: 'EMAILS[TYPE EQ "home"]', value: { value: "n@x.example", type: "home" } },
      { op: "add", path: `${ENTERPRISE}:costCenter`, value: "c" },
      { op: "add", path: ENTERPRISE.toLowerCase(), value: { division: "v" } },
    );
    expect(answer.status, answer.text).toBe(200);
    expect(await stored()).toMatchObject({
      title: "u",
      nickName: "n",
      name: { givenName: "x", familyName: "y" },
      emails: [
        { ...WORK, display: "W" },
        { value: "n@x.example", type: "home" },
      ],
      [ENTERPRISE]: { department: "d", costCenter: "c", division: "v" },
    });
  });

  it.each([
    "title[",
    "emails[type eq]",
    "name..givenName",
    'emails[type eq "work"',
    "",
    " ",
    "1title",
    "a b",
    'emails[type eq "work"]value',
  ])("[req 139] rejects the path %j with 400 and changes nothing", async (path) => {
    const before = await stored();
    const answer = await send({ op: "replace", path, value: "x" });
    expect(["invalidPath", "invalidFilter"]).toContain(answer.body.scimType);
    await refused(answer, String(answer.body.scimType), before);
  });

  it("[req 140] rejects a remove without path, and one with an unknown path", async () => {
    const before = await stored();
    await refused(await send({ op: "remove" }), "noTarget", before);
    await refused(await send({ op: "remove", path: "nonsense" }), "invalidPath", before);
  });
});

describe.each(Object.keys(STORAGES))("the operations of PATCH over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 141, 146] adds by merging, appending and replacing, as the attribute is made", async () => {
    await send(
      { op: "add", value: { title: "u", nickName: "n", name: { middleName: "m" } } },
      { op: "add", path: "emails", value: { value: "o@x.example", type: "other" } },
      { op: "replace", path: "displayName", value: "D" },
    );
    expect(await stored()).toMatchObject({
      title: "u",
      nickName: "n",
      displayName: "D",
      name: { givenName: "g", middleName: "m", familyName: "f" },
      emails: [WORK, HOME, { value: "o@x.example", type: "other" }],
    });
  });

  it("[req 142, 160] succeeds if nothing changes, and leaves even the version alone", async () => {
    const before = await stored();
    for (const operations of [
      [{ op: "add", path: "title", value: "t" }],
      [{ op: "add", path: "emails", value: [WORK] }],
      [{ op: "replace", path: "name", value: { givenName: "g" } }],
      [{ op: "remove", path: "nickName" }],
      [{ op: "remove", path: 'emails[type eq "none"]' }],
      [
        { op: "replace", path: "title", value: "x" },
        { op: "replace", path: "title", value: "t" },
      ],
    ]) {
      expect((await send(...operations)).status, JSON.stringify(operations)).toBe(200);
      expect(await stored()).toEqual(before);
    }
  });

  it("[req 144, 147] replaces lists as a whole, and removes elements until the attribute is gone", async () => {
    await send({ op: "replace", path: "emails", value: [WORK] });
    expect((await stored()).emails).toEqual([WORK]);
    await send({ op: "remove", path: 'emails[value eq "w@x.example"]' });
    expect("emails" in (await stored())).toBe(false);
    await send({ op: "replace", path: "name", value: { givenName: "x" } });
    expect((await stored()).name).toEqual({ givenName: "x", familyName: "f" });
  });

  it("[req 145, 158] refuses a replace whose filter finds nothing, but makes one element of it for Entra ID", async () => {
    const before = await stored();
    await refused(
      await send({ op: "replace", path: 'addresses[type eq "work"].locality', value: "B" }),
      "noTarget",
      before,
    );
    await send(
      { op: "Add", path: 'addresses[type eq "work"].locality', value: "B" },
      { op: "Add", path: 'addresses[type eq "work"].postalCode', value: "1" },
      { op: "Replace", path: 'addresses[type eq "work"].country', value: "DE" },
    );
    expect((await stored()).addresses).toEqual([{ type: "work", locality: "B", postalCode: "1", country: "DE" }]);
  });

  it("[req 147, 149] refuses to remove what is required, and to touch what is read-only", async () => {
    const before = await stored();
    for (const operation of [
      { op: "remove", path: "userName" },
      { op: "remove", path: "id" },
      { op: "replace", path: "id", value: "x" },
      { op: "add", path: "meta.version", value: "x" },
      { op: "replace", path: "groups", value: [{ value: "x" }] },
      { op: "replace", path: `${ENTERPRISE}:manager.displayName`, value: "x" },
    ]) {
      await refused(await send(operation), "mutability", before);
    }
  });

  it("[req 148] leaves one element primary, the last that became it", async () => {
    await send({ op: "replace", path: 'emails[type eq "work"].primary', value: true });
    expect((await stored()).emails).toEqual([
      { ...WORK, primary: true },
      { ...HOME, primary: false },
    ]);
    await send({ op: "add", path: "emails", value: [{ value: "n@x.example", primary: true }] });
    const emails = (await stored()).emails as { primary?: boolean }[];
    expect(emails.map(({ primary }) => primary === true)).toEqual([false, false, true]);
  });
});

describe.each(Object.keys(STORAGES))("PATCH as identity providers send it, over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 151] never takes a remove with a value for a removal of all", async () => {
    await send({ op: "Remove", path: "emails", value: [{ value: "w@x.example" }] });
    expect((await stored()).emails).toEqual([HOME]);
    const strict = createApp({ storage: app.storage, dialect: "strict" });
    const answer = await strict.send("PATCH", `/Users/${id}`, patch({ op: "remove", path: "emails", value: [HOME] }));
    expect([answer.status, (await stored()).emails]).toEqual([400, [HOME]]);
  });

  it("[req 152, 153, 154] understands what Entra ID puts into values", async () => {
    await send({
      op: "Add",
      value: {
        "name.givenName": "x",
        [`${ENTERPRISE}:employeeNumber`]: "7",
        [`${ENTERPRISE}:manager`]: "boss",
        'emails[type eq "work"].value': "new@x.example",
      },
    });
    expect(await stored()).toMatchObject({
      name: { givenName: "x", familyName: "f" },
      emails: [{ ...WORK, value: "new@x.example" }, HOME],
      [ENTERPRISE]: { department: "d", employeeNumber: "7", manager: { value: "boss" } },
    });
    await send({ op: "Replace", path: `${ENTERPRISE}:manager`, value: "" });
    expect((await stored())[ENTERPRISE]).toEqual({ department: "d", employeeNumber: "7" });
    const role = { value: JSON.stringify({ id: "1", value: "admin", displayName: "Admin" }) };
    await send({ op: "Add", path: "roles", value: [role] });
    expect((await stored()).roles).toEqual([{ value: "admin", display: "Admin" }]);
  });

  it("[req 156] changes by a pathless replace what it names, and takes no harm from an id", async () => {
    const before = await stored();
    const answer = await send({ op: "replace", value: { id, active: false, emails: [] } });
    expect([answer.status, answer.body.active, answer.body.emails]).toEqual([200, false, undefined]);
    const { emails: _, meta: __, ...rest } = before;
    expect(await stored()).toMatchObject(rest);
  });

  it("[req 159] adds and removes an extension by its URN in schemas", async () => {
    await send({ op: "remove", path: "schemas", value: [ENTERPRISE] });
    const gone = await send({ op: "remove", path: `schemas[value eq "${ENTERPRISE}"]` });
    const without = await stored();
    expect([without.schemas, without[ENTERPRISE]], gone.text).toEqual([[USER], undefined]);
    await send({ op: "add", path: `${ENTERPRISE}:department`, value: "e" });
    expect((await stored()).schemas).toEqual([USER, ENTERPRISE]);
  });
});
