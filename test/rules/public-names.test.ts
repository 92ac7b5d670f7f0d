import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportsMap } from "../../tools/exports-map.ts";
import { print, sample } from "./offence.ts";
import { described, listing, publicNames } from "./public-names.ts";
import { filesBelow, ROOT } from "./repository.ts";

const entries = filesBelow("src/entries", ".ts");

describe("public names", () => {
  const names = publicNames(entries);

  it("are found in every entry", () => {
    expect(entries.length).toBeGreaterThan(0);
    expect(new Set(names.map(({ entry }) => entry)).size).toBe(entries.length);
  });

  it("are those of the snapshot: a name that comes or goes is a change for users", async () => {
    await expect(listing(names)).toMatchFileSnapshot("public-names.txt");
  });

  it("each say in a sentence what they are, and take at most three parameters", () => {
    const broken = [
      sample("src/entries/sample.ts", 'export { f, g, type H, missing } from "../path/sample.ts";'),
      sample(
        "src/path/sample.ts",
        "export function f(): void {}\n/** Adds four things up. */\nexport function g(a: 1, b: 1, c: 1, d: 1): void {}\n/** word */\nexport type H = 1;",
      ),
    ];
    expect(print(described(publicNames(broken)))).toEqual([
      expect.stringMatching(/sample.ts:\d+ scimkit\/sample exports H, which has no doc sentence/),
      expect.stringMatching(/sample.ts:\d+ scimkit\/sample exports f, which has no doc sentence/),
      expect.stringMatching(/sample.ts:\d+ scimkit\/sample exports g, which takes 4 parameters/),
      expect.stringMatching(/sample.ts:\d+ scimkit\/sample exports missing, which the file it names does not export/),
    ]);
    expect(print(described(names))).toEqual([]);
  });
});

describe("the exports map", () => {
  it("names every entry by its path", () => {
    expect(exportsMap(["src/entries/storage/sqlite.ts", "src/entries/index.ts"])).toEqual({
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./storage/sqlite": { types: "./dist/storage/sqlite.d.ts", default: "./dist/storage/sqlite.js" },
      "./package.json": "./package.json",
    });
  });

  it("of package.json is that of src/entries, no more and no less (npm run exports writes it)", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(manifest.exports).toEqual(exportsMap(entries.map(({ path }) => path)));
  });
});
