import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type App,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  GROUP,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

const filterOf = (filter: string): string => `filter=${encodeURIComponent(filter)}`;

let app: App;

const create = (attributes: object) => app.send("POST", "/Users", { schemas: [USER], userName: "a", ...attributes });

/** Each test has a server of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(() => {
    app = createApp({ storage: STORAGES[storageName]?.() });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("values over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 36] gives every resource an id that no other of any type ever had", async () => {
    const ids = [await createUser(app, "a"), await createGroup(app, "a"), await createUser(app, "b")];
    await app.send("DELETE", `/Users/${ids[0]}`);
    ids.push(await createUser(app, "a"), await createGroup(app, "c"));
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(id).toMatch(/^(?!.*bulkId)[\w-]+$/);
  });

  it("[req 39, 177] changes lastModified and version together with the resource, and created never", async () => {
    const { body, headers } = await create({ title: "t" });
    const meta = body.meta as Record<string, string>;
    expect([meta.lastModified, headers.get("etag")]).toEqual([meta.created, meta.version]);
    const changed = await app.send("PATCH", `/Users/${body.id}`, patch({ op: "replace", path: "title", value: "u" }));
    const after = changed.body.meta as Record<string, string>;
    expect(after.created).toBe(meta.created);
    expect(Date.parse(after.lastModified ?? "")).toBeGreaterThan(Date.parse(meta.lastModified ?? ""));
    expect(after.version).not.toBe(meta.version);
  });

  it("[req 42] keeps externalId as it was sent, apart for each tenant, and makes none up", async () => {
    const { body } = await create({ externalId: "E-1" });
    expect(body.externalId).toBe("E-1");
    expect((await app.send("GET", `/Users/${await createUser(app, "b")}`)).body.externalId).toBeUndefined();
    await createUser(app, "c", { externalId: "E-1" });
    await createUser(app.as("other"), "a", { externalId: "E-1" });
    expect((await app.send("GET", `/Users?${filterOf('externalId eq "E-1"')}`)).body.totalResults).toBe(2);
  });

  it("[req 43, 45] keeps an extension's data under its URN and names each schema once", async () => {
    const data = { department: "d", manager: { value: "m" } };
    const { body } = await create({ schemas: [ENTERPRISE, USER, USER.toUpperCase()], [ENTERPRISE]: data });
    expect(body.schemas).toEqual([USER, ENTERPRISE]);
    expect(body[ENTERPRISE]).toEqual(data);
    expect((await app.send("GET", `/Users?${filterOf(`schemas eq "${ENTERPRISE}"`)}`)).body.totalResults).toBe(1);
  });

  it("[req 44] names an extension no longer when a PATCH has taken its last value, and again when one comes", async () => {
    const { body } = await create({ [ENTERPRISE]: { department: "d" } });
    const send = (operation: object) => app.send("PATCH", `/Users/${body.id}`, patch(operation));
    expect((await send({ op: "remove", path: `${ENTERPRISE}:department` })).body.schemas).toEqual([USER]);
    const again = await send({ op: "add", path: `${ENTERPRISE}:costCenter`, value: "c" });
    expect([again.body.schemas, again.body[ENTERPRISE]]).toEqual([[USER, ENTERPRISE], { costCenter: "c" }]);
  });

  it("[req 47] takes null, an empty list and absence for the same, in every request and filter", async () => {
    const created = await create({ title: null, emails: [], name: { givenName: null } });
    expect(Object.keys(created.body).sort()).toEqual(["id", "meta", "schemas", "userName"]);
    await createUser(app, "b", { title: "t", emails: [{ value: "b@x.example" }] });
    for (const [attribute, empty] of [
      ["title", null],
      ["emails", []],
      ["emails", null],
    ] as const) {
      expect((await app.send("GET", `/Users?${filterOf(`${attribute} pr`)}`)).body.totalResults).toBe(1);
      const id = await createUser(app, "c", { title: "t", emails: [{ value: "c@x.example" }] });
      const patched = await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", value: { [attribute]: empty } }));
      expect([patched.status, patched.body[attribute]]).toEqual([200, undefined]);
      await app.send("DELETE", `/Users/${id}`);
    }
  });

  it("[req 50, 155] understands booleans and numbers sent as text, tells of it, and refuses them under strict", async () => {
    const { body } = await create({ active: "False", emails: [{ value: "a@x.example", primary: "true" }] });
    expect([body.active, body.emails]).toEqual([false, [{ value: "a@x.example", primary: true }]]);
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: "server.dialect", transforms: ["quoted-booleans"] }),
    );
    const wrapped = patch({ op: "Replace", path: "title", value: [{ value: "t" }] });
    expect((await app.send("PATCH", `/Users/${body.id}`, wrapped)).body.title).toBe("t");
    const strict = createApp({ dialect: "strict" });
    const refused = await strict.send("POST", "/Users", { schemas: [USER], userName: "a", active: "False" });
    expect([refused.status, refused.body.scimType]).toEqual([400, "invalidValue"]);
  });

  it.each([
    [{ active: 1 }],
    [{ emails: { value: 1 } }],
    [{ emails: "x" }],
    [{ name: "x" }],
    [{ name: [], title: {} }],
    [{ title: 7 }],
    [{ x509Certificates: [{ value: "no base64!" }] }],
  ])("[req 49, 51] refuses %j with 400 invalidValue and stores nothing", async (wrong) => {
    const answer = await app.send("POST", "/Users", { schemas: [USER], userName: "a", ...wrong });
    expect([answer.status, answer.body.scimType], answer.text).toEqual([400, "invalidValue"]);
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
  });
});

describe.each(Object.keys(STORAGES))("the form of values over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 51, 52, 55, 58] gives back as sent what it has no better spelling for", async () => {
    const sent = {
      x509Certificates: [{ value: "QUJD" }, { value: "QUI" }],
      photos: [{ value: "photos/1.png", type: "portrait" }],
      profileUrl: "https://example.com/a b",
      addresses: [
        { country: "us", region: "CA " },
        { country: "Deutschland", type: "holiday" },
      ],
      emails: [{ value: "Not an Address", type: "spare" }],
      phoneNumbers: [{ value: "(030) 12-34", type: "batphone" }],
    };
    const { body } = await create(sent);
    expect(body).toMatchObject(sent);
    expect((await app.send("GET", `/Users/${body.id}`)).body).toEqual(body);
  });

  it("[req 53, 54] refuses two primary elements, and keeps one of two that are equal", async () => {
    const [one, other] = [
      { value: "a@x.example", primary: true },
      { value: "b@x.example", primary: true },
    ];
    const answer = await create({ emails: [one, other] });
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
    expect((await create({ emails: [one, one] })).body.emails).toEqual([one]);
    const id = await createUser(app, "b", { emails: [one] });
    expect(
      (await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "b", emails: [one, other] })).status,
    ).toBe(400);
    const added = await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "emails", value: [other] }));
    expect(added.body.emails).toEqual([{ ...one, primary: false }, other]);
  });

  it.each([
    ["É", "E\u0301"],
    ["ＡＢＣ", "abc"],
    ["ΣΊΣΥΦΟΣ", "σίσυφος"],
    ["ﬁn", "FIN"],
  ])(
    "[req 56, 72] takes the userName %s for the same as %s, when it is created and when it is looked up",
    async (one, other) => {
      await createUser(app, one);
      const conflict = await app.send("POST", "/Users", { schemas: [USER], userName: other });
      expect([conflict.status, conflict.body.scimType]).toEqual([409, "uniqueness"]);
      const found = await app.send("GET", `/Users?${filterOf(`userName eq "${other}"`)}`);
      expect(found.body.totalResults).toBe(1);
      expect((found.body.Resources as { userName: string }[])[0]?.userName).toBe(one);
    },
  );

  it.each([[undefined], [null], [""], ["   "]])("[req 48, 56] refuses %j for a userName", async (userName) => {
    for (const [method, path] of [
      ["POST", "/Users"],
      ["PUT", `/Users/${await createUser(app, "b")}`],
    ] as const) {
      const answer = await app.send(method, path, { schemas: [USER], userName });
      expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
    }
    const group = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: userName });
    expect([group.status, group.body.scimType]).toEqual([400, "invalidValue"]);
  });

  it("[req 57, 66, 118] returns a password nowhere: no response, projection, list, filter, sorting, error or event", async () => {
    const secret = "t0p-secret";
    const id = await createUser(app, "a", { password: secret });
    const answers = [
      await create({ userName: "a", password: secret }),
      await app.send("PUT", `/Users/${id}?attributes=password`, { schemas: [USER], userName: "a", password: secret }),
      await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "a", password: [secret] }),
      await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "password", value: { x: secret } })),
      await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "password", value: secret })),
      await app.send("GET", "/Users?attributes=password,userName"),
      await app.send("GET", `/Users?attributes=${USER}:password`),
      await app.send("GET", "/Users?sortBy=password"),
    ];
    for (const answer of answers) expect(answer.text).not.toContain(secret);
    expect(JSON.stringify(app.events)).not.toContain(secret);
    for (const filter of [
      `password eq "${secret}"`,
      "password pr",
      `not (password eq "x")`,
      `${USER}:password sw "t"`,
    ]) {
      const answer = await app.send("GET", `/Users?${filterOf(filter)}`);
      expect([answer.status, answer.body.scimType], filter).toEqual([400, "invalidFilter"]);
    }
  });
});

describe.each(Object.keys(STORAGES))("values with rules of their own, over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 57, 132] hands a password on once, when it is sent, and forgets none that a PUT leaves out", async () => {
    const told: unknown[] = [];
    const delivering = createApp({
      storage: app.storage,
      passwords: "deliver",
      commit: (write, apply) => {
        told.push(write.secrets.password);
        return apply();
      },
    });
    const id = await createUser(delivering, "a", { password: "t0p" });
    await delivering.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "b" });
    await delivering.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "b", password: "n3w" });
    await delivering.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "t" }));
    expect(told).toEqual(["t0p", undefined, "n3w", undefined]);
  });

  it("[req 59, 135] ignores what a client writes into a user's groups, and refuses a PATCH of them", async () => {
    const id = await createUser(app, "a");
    const group = await createGroup(app, "g", [id]);
    for (const groups of [[], null, [{ value: "other" }]]) {
      const answer = await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "a", groups });
      expect([answer.status, (answer.body.groups as { value: string }[]).map(({ value }) => value)]).toEqual([
        200,
        [group],
      ]);
    }
    const patched = await app.send("PATCH", `/Users/${id}`, patch({ op: "remove", path: "groups" }));
    expect([patched.status, patched.body.scimType]).toEqual([400, "mutability"]);
  });

  it("[req 62] stores nothing that no schema knows, whatever the dialect makes of it", async () => {
    const answer = await create({ nonsense: "x", name: { nonsense: "x", givenName: "g" } });
    const stored = await app.storage.resources.find({ tenant: "acme", type: "User" }, String(answer.body.id));
    expect([answer.status, JSON.stringify(stored).includes("nonsense")]).toEqual([201, false]);
    const strict = createApp({ dialect: "strict" });
    const refused = await strict.send("POST", "/Users", { schemas: [USER], userName: "a", nonsense: "x" });
    expect([refused.status, refused.body.scimType]).toEqual([400, "invalidSyntax"]);
  });

  it("[req 67] shows id and schemas even where they are excluded", async () => {
    const { body } = await create({ title: "t" });
    const shown = await app.send("GET", `/Users/${body.id}?excludedAttributes=id,schemas,title,meta,userName`);
    expect(shown.body).toEqual({ schemas: [USER], id: body.id });
  });

  it.each([
    [["urn:scim:schemas:core:1.0"]],
    [["urn:scim:schemas:core:2.0:User"]],
    [[USER, "urn:scim:schemas:extension:enterprise:1.0"]],
  ])("[req 74] understands schemas %j", async (schemas) => {
    const { status, body } = await create({ schemas });
    expect([status, body.schemas]).toEqual([201, [USER]]);
  });

  it("[req 74] understands the URN that Entra ID names beside Group's", async () => {
    const schemas = [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"];
    const answer = await app.send("POST", "/Groups", { schemas, displayName: "g" });
    expect([answer.status, answer.body.schemas]).toEqual([201, [GROUP]]);
  });

  it("[req 73] refuses schemas that miss the type's own, or name one that it has not", async () => {
    const strict = createApp({ dialect: "strict" });
    for (const schemas of [undefined, [], [GROUP], [ENTERPRISE], "x", [7]]) {
      const answer = await strict.send("POST", "/Users", { schemas, userName: "a" });
      expect([answer.status, answer.body.status], JSON.stringify(schemas)).toEqual([400, "400"]);
    }
    expect((await strict.send("GET", "/Users")).body.totalResults).toBe(0);
    expect((await create({ schemas: undefined })).status).toBe(201);
  });
});
