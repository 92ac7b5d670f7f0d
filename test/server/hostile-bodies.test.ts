import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type App,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  PATCH_OP,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

describe.each(Object.keys(STORAGES))("bodies that mean harm, over %s storage", (storageName) => {
  let app: App;
  beforeEach(() => {
    app = createApp({ storage: STORAGES[storageName]?.() });
  });
  afterEach(() => app.storage.close());

  it.each(["a\0b", "\ud800", "a\udc00b"])(
    "[req 49, 75] refuses the text %j, which no database keeps apart",
    async (text) => {
      const created = await app.send("POST", "/Users", { schemas: [USER], userName: text });
      expect([created.status, created.body.scimType]).toEqual([400, "invalidValue"]);
      expect(created.body.detail).toBe("userName must be well-formed Unicode without U+0000");
      const id = await createUser(app, "a");
      for (const operation of [
        { op: "replace", path: "displayName", value: text },
        { op: "add", path: "emails", value: [{ value: text }] },
        { op: "add", value: { [ENTERPRISE]: { department: text } } },
      ]) {
        expect((await app.send("PATCH", `/Users/${id}`, patch(operation))).body.scimType).toBe("invalidValue");
      }
      const put = await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "a", name: { familyName: text } });
      expect(put.body.scimType).toBe("invalidValue");
      const found = await app.send("GET", `/Users?filter=${encodeURIComponent(`userName eq ${JSON.stringify(text)}`)}`);
      expect([found.status, found.body.totalResults]).toEqual([200, 0]);
    },
  );

  it("[req 4] refuses a member that is given twice, at any level and however it is written, and writes nothing", async () => {
    const id = await createUser(app, "a");
    const twice = [
      `{"schemas":["${USER}"],"userName":"b","userName":"c"}`,
      `{"schemas":["${USER}"],"userName":"b","user\\u004eame":"c"}`,
      `{"schemas":["${USER}"],"userName":"b","name":{"givenName":"x","givenName" : "y"}}`,
      `{"schemas":["${USER}"],"userName":"b","emails":[{"value":"x"},{"value":"y","value":"z"}]}`,
    ];
    for (const body of twice) {
      const answer = await app.send("POST", "/Users", body);
      expect([answer.status, answer.body.scimType], body).toEqual([400, "invalidSyntax"]);
      expect(answer.body.detail).toMatch(/the member "(?:userName|givenName|value)" of an object twice/);
    }
    const long = `"${"k".repeat(100_000)}":1`;
    expect((await app.send("POST", "/Users", `{${long},${long}}`)).text.length).toBeLessThan(500);
    const operation = '[{"op":"add","path":"title","value":"x"}]';
    const patched = await app.send(
      "PATCH",
      `/Users/${id}`,
      `{"schemas":["${PATCH_OP}"],"Operations":${operation},"Operations":${operation}}`,
    );
    expect([patched.status, patched.body.scimType]).toEqual([400, "invalidSyntax"]);
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(1);
  });

  it("does not take equal names in different objects, nor equal values, for a member given twice", async () => {
    const body = `{"schemas":["${USER}"],"userName":"userName","name":{"givenName":"name","familyName":"name\\\\\\""},
      "emails":[{"value":"value","type":"type"},{"value":"type","type":"value"}],"title":"{\\"a\\":1,\\"a\\":2}"}`;
    expect((await app.send("POST", "/Users", body)).status).toBe(201);
  });

  it("[req 186] lets no name reach a prototype, in any place of a body", async () => {
    const evil = `{"schemas":["${USER}"],"userName":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},
      "name":{"__proto__":{"givenName":"evil"},"familyName":"F"},"emails":[{"value":"a@b","__proto__":{"type":"work"}}],
      "${ENTERPRISE}":{"__proto__":{"department":"x"}}}`;
    const created = await app.send("POST", "/Users", evil);
    expect(created.body).toMatchObject({ name: { familyName: "F" }, emails: [{ value: "a@b" }] });
    expect(created.text).not.toMatch(/evil|polluted|work|department/);
    const patched = await app.send(
      "PATCH",
      `/Users/${created.body.id}`,
      `{"schemas":["${PATCH_OP}"],"Operations":[{"op":"add","__proto__":{"path":"title"},"value":{"__proto__":{"title":"evil"},"nickName":"n"}}]}`,
    );
    expect(patched.body).toMatchObject({ nickName: "n" });
    expect(patched.text).not.toContain("evil");
    expect(Object.prototype).not.toHaveProperty("polluted");
  });

  it("[req 68] names members that do not exist without repeating the request", async () => {
    const group = await createGroup(app, "g");
    const value = Array.from({ length: 20 }, (_, index) => ({ value: `${index}${"x".repeat(10_000)}` }));
    const answer = await app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value }));
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain("and 10 more");
    expect(answer.text.length).toBeLessThan(1000);
  });
});

describe("bodies that do not arrive whole", () => {
  it("[req 3] are rejected with 415 if they are still encoded, but not for the Content-Encoding header alone", async () => {
    const app = createApp();
    const text = JSON.stringify({ schemas: [USER], userName: "a" });
    const packed = await app.send("POST", "/Users", new Uint8Array(gzipSync(text)), { "content-encoding": "gzip" });
    expect([packed.status, packed.body.detail]).toEqual([
      415,
      "The request body must be sent without Content-Encoding",
    ]);
    // Parsers unpack bodies and leave the header where it was.
    expect((await app.send("POST", "/Users", text, { "content-encoding": "gzip" })).status).toBe(201);
  });

  it("[req 187] are the client's fault and no error of this side when they break off, and write nothing", async () => {
    const app = createApp();
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new DOMException("The client went away", "AbortError")),
    });
    const answer = await app.send("POST", "/Users", broken);
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidSyntax"]);
    expect(app.events.map(({ type }) => type)).toEqual(["server.response"]);
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
  });
});

describe("requests that cost more than they should", () => {
  it("[req 15] holds no more of a body that comes in single bytes than its bytes, and reads it right", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ schemas: [USER], userName: "é".repeat(5000) }));
    const single = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const answer = await createApp().send("POST", "/Users", single);
    expect([answer.status, answer.body.userName]).toEqual([201, "é".repeat(5000)]);
  });

  it("[req 15] returns 413 as soon as a body without a length has grown too large", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    const answer = await createApp({ limits: { maxBodyBytes: 10_000 } }).send("POST", "/Users", endless);
    expect([answer.status, pulled < 20]).toEqual([413, true]);
  });

  it("[req 56, 115] compares a name of a hundred thousand combining marks without sorting them", async () => {
    const app = createApp();
    const userName = `a${"\u0301\u0316".repeat(100_000)}`;
    const id = await createUser(app, userName);
    const answer = await app.send("POST", "/Users", { schemas: [USER], userName: userName.toUpperCase() });
    expect([answer.status, answer.body.scimType]).toEqual([409, "uniqueness"]);
    expect((await app.send("DELETE", `/Users/${id}`)).status).toBe(204);
  });

  it("[req 161] refuses operations that would go through thousands of values thousands of times", async () => {
    const app = createApp();
    const id = await createUser(app, "a");
    const each = Array.from({ length: 8000 }, (_, index) =>
      index % 2 === 0
        ? { op: "add", path: "emails", value: [{ value: `${index}@x` }] }
        : { op: "add", path: "emails.display", value: `d${index}` },
    );
    const answer = await app.send("PATCH", `/Users/${id}`, patch(...each));
    expect([answer.status, answer.body.scimType]).toEqual([400, "tooMany"]);
    expect((await app.send("GET", `/Users/${id}`)).body).not.toHaveProperty("emails");
  });

  it("[req 15, 152] counts the operations that a dialect makes of one", async () => {
    const app = createApp({ limits: { maxOperations: 100 } });
    const id = await createUser(app, "a");
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`emails[type eq "${index}"].value`, "x"]));
    expect((await app.send("PATCH", `/Users/${id}`, patch({ op: "add", value: keys(100) }))).status).toBe(200);
    expect((await app.send("PATCH", `/Users/${id}`, patch({ op: "add", value: keys(101) }))).status).toBe(413);
  });
});
