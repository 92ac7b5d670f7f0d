import { describe, expect, it } from "vitest";
import { scimErrorFromWire } from "../../src/errors/from-wire.ts";
import * as classes from "../../src/errors/request-errors.ts";
import { ScimError } from "../../src/errors/scim-error.ts";
import { TransportError } from "../../src/errors/transport-error.ts";
import { ERROR, page, refusal, rejection, respond, scripted } from "./scripted-server.ts";

const once = { retry: { attempts: 1 } };

describe("an error response", () => {
  it("becomes the class that a server throws, for every class there is", () => {
    const thrown: ScimError[] = [
      new classes.InvalidFilterError("a"),
      new classes.InvalidPathError("a"),
      new classes.TooManyError("a"),
      new classes.MutabilityError("a", { attribute: "id" }),
      new classes.InvalidSyntaxError("a"),
      new classes.NoTargetError("a"),
      new classes.InvalidValueError("a"),
      new classes.InvalidVersionError("a"),
      new classes.UnauthorizedError("a"),
      new classes.ForbiddenError("a"),
      new classes.SensitiveError("a"),
      new classes.NotFoundError("a"),
      new classes.MethodNotAllowedError("a", { allow: ["GET"] }),
      new classes.UniquenessError("userName"),
      new classes.PreconditionFailedError(),
      new classes.PreconditionRequiredError("a"),
      new classes.PayloadTooLargeError("a", { limit: 1 }),
      new classes.UnsupportedMediaTypeError("a"),
      new classes.TooManyRequestsError("a"),
      new classes.NotImplementedError("a"),
      new classes.UnavailableError("a"),
      new ScimError("a", { status: 418 }),
      new ScimError("a", { status: 400, scimType: "expiredCursor" }),
    ];
    // Nobody receives a DisconnectedError.
    const received = Object.keys(classes).filter((name) => name !== "DisconnectedError");
    expect(new Set(thrown.map(({ name }) => name))).toEqual(new Set([...received, "ScimError"]));
    for (const error of thrown) {
      const read = scimErrorFromWire(error.status, JSON.parse(JSON.stringify(error)));
      expect(read.constructor).toBe(error.constructor);
      expect(read.toJSON()).toEqual(error.toJSON());
    }
  });

  it("is read with status as a number, schema instead of schemas, and names in any case [req C5]", () => {
    expect(scimErrorFromWire(200, { schema: [ERROR], status: 409, SCIMType: "Uniqueness" })).toBeInstanceOf(
      classes.UniquenessError,
    );
    expect(scimErrorFromWire(409, { Errors: [{ description: "it exists", code: "409" }] })).toMatchObject({
      status: 409,
      detail: "it exists",
      scimType: undefined,
    });
    expect(scimErrorFromWire(403, { scimType: "made up", detail: 7 })).toBeInstanceOf(classes.ForbiddenError);
  });

  it("is read by its status if its body is not a SCIM error [req C5]", () => {
    for (const body of [undefined, null, "<html>", [], 7, { message: "limit\u0000 exceeded\n" }]) {
      expect(scimErrorFromWire(429, body, { retryAfterMs: 5 })).toMatchObject({ status: 429, retryAfterMs: 5 });
    }
    expect(scimErrorFromWire(429, { message: "limit\u0000 exceeded\n" }).detail).toBe("limit exceeded");
    expect(scimErrorFromWire(599, undefined)).toMatchObject({ name: "ScimError", status: 599 });
    expect(scimErrorFromWire(400, { detail: "a".repeat(5000) }).detail).toHaveLength(1000);
  });

  it("with a scimType that contradicts its status is read by its status", () => {
    expect(scimErrorFromWire(404, { scimType: "uniqueness" })).toBeInstanceOf(classes.NotFoundError);
    expect(scimErrorFromWire(500, { scimType: "invalidValue" })).toMatchObject({ name: "ScimError", status: 500 });
  });

  it("carries Retry-After and Allow", async () => {
    const { client } = await scripted([refusal(405, {}, { allow: "GET, DELETE" })]);
    expect(await rejection(client.users.replace("1", { userName: "a" }))).toMatchObject({ allow: ["GET", "DELETE"] });
    const busy = await scripted([respond(503, "busy", { "retry-after": "2", "content-type": "text/plain" })], once);
    expect(await rejection(busy.client.users.get("1"))).toMatchObject({ name: "UnavailableError", retryAfterMs: 2000 });
  });

  it("with a status of success is still an error [req C5]", async () => {
    const { client } = await scripted([respond(200, { schemas: [ERROR], status: 404, detail: "gone" })]);
    expect(await rejection(client.users.get("1"))).toMatchObject({ name: "NotFoundError", detail: "gone" });
  });
});

describe("a 404", () => {
  const json = { "content-type": "application/json" };

  it.each<[string, ReturnType<typeof respond>]>([
    ["a SCIM error", respond(404, { schemas: [ERROR], status: "404" }, json)],
    ["SCIM's media type alone", respond(404, undefined, { "content-type": "application/scim+json; charset=utf-8" })],
    ["an empty JSON object", respond(404, {}, json)],
    ["an error of SCIM 1.1", respond(404, { Errors: [{ code: "404" }] }, json)],
  ])("with %s says that there is no such resource", async (_, step) => {
    const { client } = await scripted([step]);
    expect(await rejection(client.users.delete("1"))).toBeInstanceOf(classes.NotFoundError);
  });

  it.each<[string, ReturnType<typeof respond>]>([
    ["a page", page(404)],
    ["nothing at all", respond(404)],
    ["a gateway's JSON", respond(404, { message: "no Route matched with those values" }, json)],
    ["a framework's JSON", respond(404, { status: 404, error: "Not Found", path: "/Users/1" }, json)],
    [
      "problem details",
      respond(404, { status: 404, title: "?", detail: "?" }, { "content-type": "application/problem+json" }),
    ],
  ])("with %s says nothing about the resource", async (_, step) => {
    const { client } = await scripted([step]);
    const error = await rejection(client.users.delete("1"));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ reason: "not-scim", status: 404, outcome: "unknown" });
  });
});

describe("a success", () => {
  const user = { id: "1", userName: "anna", made: { up: true }, schemas: ["urn:example:unheard-of"] };

  it.each<[string, Record<string, string>]>([
    ["application/json", { "content-type": "application/json" }],
    ["text/json", { "content-type": "text/json; charset=utf-8" }],
    ["no type", { "content-type": "" }],
  ])("is read with %s, and unknown attributes are kept [req C4] [req C6]", async (_, headers) => {
    const { client } = await scripted([respond(200, `\uFEFF${JSON.stringify(user)}`, headers)]);
    expect(await client.users.get("1")).toEqual(user);
  });

  it("that names no id is of the requested resource", async () => {
    const nameless = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "anna" };
    const { client } = await scripted([
      respond(200, nameless),
      respond(200, { ...nameless, id: null }),
      respond(200, nameless),
    ]);
    expect(await client.users.get("1")).toEqual({ ...nameless, id: "1" });
    expect(await client.users.replace("2", { userName: "anna" })).toEqual({ ...nameless, id: "2" });
    expect(await client.users.patch("3", [])).toEqual({ ...nameless, id: "3" });
  });

  it("of a write may have no body [req C4] [req C7]", async () => {
    const { client, url } = await scripted([
      respond(204),
      respond(200),
      respond(200, {}),
      respond(202),
      respond(200, { ok: true }),
      (res) =>
        respond(201, undefined, { location: `http://${res.req.headers.host}/scim/v2/Users/a%20b` })(res, {} as never),
    ]);
    expect(url).toMatch(/^http/);
    expect(await client.users.replace("1", { userName: "a" })).toBeUndefined();
    expect(await client.users.patch("1", [])).toBeUndefined();
    expect(await client.users.patch("1", [])).toBeUndefined();
    await client.users.delete("1");
    await client.users.delete("1");
    const created = await client.users.create({ userName: "a", password: "p" });
    expect(created).toEqual({
      outcome: "created",
      resource: { id: "a b", userName: "a", schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"] },
    });
  });

  it("may contain an id that is a number", async () => {
    const { client } = await scripted([respond(200, { id: 42, userName: "a" })]);
    expect((await client.users.get("42")).id).toBe("42");
  });

  it.each<[string, ReturnType<typeof respond>]>([
    ["a login page", page(200)],
    ["JSON without sense", respond(200, { ok: true })],
    ["a list", respond(200, [])],
    ["a word", respond(200, '"fine"')],
    ["nothing", respond(200)],
    ["broken JSON", respond(200, '{"id":"1"')],
  ])("that contains %s is an error", async (_, step) => {
    const { client } = await scripted([step]);
    expect(await rejection(client.users.get("1"))).toMatchObject({
      name: "TransportError",
      reason: "not-scim",
      status: 200,
    });
  });

  it("cannot change a prototype", async () => {
    const { client } = await scripted([
      respond(200, '{"id":"1","__proto__":{"admin":true},"a":{"\\u005f_proto__":{"b":1}}}'),
    ]);
    const read = await client.users.get("1");
    expect(Object.keys(read)).toEqual(["id", "a"]);
    expect(Object.assign({}, read).admin).toBeUndefined();
  });

  it("larger than the limit is not read", async () => {
    const { client } = await scripted([respond(200, { id: "1", note: "x".repeat(5000) })], { maxResponseBytes: 1000 });
    expect(await rejection(client.users.get("1"))).toMatchObject({
      reason: "not-scim",
      message: expect.stringContaining("larger than 1000 bytes"),
    });
  });
});
