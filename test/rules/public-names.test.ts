import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportsMap } from "../../tools/exports-map.ts";
import { print, sample } from "./offence.ts";
import {
  ambiguous,
  described,
  hiddenErrors,
  listing,
  publicNames,
  unexportedTypes,
  unfakeable,
} from "./public-names.ts";
import { filesBelow, ROOT, sourceFiles } from "./repository.ts";

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

describe("public declarations", () => {
  const files = sourceFiles();

  it("mean one thing each in the whole package", () => {
    const twice = [
      sample("src/entries/one.ts", 'export type { A } from "../path/one.ts";'),
      sample("src/entries/two.ts", 'export type { A } from "../path/two.ts";'),
      sample("src/path/one.ts", "/** The first of two. */\nexport type A = 1;"),
      sample("src/path/two.ts", "/** The second of two. */\nexport type A = 2;"),
    ];
    expect(print(ambiguous(publicNames(twice)))).toEqual([
      expect.stringMatching(/A means two things: in .*one.* and .*two/),
    ]);
    expect(print(ambiguous(publicNames(files)))).toEqual([]);
  });

  it("use only types that an entry exports", () => {
    const broken = [
      sample("src/entries/one.ts", 'export type { A, B, C } from "../path/one.ts";'),
      sample(
        "src/path/one.ts",
        'interface Hidden { b: B }\nexport interface A { of(hidden: Hidden): Word }\nexport type B = string;\ntype Word = "a" | "b";\nexport type C<T> = T extends Word ? Part<T> : never;\ntype Part<T> = T;',
      ),
    ];
    expect(print(unexportedTypes(broken))).toEqual([expect.stringMatching(/A uses Hidden, which no entry exports/)]);
    expect(print(unexportedTypes(files))).toEqual([]);
  });

  it("can be faked in a test: none is a class with private members", () => {
    const broken = [
      sample("src/entries/one.ts", 'export { A, B } from "../path/one.ts";'),
      sample("src/path/one.ts", "export class A { private readonly a = 1; }\nexport class B { readonly b = 1; }"),
    ];
    expect(print(unfakeable(broken))).toEqual([expect.stringMatching(/A is public and has private members/)]);
    expect(print(unfakeable(files))).toEqual([]);
  });

  it("have their errors in scimkit/errors", () => {
    const broken = [
      sample("src/entries/errors.ts", 'export { AError } from "../path/one.ts";'),
      sample("src/path/one.ts", "export class AError extends Error {}\nexport class BError extends Error {}"),
    ];
    const said = print(hiddenErrors(broken, publicNames(broken)));
    expect(said).toEqual([expect.stringMatching(/BError cannot be had from scimkit\/errors/)]);
    expect(print(hiddenErrors(files, publicNames(files)))).toEqual([]);
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
