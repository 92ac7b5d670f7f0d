import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import type { ScimClientOptions } from "../../src/client/client-options.ts";
import { createScimClient } from "../../src/client/create-client.ts";
import type { ListOptions, ListPage } from "../../src/client/resources/list-pages.ts";
import type { User } from "../../src/protocol/resources.ts";
import { LIST, page, refusal, rejection, respond, type Step, scripted } from "./scripted-server.ts";

/** A page of users with these ids. */
function users(ids: readonly string[], more: object = {}): Step {
  return respond(200, { schemas: [LIST], Resources: ids.map((id) => ({ id, userName: id })), ...more });
}

async function pagesOf(
  steps: readonly Step[],
  query?: ListOptions,
): Promise<{ pages: ListPage<User>[]; targets: string[] }> {
  const { client, arrived } = await scripted(steps, { retry: { attempts: 1 } });
  const pages: ListPage<User>[] = [];
  for await (const one of client.users.pages(query)) pages.push(one);
  return { pages, targets: arrived.map(({ target }) => target.replace("/scim/v2/Users?", "")) };
}

function idsOf(pages: readonly ListPage<User>[]): string[] {
  return pages.flatMap(({ resources }) => resources.map(({ id }) => id));
}

describe("a listing", () => {
  it("continues after what was received, not after what was requested [req C26]", async () => {
    const { pages, targets } = await pagesOf(
      [users(["1", "2"], { totalResults: 3 }), users(["3"], { totalResults: 3 })],
      { pageSize: 10 },
    );
    expect(targets).toEqual(["startIndex=1&count=10", "startIndex=3&count=10"]);
    expect(idsOf(pages)).toEqual(["1", "2", "3"]);
    expect(pages.map(({ complete }) => complete)).toEqual([false, true]);
    expect(pages[0]?.total).toBe(3);
  });

  it("returns single resources, and requests no more pages than are read", async () => {
    const { client, arrived } = await scripted([users(["1", "2"], { totalResults: 9 })]);
    for await (const user of client.users.list()) {
      if (user.id === "2") break;
    }
    expect(arrived).toHaveLength(1);
  });

  it("is read with names in any case and numbers as text [req C5]", async () => {
    const body = { SCHEMAS: [LIST], resources: [{ id: 1, userName: "a" }], TotalResults: "1" };
    const { pages } = await pagesOf([respond(200, body)]);
    expect([idsOf(pages), pages[0]?.complete]).toEqual([["1"], true]);
  });

  it("without totalResults continues to an empty page and is not complete [req C5] [req C27]", async () => {
    const { pages } = await pagesOf([users(["1"]), users(["2"]), users([])]);
    expect(idsOf(pages)).toEqual(["1", "2"]);
    expect(pages.at(-1)?.complete).toBe(false);
  });

  it("that ends before its total is not complete [req C26] [req C27]", async () => {
    const { pages } = await pagesOf([users(["1"], { totalResults: 3 }), users([], { totalResults: 3 })]);
    expect(pages.at(-1)?.complete).toBe(false);
  });

  it("without resources is complete", async () => {
    const { pages } = await pagesOf([respond(200, { schemas: [LIST], totalResults: 0 })]);
    expect(pages).toEqual([{ resources: [], total: 0, complete: true }]);
  });

  it("returns each resource once, and is not complete if pages overlap or the total changes [req C28]", async () => {
    const overlap = await pagesOf([users(["1", "2"], { totalResults: 3 }), users(["0", "2"], { totalResults: 3 })]);
    expect(idsOf(overlap.pages)).toEqual(["1", "2", "0"]);
    expect(overlap.pages.at(-1)?.complete).toBe(false);
    const moved = await pagesOf([users(["1"], { totalResults: 3 }), users(["2"], { totalResults: 2 })]);
    expect(moved.pages.at(-1)?.complete).toBe(false);
  });

  it("that does not begin at the first resource is not complete", async () => {
    const { pages, targets } = await pagesOf([users(["2"], { totalResults: 2 })], { startIndex: 2 });
    expect(targets).toEqual(["startIndex=2&count=100"]);
    expect(pages.at(-1)?.complete).toBe(false);
  });

  it("requests no more at a time than the service provider is known to return", async () => {
    const config = respond(200, { filter: { supported: true, maxResults: 50 } });
    const empty = users([], { totalResults: 0 });
    const countsOf = async (options: Partial<ScimClientOptions>): Promise<(string | null)[]> => {
      const { client, arrived } = await scripted([empty, config, empty, empty], options);
      const list = async (pageSize: number): Promise<unknown> => client.users.list({ pageSize }).next();
      await list(200);
      await client.serviceProviderConfig();
      await list(200);
      await list(10);
      return arrived.map(({ target }) => new URL(target, "http://localhost").searchParams.get("count"));
    };
    expect(await countsOf({})).toEqual(["200", null, "50", "10"]);
    const capabilities = { filterMaxResults: 30 };
    expect(await countsOf({ capabilities })).toEqual(["30", null, "30", "10"]);
    expect(await countsOf({ profile: "aws" })).toEqual(["50", null, "50", "10"]);
  });

  it("of a service provider that ignores startIndex ends with an error [req C26]", async () => {
    const { client, arrived } = await scripted([users(["1", "2"], { totalResults: 5 })]);
    const read = async (): Promise<void> => {
      for await (const _ of client.users.list());
    };
    expect(await rejection(read())).toMatchObject({ reason: "not-scim", message: expect.stringContaining("repeats") });
    expect(arrived).toHaveLength(2);
  });
});

describe("a listing with limits, cursors or unusual entries", () => {
  it("stops after maxPages, incomplete [req C26]", async () => {
    const { pages } = await pagesOf([users(["1"], { totalResults: 9 }), users(["2"], { totalResults: 9 })], {
      maxPages: 2,
    });
    expect([idsOf(pages), pages.at(-1)?.complete]).toEqual([["1", "2"], false]);
  });

  it("follows cursors, with the same parameters on every page [req C29]", async () => {
    const { pages, targets } = await pagesOf(
      [users(["1"], { totalResults: 2, nextCursor: "a/b" }), users(["2"], { totalResults: 2 })],
      { attributes: ["userName"], filter: "active eq true" },
    );
    expect(targets).toEqual([
      "filter=active%20eq%20true&attributes=userName&startIndex=1&count=100",
      "filter=active%20eq%20true&attributes=userName&cursor=a%2Fb&count=100",
    ]);
    expect([idsOf(pages), pages.at(-1)?.complete]).toEqual([["1", "2"], true]);
  });

  it("drops entries that are not resources, and is then not complete", async () => {
    const { pages } = await pagesOf([
      respond(200, { totalResults: 3, Resources: [null, { id: "1" }, { userName: "x" }] }),
    ]);
    expect([idsOf(pages), pages.at(-1)?.complete]).toEqual([["1"], false]);
  });

  it.each<[string, Step, object]>([
    ["a page of a proxy", page(200), { name: "TransportError" }],
    ["JSON that is no list", respond(200, { ok: true }), { name: "TransportError" }],
    ["an error", refusal(400, { scimType: "tooMany" }), { name: "TooManyError" }],
  ])("fails with %s", async (_, step, error) => {
    expect(await rejection(pagesOf([step]))).toMatchObject(error);
  });

  it("rejects invalid sizes", async () => {
    for (const query of [{ pageSize: 0 }, { startIndex: 0 }, { maxPages: 1.5 }]) {
      expect(await rejection(pagesOf([users([])], query))).toBeInstanceOf(TypeError);
    }
  });

  it("ends whatever the service provider returns", async () => {
    const wire = fc.record(
      {
        Resources: fc.array(fc.oneof(fc.record({ id: fc.constantFrom("a", "b", "c", "d") }), fc.constant(null)), {
          maxLength: 3,
        }),
        totalResults: fc.oneof(fc.nat(9), fc.constant("5"), fc.constant(-1), fc.constant(null)),
        nextCursor: fc.constantFrom("x", "y", ""),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(wire, { minLength: 1, maxLength: 6 }), async (bodies) => {
        let requests = 0;
        const client = createScimClient({
          baseUrl: "https://app.example/scim",
          auth: bearerToken("t"),
          fetch: async () => Response.json(bodies[requests++ % bodies.length]),
        });
        const seen: string[] = [];
        try {
          for await (const { id } of client.users.list()) seen.push(id);
        } catch (error) {
          expect(error).toMatchObject({ name: "TransportError", reason: "not-scim" });
        }
        expect(new Set(seen).size).toBe(seen.length);
        // Each page but the last must show one of the four ids for the first time.
        expect(requests).toBeLessThanOrEqual(5);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});
