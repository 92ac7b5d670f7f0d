import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { print, sample } from "./offence.ts";
import { deadLinks, namedFiles, optionTables } from "./pages.ts";
import { documents, sourceFiles } from "./repository.ts";

const ROOT = new URL("../../", import.meta.url);

describe("pages", () => {
  const pages = documents();

  it("list every option of what they say they list, and none that is not there", () => {
    const source = sample(
      "src/a.ts",
      "export interface AOptions {\n  readonly one: string;\n  two?: { inner: number };\n}",
    );
    const page = (...rows: string[]) => [
      sample(
        "docs/a.md",
        ["<!-- lists src/a.ts#AOptions -->", "| option | |", "|---|---|", ...rows, "", "| `x` |"].join("\n"),
      ),
    ];
    expect(print(optionTables(page("| `one`, `two.inner` | |"), [source]))).toEqual([]);
    expect(print(optionTables(page("| `one` | `two` |", "| `three` | |"), [source]))).toEqual([
      "docs/a.md:1 does not list two",
      "docs/a.md:1 lists three, which is not there",
    ]);
    expect(pages.filter(({ text }) => text.includes("<!-- lists ")).length).toBeGreaterThan(1);
    expect(print(optionTables(pages, sourceFiles()))).toEqual([]);
  });

  it("link to files and headings that are there", () => {
    const broken = [
      sample(
        "docs/a.md",
        "# A\n\n## What `b` is, and /Me\n\n[x](b.md) [y](#what-b-is-and-me) [z](https://example.com/)",
      ),
      sample("docs/b.md", "[x](a.md#a) [y](a.md#b) [z](../src)"),
    ];
    expect(print(deadLinks(broken, (path) => path === "src"))).toEqual([
      "docs/b.md:1 links to a.md#b, which is not there",
    ]);
    expect(print(deadLinks(pages, (path) => existsSync(new URL(path, ROOT))))).toEqual([]);
  });

  it("say of every file that is not in the package that it is in the repository", () => {
    const broken = [
      sample(
        "docs/a.md",
        "# A\n## A\n\n`docs/b.md` and `src/a.ts`\n\n`test/b` is\nin the repository\n\n```ts\n`src/c.ts`\n```\n",
      ),
      sample("docs/b.md", "# B\n\nSee the tests in the repository.\n\n## C\n\n`test/c`"),
      sample("docs/d/README.md", "The files are in the repository."),
      sample("docs/d/e.md", "`src/e.ts#E`"),
      sample("docs/e/f.md", "# F\n\n## G\n\n`npm test` in the repository\n\n`src/e.ts#E`"),
    ];
    expect(print(namedFiles(broken, (path) => path === "docs/b.md"))).toEqual([
      'docs/a.md:4 names src/a.ts, which is not in the package: say "in the repository"',
      'docs/e/f.md:7 names src/e.ts, which is not in the package: say "in the repository"',
    ]);
    const { files } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
    const isPacked = (path: string): boolean => files.includes(path.split("/")[0]) && existsSync(new URL(path, ROOT));
    const packed = pages.filter(({ path }) => path === "README.md" || isPacked(path));
    expect(packed.length).toBeGreaterThan(20);
    expect(print(namedFiles(packed, isPacked))).toEqual([]);
  });
});
