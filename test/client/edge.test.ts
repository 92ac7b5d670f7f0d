import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { bearerToken, createScimClient, outcomeOf } from "scimkit/client";
import { defineResourceType, defineSchema } from "scimkit/schema";
import { afterEach, describe, expect, it } from "vitest";
import { wordsOf } from "../../src/errors/words-of.ts";
import { ENTERPRISE, USER } from "../helpers/scim-app.ts";
import { ERROR, LIST, rejection, respond, type Step, scripted } from "./scripted-server.ts";

const once = { retry: { attempts: 1 } };

/** The text of the error that one response leads to. */
async function textFor(step: Step): Promise<string> {
  const { client } = await scripted([step], once);
  return ((await rejection(client.users.get("1"))) as Error).message;
}

describe("whose response it is", () => {
  it("a GET that shows another id is refused and named", async () => {
    const { client } = await scripted([respond(200, { schemas: [USER], id: "2", userName: "root" })], once);
    expect(await rejection(client.users.get("1"))).toMatchObject({
      reason: "misdirected",
      message: "GET /Users/{id}: the response shows another resource (2) than the one that was requested",
    });
  });
  it("an id in another case, as a number or none at all is that of the request [req C5]", async () => {
    for (const id of ["ABC-1", undefined]) {
      const { client } = await scripted([respond(200, { schemas: [USER], id, userName: "a" })], once);
      expect(await client.users.get("abc-1")).toMatchObject({ userName: "a" });
    }
    const { client, arrived } = await scripted([respond(200, { schemas: [USER], id: 42, userName: "a" })], once);
    const user = await client.users.get("42");
    await client.users.delete(user.id);
    expect([user.id, arrived.at(-1)?.target]).toEqual(["42", "/scim/v2/Users/42"]);
  });
  it("what a write shows is returned as it is [req C7]", async () => {
    const shown = { schemas: [USER], id: "other", userName: "another", active: true };
    const { client } = await scripted([respond(200, shown)], once);
    expect(await client.users.replace("1", { userName: "a", active: false })).toEqual(shown);
  });
});

describe("a resource of an application", () => {
  it("has its names as the schema spells them, and numbers where the schema has texts [req C5, C6]", async () => {
    const text = `{"Schemas":["${USER}"],"ID":7,"USERNAME":"a","Name":{"GIVENNAME":"G"},"Emails":[{"Value":"x","TYPE":"work"}],
      "${ENTERPRISE.toUpperCase()}":{"EmployeeNumber":12,"manager":{"VALUE":8}},"groups":[{"value":9,"display":"g"}],
      "Own":{"Kept":1},"__proto__":{"polluted":true}}`;
    const { client } = await scripted([respond(200, text, { "content-type": "application/json" })], once);
    const user = await client.users.get("7");
    expect(user).toEqual({
      schemas: [USER],
      id: "7",
      userName: "a",
      name: { givenName: "G" },
      emails: [{ value: "x", type: "work" }],
      groups: [{ value: "9", display: "g" }],
      [ENTERPRISE]: { employeeNumber: "12", manager: { value: "8" } },
      Own: { Kept: 1 },
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  it("has a number that is too large to be exact as its text", async () => {
    const page = `{"schemas":["${LIST}"],"totalResults":1,"Resources":[{"id":90071992547409931234,"userName":"a"}]}`;
    const { client } = await scripted([respond(200, page)], once);
    const ids: string[] = [];
    for await (const { id } of client.users.list()) ids.push(id);
    expect(ids).toEqual(["90071992547409931234"]);
  });
  it("of a type of one's own is read in the same way", async () => {
    const device = defineResourceType({
      name: "Device",
      endpoint: "/Devices",
      schema: defineSchema({ id: "urn:example:Device", attributes: [{ name: "serialNumber" }] }),
    });
    const { client } = await scripted(
      [respond(200, { schemas: ["urn:example:Device"], id: "1", SERIALNUMBER: 7 })],
      once,
    );
    expect(await client.resource(device).get("1")).toMatchObject({ serialNumber: "7" });
  });
});

describe("the words of an application", () => {
  it.each<[string, unknown]>([
    ["detail", { schemas: [ERROR], detail: "licences are used up" }],
    ["message", { message: "licences are used up" }],
    ["errorMessage", { errorMessage: "licences are used up" }],
    ["error.message", { error: { code: 7, message: "licences are used up" } }],
    ["error as a text", { error: "licences are used up" }],
    ["error_description", { error: "invalid", error_description: "licences are used up" }],
    ["errors", { errors: [{ message: "licences are used up" }] }],
    ["errors as texts", { errors: ["licences are used up"] }],
    ["SCIM 1.1", { Errors: [{ description: "licences are used up", code: "400" }] }],
    ["an extension", { schemas: [ERROR], status: "400", "urn:example:Error": { message: "licences are used up" } }],
    ["problem details", { type: "about:blank", title: "licences are used up" }],
    ["plain text", "licences are used up\n    at Server.handle (/srv/app.js:12:3)\n    at next (/srv/x.js:1:1)"],
    ["a stack trace in the message", { message: "licences are used up\n    at Server.handle (/srv/app.js:12:3)" }],
  ])("are found in %s", async (_, body) => {
    expect(await textFor(respond(400, body))).toBe("licences are used up");
  });
  it("are short, printable, and never a page of HTML", async () => {
    expect(await textFor(respond(500, "<html><body>secret</body></html>"))).toBe("The response has status 500");
    expect(await textFor(respond(400, { detail: "x".repeat(5000) }))).toHaveLength(1000);
    expect(await textFor(respond(400, { detail: "a\u0000b\n\tc" }))).toBe("a b c");
  });
  it("are found in bounded time in ten million characters, whatever they are", () => {
    const many = 10_000_000;
    for (const text of [
      " ".repeat(many),
      `x${" ".repeat(many)}`,
      "\n at (".repeat(many / 6),
      " at a(".repeat(many / 6),
      "<".repeat(many),
    ]) {
      expect((wordsOf(text) ?? "").length).toBeLessThanOrEqual(300);
      expect((wordsOf({ detail: text }) ?? "").length).toBeLessThanOrEqual(1000);
    }
  });
  it("of a 409 that is no conflict of names stay as they are", async () => {
    const { client } = await scripted(
      [respond(409, { schemas: [ERROR], status: 409, detail: "The group is locked" })],
      once,
    );
    const error = await rejection(client.groups.delete("1"));
    expect(error).toMatchObject({ name: "ScimError", status: 409, scimType: undefined, detail: "The group is locked" });
  });
  it("about a media type say what the profile can change", async () => {
    const { client } = await scripted([respond(415, { detail: "unsupported" })], once);
    const error = (await rejection(client.users.create({ userName: "a" }))) as Error;
    expect(error.message).toBe(
      'unsupported (sent as application/scim+json; the profile\'s contentType can be "application/json")',
    );
  });
  it("do not contain the token that the application repeats [req C18]", async () => {
    const { client } = await scripted(
      [respond(403, { detail: 'The token "secret-token" (Bearer secret-token) is not allowed' })],
      once,
    );
    const error = await rejection(client.users.get("1"));
    expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain("secret-token");
  });
});

describe("what cannot be sent", () => {
  it.each(['W/"a\nb"', 'W/"a\r\nX-Evil: 1"', 'W/"ü€"', "", " x"])(
    "a version %j is a TypeError, and nothing is sent",
    async (ifMatch) => {
      const { client, arrived } = await scripted([respond(204)], once);
      expect(await rejection(client.users.delete("1", { ifMatch }))).toBeInstanceOf(TypeError);
      expect(arrived).toEqual([]);
    },
  );
  it.each([".", "..", ""])("an id %j is a TypeError, and nothing is sent", async (id) => {
    const { client, arrived } = await scripted([respond(204)], once);
    expect(await rejection(client.users.delete(id))).toBeInstanceOf(TypeError);
    expect(arrived).toEqual([]);
  });
});

describe("a certificate that is refused", () => {
  const open: (() => void)[] = [];
  afterEach(() => {
    for (const close of open.splice(0)) close();
  });

  it("means that nothing was sent, and a POST is known not to have happened [req C8]", async () => {
    const read = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
    let requests = 0;
    const server = createServer({ key: read("self-signed.key"), cert: read("self-signed.crt") }, (_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const client = createScimClient({ baseUrl: `https://127.0.0.1:${port}`, auth: bearerToken("t"), ...once });
    const error = await rejection(client.users.create({ userName: "a" }));
    expect([outcomeOf(error), requests]).toEqual(["not-sent", 0]);
    expect(error).toMatchObject({ reason: "network", cause: { cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } } });
  });
});

describe("a listing", () => {
  const endless: Step = (res, { target }) => {
    const start = Number(new URL(target, "http://x").searchParams.get("startIndex"));
    const Resources = [{ schemas: [USER], id: `u${start}`, userName: `u${start}` }];
    respond(200, { schemas: [LIST], totalResults: 1_000_000, itemsPerPage: 1, startIndex: start, Resources })(
      res,
      {} as never,
    );
  };

  it("ends with its time, with an error, so that nobody takes it for a whole one [req C26]", async () => {
    let time = 0;
    const { client, arrived } = await scripted([endless], { now: () => (time += 100) });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { id } of client.users.list({ maxMs: 5000 })) seen.push(id);
    })();
    expect(await rejection(reading)).toMatchObject({ reason: "timeout" });
    expect(arrived.length).toBeLessThan(30);
    expect(seen.length).toBe(arrived.length);
  });
  it("and a look-up end with a limit of pages, and say that they are not complete [req C26, C27]", async () => {
    const { client, arrived } = await scripted([endless]);
    const pages = [];
    for await (const page of client.users.pages({ maxPages: 3 })) pages.push(page.complete);
    expect(pages).toEqual([false, false, false]);
    arrived.length = 0;
    const found = await client.users.find({ attribute: "userName", value: "nobody" }, { thorough: true, maxPages: 4 });
    expect([found, arrived.length]).toEqual([{ outcome: "none", certain: false }, 4]);
  });
  it("and a look-up end with the signal", async () => {
    const { client } = await scripted([endless]);
    const abort = new AbortController();
    const reading = (async () => {
      for await (const { id } of client.users.list({ signal: abort.signal })) if (id === "u5") abort.abort();
    })();
    expect(await rejection(reading)).toMatchObject({ reason: "aborted" });
    const { signal } = abort;
    const finding = client.users.find({ attribute: "userName", value: "x" }, { thorough: true, signal });
    expect(await rejection(finding)).toMatchObject({ reason: "aborted" });
  });
});
