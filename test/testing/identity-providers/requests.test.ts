import { createSource, memoryStorage } from "scimkit";
import { type SimulatedExchange, simulateGoogle, simulateOkta } from "scimkit/testing";
import { describe, expect, it } from "vitest";
import { PRODUCTS } from "./products.ts";

/** Names instead of the ids and secrets that are different in each run. */
function line({ method, path, requestBody, status }: SimulatedExchange, names: Map<string, string>): string {
  const text = [method, decodeURIComponent(path), JSON.stringify(requestBody) ?? ""].filter(Boolean).join(" ");
  const named = text
    .replaceAll(/"meta":\{[^{}]*"location[^{}]*\}/g, '"meta":{…}')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      if (!names.has(id)) names.set(id, `{${names.size + 1}}`);
      return names.get(id) ?? id;
    });
  return `${named} -> ${status}`;
}

async function target() {
  const source = createSource({ slug: "people", baseUrl: "https://app.example", storage: memoryStorage() });
  const { token } = await source.tokens.issue({ name: "simulation" });
  return { fetch: source.fetch, options: { baseUrl: source.baseUrl, token } };
}

describe("the requests of a simulated identity provider", () => {
  it.each(Object.entries(PRODUCTS))("are those of %s, and no others", async (name, product) => {
    const { fetch, options } = await target();
    const { provider, run } = product.live(fetch, { ...options, verify: false });
    await run();
    const names = new Map<string, string>();
    const lines = provider.exchanges.map((exchange) => line(exchange, names));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`./requests/${name}.txt`);
  });

  it("have the headers of the product", async () => {
    const { fetch, options } = await target();
    const okta = simulateOkta(fetch, options);
    await okta.provision({ userName: "ada@example.com" });
    expect(okta.exchanges.map(({ headers }) => headers["User-Agent"])).toContain("Okta SCIM Client 1.0.0");
    expect(okta.exchanges[1]?.headers).toMatchObject({
      "Content-Type": "application/scim+json; charset=utf-8",
      Accept: "application/scim+json",
      Authorization: `Bearer ${options.token}`,
    });
  });

  it("link a user who exists, and correct what differs", async () => {
    const { fetch, options } = await target();
    const [first, second] = [simulateOkta(fetch, options), simulateOkta(fetch, options)];
    const ada = await first.provision({ userName: "ada@example.com", title: "Countess" });
    expect(await second.provision({ userName: "Ada@example.com", title: "Analyst" })).toBe(ada);
    expect(second.exchanges.map(({ method }) => method)).toEqual(["GET", "GET", "PUT", "GET"]);
    expect(second.exchanges.at(-1)?.body).toMatchObject({ userName: "Ada@example.com", title: "Analyst" });
  });

  it("list all users page by page", async () => {
    const { fetch, options } = await target();
    const okta = simulateOkta(fetch, options);
    const ids: string[] = [];
    for (const name of ["ada", "grace", "alan"]) ids.push(await okta.provision({ userName: name }));
    expect([...(await okta.listUsers(2))].sort()).toEqual(ids.sort());
    expect(okta.exchanges.slice(-2).map(({ path }) => path)).toEqual([
      "/Users?startIndex=1&count=2",
      "/Users?startIndex=3&count=2",
    ]);
  });
});

describe("a simulation", () => {
  it("rejects what the caller cannot mean", async () => {
    const { fetch, options } = await target();
    expect(() => simulateOkta(fetch, { ...options, baseUrl: "/scim/v2" })).toThrow(TypeError);
    const okta = simulateOkta(fetch, options);
    await expect(okta.change("unknown", { title: "x" })).rejects.toThrow("no user with the id unknown");
    await expect(okta.renameGroup("unknown", "x")).rejects.toThrow("no group with the id unknown");
    await expect(simulateGoogle(fetch, options).rename("unknown", "x")).rejects.toThrow(TypeError);
  });
});
