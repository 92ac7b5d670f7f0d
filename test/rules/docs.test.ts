import { describe, expect, it } from "vitest";
import { compile } from "./compile.ts";
import { decisions } from "./decisions.ts";
import { blocksOf, fences, modulesOf, regionOf, regions } from "./doc-blocks.ts";
import { machineTraces, registries } from "./machine-traces.ts";
import { print, sample } from "./offence.ts";
import { documents, filesBelow } from "./repository.ts";

function page(...lines: string[]): ReturnType<typeof blocksOf> {
  return blocksOf(sample("docs/page.md", lines.join("\n").replaceAll("'''", "```")));
}

describe("code blocks of README and docs", () => {
  const pages = documents();
  const blocks = pages.flatMap(blocksOf);

  it("are of languages that something checks", () => {
    const broken = page("'''js", "a();", "'''", "", "'''bash", "ls", "'''", "'''", "plain", "'''", "'''ts", "a", "'''");
    expect(print(fences(broken))).toEqual([
      expect.stringMatching('page.md:1 a fence of language "js"'),
      expect.stringMatching('page.md:5 a fence of language "bash"'),
      expect.stringMatching('page.md:8 a fence of language ""'),
    ]);
    expect(pages.length).toBeGreaterThan(0);
    expect(blocks.length).toBeGreaterThan(0);
    expect(print(fences(blocks))).toEqual([]);
  });

  it("compile against the package, at the line where they stand", () => {
    const broken = page(
      "<!-- given",
      'import type { ScimError } from "scimkit/errors";',
      "declare const error: ScimError;",
      "-->",
      "'''ts",
      "const status: number = error.status;",
      "error.statu;",
      "'''",
      "",
      "<!-- continues -->",
      "'''ts",
      "const again: string = status;",
      "'''",
      "'''ts",
      'import { nothing } from "scimkit";',
      "'''",
    );
    expect(print(compile(modulesOf(broken)))).toEqual([
      expect.stringMatching(/page\.md\.6\.ts:7 Property 'statu' does not exist/),
      expect.stringMatching(/page\.md\.6\.ts:12 Type 'number' is not assignable to type 'string'/),
      expect.stringMatching(/page\.md\.15\.ts:15 .* no exported member 'nothing'/),
    ]);
    expect(print(compile(modulesOf(blocks)))).toEqual([]);
  });

  it("that are taken from an example equal its region", () => {
    const example = sample(
      "examples/a.ts",
      "function f() {\n  // #region mount\n  a();\n    b();\n  // #endregion\n}\n",
    );
    expect(regionOf(example, "mount")).toEqual(["a();", "  b();"]);
    const shown = (code: string, region: string) => page(`<!-- from examples/a.ts#${region} -->`, "'''ts", code, "'''");
    expect(print(regions(shown("a();\n  b();", "mount"), [example]))).toEqual([]);
    expect(print(regions(shown("a();", "mount"), [example]))).toEqual([expect.stringMatching("differs from")]);
    expect(print(regions(shown("a();", "gone"), [example]))).toEqual([expect.stringMatching("does not exist")]);
    expect(print(regions(blocks, filesBelow("examples")))).toEqual([]);
  });
});

describe("decisions", () => {
  it("are one page each, numbered, listed in order, with choice, reasons and price", () => {
    const broken = [
      sample("docs/decisions/README.md", "- [one](001-one.md)\n- [nil](000-nil.md)"),
      sample("docs/decisions/001-one.md", "# 001 One\n\n## Choice\n\n## Why\n\n## What we gave up\n"),
      sample("docs/decisions/002-two.md", `# 002 Two\n\n## Choice\n\n## Why\n${"\n".repeat(80)}end`),
      sample("docs/decisions/002-three.md", "# 2\n"),
    ];
    const said = print(decisions(broken));
    expect(said.filter((line) => line.includes("001-one.md"))).toEqual([]);
    expect(said.filter((line) => line.includes("lists 000-nil.md behind a later one"))).toHaveLength(1);
    expect(said.filter((line) => line.includes("002-two.md"))).toHaveLength(4);
    expect(said.filter((line) => line.includes("002-three.md"))).toHaveLength(6);
    const pages = filesBelow("docs/decisions", ".md");
    expect(pages.length).toBeGreaterThan(1);
    expect(print(decisions(pages))).toEqual([]);
  });
});

describe("the repository", () => {
  it("names no machine and no private network", () => {
    const at = (...parts: string[]): string => parts.join("/");
    const broken = sample(
      "a.md",
      [
        at("cd ", "home", "me"),
        at('"', "tmp", 'x"'),
        at("http:", "", "db.internal", "x"),
        ["10", "1", "2", "3"].join("."),
      ].join("\n"),
    );
    expect(machineTraces([broken]).map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    expect(
      machineTraces([sample("a.md", "GET /Users/1, /Groups, /scim/v2/Users, http://127.0.0.1:80, 10.1.2")]),
    ).toEqual([]);
    const files = filesBelow(".").filter(({ path }) => path !== "package-lock.json");
    expect(files.length).toBeGreaterThan(30);
    expect(print(machineTraces(files))).toEqual([]);
  });

  it("takes packages from the public registry", () => {
    const lock = (resolved?: string) => sample("package-lock.json", JSON.stringify({ packages: { a: { resolved } } }));
    expect(registries(lock())).toEqual([]);
    expect(registries(lock("https://registry.npmjs.org/a.tgz"))).toEqual([]);
    expect(registries(lock("http://127.0.0.1:1/a.tgz"))).toHaveLength(1);
    expect(filesBelow(".", "package-lock.json").flatMap(registries)).toEqual([]);
  });
});
