import { describe, expect, it } from "vitest";
import { bundleSize } from "../../tools/bundle-size.ts";

/** The parts of `storage` but for the records of state. */
const DRIVERS = ["driver", "fallback", "memory", "sql", "sqlite", "postgres"].map((room) => `storage/${room}`);

/** Rooms that nobody needs for one of the cases, and packages beside those that are bundled into `dist`. */
const CASES = [
  {
    what: "scimkit/client",
    code: 'export * from "scimkit/client"',
    atStart: 40,
    total: 89,
    without: ["server", "source", "provider", "patch", "dialects", "mapping", "queue", "directory", ...DRIVERS],
    packages: ["jose", "ky", "oauth4webapi", "zod"],
  },
  {
    what: "a client with a static token",
    code: 'export { bearerToken, createScimClient } from "scimkit/client"',
    atStart: 36,
    total: 43,
    without: ["server", "source", "provider", "storage", "patch", "dialects", "mapping", "queue", "directory"],
    packages: ["ky", "zod"],
  },
  {
    what: "createScimHandler",
    code: 'export { createScimHandler } from "scimkit/server"',
    atStart: 62,
    total: 68,
    without: ["client", "source", "provider", "mapping", "queue", "directory", "storage/sql"],
    packages: ["zod"],
  },
  {
    what: "createSource",
    code: 'export { createSource } from "scimkit/source"',
    atStart: 92,
    total: 119,
    without: ["client", "provider", "queue", "storage/sql"],
    packages: ["deepmerge-ts", "jose", "p-limit", "yocto-queue", "zod"],
  },
  {
    what: "createProvider",
    code: 'export { createProvider } from "scimkit/provider"',
    atStart: 40,
    total: 69,
    without: ["server", "source", "dialects", "storage/sql"],
    packages: ["deepmerge-ts", "p-limit", "yocto-queue", "zod"],
  },
  {
    what: "everything of scimkit",
    code: 'export * from "scimkit"',
    atStart: 133,
    total: 194,
    without: ["storage/sql", "storage/sqlite", "storage/postgres"],
    packages: ["croner", "deepmerge-ts", "jose", "ky", "p-limit", "yocto-queue", "zod"],
  },
];

/** What no program needs: other ways to use zod, with its texts in fifty languages, and what is for tests or for Node. */
const NOWHERE = /^(node_modules\/zod\/(?!v4\/(core|mini)\/)|src\/(testing|adapters|cli|console)\/)/;

describe.each(CASES)("a bundle with $what", ({ code, atStart, total, without, packages }) => {
  it(`has at most ${atStart} kB at the start, and ${total} kB with what is loaded later`, async () => {
    const size = await bundleSize(code);
    expect(size.atStart, "kB at the start, by esbuild, minified, gzip").toBeLessThanOrEqual(atStart * 1000);
    expect(size.total, "kB in all, by esbuild, minified, gzip").toBeLessThanOrEqual(total * 1000);
  });

  it("has nothing in it that it has no use for", async () => {
    const { sources } = await bundleSize(code);
    const unwanted = (source: string): boolean =>
      NOWHERE.test(source) ||
      without.some((room) => source.startsWith(`src/${room}/`)) ||
      (source.startsWith("node_modules/") && !packages.some((name) => source.startsWith(`node_modules/${name}/`)));
    expect(sources.size).toBeGreaterThan(10);
    expect([...sources].filter(unwanted), "these leak into the bundle").toEqual([]);
  });
});

it("a source is without OAuth and JWTs until somebody uses them", async () => {
  const { atStart, total } = await bundleSize('export { createSource } from "scimkit/source"');
  expect(total - atStart).toBeGreaterThan(11_000);
});

it("a leak is found by name", async () => {
  const { sources } = await bundleSize('export * from "scimkit/storage/sqlite"');
  expect([...sources].some((source) => source.startsWith("node_modules/kysely/"))).toBe(true);
  expect([...sources].some((source) => source.startsWith("src/storage/sql/"))).toBe(true);
});
