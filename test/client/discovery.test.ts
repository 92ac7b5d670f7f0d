import { describe, expect, it } from "vitest";
import {
  type Capabilities,
  defaultCapabilities,
  effectiveCapabilities,
} from "../../src/client/profiles/capabilities.ts";
import { profiles } from "../../src/client/profiles/profile.ts";
import { readServiceProviderConfig } from "../../src/client/profiles/service-provider-config.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { page, refusal, rejection, reset, respond, type Step, scripted } from "./scripted-server.ts";

const document = {
  patch: { supported: true },
  filter: { supported: true, maxResults: 200 },
  etag: { supported: true },
};
const ok = respond(200, document);
const once = { retry: { attempts: 1 } };

describe("capabilities", () => {
  it("are merged in the order defaults, profile, discovered, learned, enforced, operator [req C21]", () => {
    const layers = {
      profile: { filterMaxResults: 1, patch: false, sort: true },
      discovered: { filterMaxResults: 2, patch: true, etag: true, filter: false },
      learned: { patch: false },
      enforced: { filter: true, bulk: false },
      override: { bulk: true },
    };
    const { origin, ...values } = effectiveCapabilities(layers);
    expect(values).toEqual({
      ...defaultCapabilities,
      filterMaxResults: 2,
      patch: false,
      sort: true,
      etag: true,
      filter: true,
      bulk: true,
    });
    expect(origin).toEqual({
      patch: "learned",
      put: "default",
      filter: "enforced",
      filterMaxResults: "discovered",
      bulk: "override",
      bulkMaxOperations: "default",
      bulkMaxPayloadSize: "default",
      sort: "profile",
      etag: "discovered",
      changePassword: "default",
      cursor: "default",
    } satisfies Record<keyof Capabilities, string>);
  });

  it("are read one by one, booleans also as text and numbers [req C20]", () => {
    expect(
      readServiceProviderConfig({
        patch: "yes",
        filter: { Supported: 1, maxResults: "50" },
        sort: { supported: "False" },
      }),
    ).toEqual({ filter: true, filterMaxResults: 50, sort: false });
    expect(readServiceProviderConfig({ Resources: [document] })).toMatchObject({ patch: true });
    for (const nothing of [undefined, null, [], "text", {}, { patch: null, filter: { maxResults: -1 } }]) {
      expect(readServiceProviderConfig(nothing)).toBeUndefined();
    }
  });
});

describe("discovery", () => {
  it("returns what the service provider publishes, with the origin of each value [req C20] [req C21]", async () => {
    const { client, arrived } = await scripted([ok]);
    const { capabilities, failure } = await client.serviceProviderConfig();
    expect(failure).toBeUndefined();
    expect(capabilities).toMatchObject({ patch: true, filterMaxResults: 200, etag: true, sort: false });
    expect(capabilities.origin).toMatchObject({ patch: "discovered", sort: "default" });
    expect(arrived[0]?.target).toBe("/scim/v2/ServiceProviderConfig");
  });

  it.each<[string, Step]>([
    ["404", refusal(404)],
    ["403", refusal(403)],
    ["401", refusal(401)],
    ["501", refusal(501)],
    ["500", refusal(500)],
    ["a page", page(200)],
    ["a page with 404", page(404)],
    ["JSON without sense", respond(200, { ok: true })],
    ["a list", respond(200, [])],
    ["nothing", respond(204)],
    ["a cut connection", reset],
  ])("returns the documented defaults after %s, and says why [req C20]", async (_, step) => {
    const { client } = await scripted([step], once);
    const { capabilities, failure } = await client.serviceProviderConfig();
    const { origin, ...values } = capabilities;
    expect(values).toEqual(defaultCapabilities);
    expect(new Set(Object.values(origin))).toEqual(new Set(["default"]));
    expect(failure).toBeInstanceOf(Error);
  });

  it("is kept for a time, a failure for a shorter one, and repeated on request [req C25]", async () => {
    let time = 0;
    const { client, arrived } = await scripted([refusal(500), ok], { ...once, now: () => time });
    const patch = async (refresh = false): Promise<boolean> =>
      (await client.serviceProviderConfig({ refresh })).capabilities.patch;
    expect([await patch(), await patch(), arrived.length]).toEqual([false, false, 1]);
    time += 60_000;
    expect([await patch(), await patch(), arrived.length]).toEqual([true, true, 2]);
    time += 3_600_000 - 1;
    expect([await patch(), arrived.length]).toEqual([true, 2]);
    time += 1;
    expect([await patch(), arrived.length]).toEqual([true, 3]);
    expect([await patch(true), arrived.length]).toEqual([true, 4]);
  });

  it("sends one request for all callers", async () => {
    const { client, arrived } = await scripted([ok]);
    await Promise.all([1, 2, 3].map(() => client.serviceProviderConfig()));
    expect(arrived).toHaveLength(1);
  });

  it("can be aborted by one caller without the others", async () => {
    const { client } = await scripted([ok]);
    const signal = AbortSignal.abort();
    expect(await rejection(client.serviceProviderConfig({ signal }))).toMatchObject({ reason: "aborted" });
    expect((await client.serviceProviderConfig({ signal: new AbortController().signal })).capabilities.patch).toBe(
      true,
    );
  });

  it("learns from 405 and 501 for the type of the endpoint, for a time [req C21]", async () => {
    let time = 0;
    const { client } = await scripted([ok, refusal(501), refusal(405), ok], { now: () => time });
    await client.serviceProviderConfig();
    expect(await rejection(client.groups.patch("1", []))).toMatchObject({ status: 501 });
    expect(await rejection(client.groups.replace("1", { displayName: "a" }))).toMatchObject({ status: 405 });
    const groups = async (): Promise<object> =>
      (await client.serviceProviderConfig({ type: groupResourceType })).capabilities;
    expect(await groups()).toMatchObject({ patch: false, put: false, origin: { patch: "learned", put: "learned" } });
    expect((await client.serviceProviderConfig({ type: userResourceType })).capabilities.patch).toBe(true);
    expect((await client.serviceProviderConfig()).capabilities.patch).toBe(true);
    time += 3_600_000;
    expect(await groups()).toMatchObject({ patch: true, put: true });
  });
});

describe("a profile", () => {
  it("of Slack filters although Slack says that it cannot", async () => {
    const says = respond(200, { ...document, filter: { supported: false, maxResults: 0 } });
    const { client } = await scripted([says], { profile: "slack" });
    const { capabilities } = await client.serviceProviderConfig();
    expect(capabilities).toMatchObject({ filter: true, filterMaxResults: 100, origin: { filter: "enforced" } });
  });

  it("of Salesforce reads the configuration at its plural path [req C20]", async () => {
    const { client, arrived } = await scripted([respond(200, { patch: { supported: true } })], {
      profile: "salesforce",
    });
    const { capabilities } = await client.serviceProviderConfig();
    expect(arrived[0]?.target).toBe("/scim/v2/ServiceProviderConfigs");
    expect(capabilities).toMatchObject({ patch: true, filterMaxResults: 200, origin: { filterMaxResults: "profile" } });
  });

  it("can switch discovery off", async () => {
    const { client, arrived } = await scripted([ok], { profile: "vcenter", capabilities: { sort: true } });
    const { capabilities, failure } = await client.serviceProviderConfig();
    expect(capabilities).toMatchObject({ patch: false, sort: true, origin: { patch: "enforced", sort: "override" } });
    expect([arrived.length, failure]).toEqual([0, undefined]);
  });

  it("is data that can be spread and passed in", async () => {
    const { client } = await scripted([ok], { profile: { ...profiles.aws, name: "ours", maxMembersPerPatch: 50 } });
    expect(client.profile).toMatchObject({ name: "ours", maxMembersPerPatch: 50, enforce: { patch: true } });
    expect(JSON.parse(JSON.stringify(profiles))).toEqual(profiles);
    for (const [name, profile] of Object.entries(profiles)) expect(profile.name).toBe(name);
  });
});
