import { createSource, memoryStorage } from "scimkit";
import { bearerToken, createScimClient, defaultCapabilities } from "scimkit/client";
import { describe, expect, it } from "vitest";
import { USER } from "../helpers/scim-app.ts";
import { closedUrl, LIST, page, refusal, reset, respond, type Step, scripted } from "./scripted-server.ts";

const once = { retry: { attempts: 1 } };
const config = respond(200, { patch: { supported: true }, filter: { supported: true, maxResults: 10 } });

describe("a configuration that cannot be read", () => {
  it.each<[string, Step]>([
    ["401", refusal(401)],
    ["429", refusal(429)],
    ["500", refusal(500)],
    ["503", refusal(503)],
    ["a page", page(200)],
    ["a cut connection", reset],
  ])("is no statement after %s: what was stated before holds, and the caller knows [req C20, C25]", async (_, step) => {
    let time = 0;
    const { client } = await scripted([config, step, step], { ...once, now: () => time });
    expect(await client.serviceProviderConfig()).toMatchObject({ isCertain: true, failure: undefined });
    time += 3_600_000;
    const later = await client.serviceProviderConfig();
    expect(later).toMatchObject({ isCertain: true, failure: expect.any(Error) });
    expect(later.capabilities).toMatchObject({ patch: true, origin: { patch: "discovered" } });
    const fresh = await (await scripted([step], once)).client.serviceProviderConfig();
    expect(fresh).toMatchObject({ isCertain: false, capabilities: defaultCapabilities });
  });
  it.each([403, 404, 501])("is a statement after %s: there is none [req C20]", async (status) => {
    let time = 0;
    const { client } = await scripted([config, refusal(status)], { ...once, now: () => time });
    await client.serviceProviderConfig();
    time += 3_600_000;
    const later = await client.serviceProviderConfig();
    expect(later).toMatchObject({ isCertain: true, capabilities: defaultCapabilities });
  });
});

describe("a listing by cursor", () => {
  it("is used once the service provider has announced it [req C29]", async () => {
    const { client, arrived } = await scripted([
      respond(200, { pagination: { cursor: true, index: false } }),
      respond(200, { schemas: [LIST], totalResults: 2, nextCursor: "c2", Resources: [{ id: "1", schemas: [USER] }] }),
      respond(200, { schemas: [LIST], totalResults: 2, Resources: [{ id: "2", schemas: [USER] }] }),
    ]);
    expect((await client.capabilities()).cursor).toBe(true);
    const complete = [];
    for await (const each of client.users.pages({ pageSize: 1 })) complete.push(each.complete);
    expect(arrived.slice(1).map(({ target }) => target)).toEqual([
      "/scim/v2/Users?cursor=&count=1",
      "/scim/v2/Users?cursor=c2&count=1",
    ]);
    expect(complete).toEqual([false, true]);
  });
});

describe("the test of a connection", () => {
  const user = { schemas: [USER], id: "1", userName: "a" };
  const list = (total: number, ...resources: object[]): Step =>
    respond(200, { schemas: [LIST], totalResults: total, Resources: resources });
  const stateOf = ({ checks }: Awaited<ReturnType<ReturnType<typeof createScimClient>["test"]>>): object =>
    Object.fromEntries(checks.map(({ name, state }) => [name, state]));

  it("finds a source of this package in order", async () => {
    const source = createSource({ slug: "s", baseUrl: "https://app.example", storage: memoryStorage() });
    const { token } = await source.tokens.issue({ name: "t" });
    const report = await createScimClient({
      baseUrl: source.baseUrl,
      auth: bearerToken(token),
      fetch: source.fetch,
    }).test();
    expect(report.ok).toBe(true);
    expect(report.checks).toEqual([
      { name: "connection", state: "ok", text: "The service provider responds" },
      { name: "credentials", state: "ok", text: "The credentials are accepted" },
      { name: "configuration", state: "ok", text: "Supported: patch, filter, sort, bulk, etag, cursor" },
      { name: "users", state: "ok", text: "There are 0 users" },
      { name: "groups", state: "ok", text: "There are 0 groups" },
      { name: "filter", state: "ok", text: "Users can be found by userName" },
    ]);
  });
  it("says that nobody listens, that the address is wrong, and that the credentials are refused", async () => {
    const closed = createScimClient({ baseUrl: await closedUrl(), auth: bearerToken("t"), ...once });
    const [nobody] = (await closed.test()).checks;
    expect(nobody).toMatchObject({ name: "connection", state: "failed", todo: expect.stringContaining("network") });
    const wrong = await (await scripted([page(200)], once)).client.test();
    expect(wrong).toMatchObject({
      ok: false,
      checks: [{ name: "connection", todo: expect.stringContaining("base URL") }],
    });
    const below = await (await scripted([refusal(404)], once)).client.test();
    expect(below).toMatchObject({ ok: false, checks: [{ name: "connection", state: "failed" }, { state: "skipped" }] });
    expect(below.checks[0]?.todo).toBe("Check the base URL: /Users must exist below it");
    const refused = await (await scripted([refusal(401, { detail: "expired" })], once)).client.test();
    expect(refused).toMatchObject({ ok: false, checks: [{ state: "ok" }, { name: "credentials", text: "expired" }] });
  });
  it("names what is odd: no configuration, no groups, ignored filters", async () => {
    const steps = [refusal(404), list(7, user), refusal(404), list(7, user)];
    const report = await (await scripted(steps, once)).client.test();
    expect([report.ok, stateOf(report)]).toEqual([
      true,
      { connection: "ok", credentials: "ok", configuration: "odd", users: "ok", groups: "odd", filter: "odd" },
    ]);
    expect(report.checks.at(-1)?.text).toBe(
      "A filter by a name that nobody has returns 7 of 7 users: filters are ignored",
    );
    expect(report.checks.filter(({ state }) => state === "odd").every(({ todo }) => todo !== undefined)).toBe(true);
  });
});
