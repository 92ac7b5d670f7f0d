import { expect, it } from "vitest";
import { entryImports, TESTS_OF_INTERNALS } from "./entry-imports.ts";
import { layers } from "./layers.ts";
import { leftOutTests } from "./left-out-tests.ts";
import { moduleState } from "./module-state.ts";
import { type Offence, print, type SourceText, sample } from "./offence.ts";
import { documents, filesBelow, sourceFiles } from "./repository.ts";
import { rings } from "./rings.ts";
import { entries, rooms, stars } from "./rooms.ts";
import { sizes, spread } from "./sizes.ts";
import { sourceText } from "./source-text.ts";
import { importsOf } from "./syntax.ts";
import { describeBodies } from "./test-bodies.ts";
import { urns } from "./urns.ts";
import { words } from "./words.ts";

const files = sourceFiles();
const tests = filesBelow("test", ".test.ts");
const pages = documents();

/** A law: what it says, how it is checked, and code that breaks it, with what must be said against that. */
interface Law {
  readonly title: string;
  /** What it is about. @default the source */
  readonly of?: readonly SourceText[];
  readonly check: (files: readonly SourceText[]) => Offence[];
  readonly broken: readonly (readonly [path: string, code: string, reason: RegExp])[];
  readonly kept: readonly (readonly [path: string, code: string])[];
}

const laws: readonly Law[] = [
  {
    title: "imports point to the rooms below only",
    check: layers,
    broken: [
      ["src/errors/a.ts", 'import { b } from "../server/b.ts";', /errors may not import server/],
      ["src/client/a.ts", 'import type { B } from "../server/b.ts";', /client may not import server/],
      ["src/provider/a.ts", 'const b = await import("../source/b.ts");', /provider may not import source/],
      ["src/filter/a.ts", 'export { b } from "../patch/b.ts";', /filter may not import patch/],
      ["src/path/a.ts", 'type B = import("../schema/b.ts").B;', /path may not import schema/],
      ["src/adapters/a.ts", 'import { b } from "../server/b.ts";', /only types of server/],
      ["src/server/a.ts", 'import { b } from "../../tools/b.ts";', /outside src/],
    ],
    kept: [
      ["src/server/a.ts", 'import { b } from "../storage/b.ts";'],
      ["src/adapters/a.ts", 'import type { B } from "../server/b.ts";'],
    ],
  },
  {
    title: "the system, drivers and packages are imported where they belong only",
    check: layers,
    broken: [
      ["src/server/a.ts", 'import { createHash } from "node:crypto";', /node:crypto/],
      ["src/storage/memory.ts", 'import { b } from "./sqlite/b.ts";', /speaks to the system/],
      ["src/entries/index.ts", 'export { b } from "../storage/sqlite/b.ts";', /speaks to the system/],
      ["src/testing/a.ts", 'import { z } from "zod";', /testing imports no package/],
      ["src/server/a.ts", 'import ky from "ky";', /ky, which belongs to src\/client/],
      ["src/server/a.ts", 'import x from "@scope/unheard-of/part";', /@scope\/unheard-of, which .* does not know/],
    ],
    kept: [
      ["src/storage/sqlite/a.ts", 'import { DatabaseSync } from "node:sqlite"; import { b } from "./b.ts";'],
      ["src/entries/storage/sqlite.ts", 'export { b } from "../../storage/sqlite/b.ts";'],
      ["src/testing/node/a.ts", 'import { createServer } from "node:http";'],
      ["src/server/a.ts", 'import { z } from "zod";'],
    ],
  },
  {
    title: "no file stands in a ring of imports, type-only ones included",
    check: rings,
    broken: [["src/path/a.ts", 'import type { A } from "./a.ts";', /path\/a.ts -> path\/a.ts/]],
    kept: [["src/path/a.ts", 'import type { B } from "./b.ts";']],
  },
  {
    title: "rooms and files have names that say something, and no room has an index",
    check: rooms,
    broken: [
      ["src/server/index.ts", "", /no index file/],
      ["src/server/utils/a.ts", "", /says nothing/],
      ["src/path/helpers.ts", "", /says nothing/],
      ["src/path/scanText.ts", "", /kebab-case/],
      ["src/magic/a.ts", "", /in no room/],
      ["src/a.ts", "", /in no room/],
    ],
    kept: [
      ["src/entries/index.ts", ""],
      ["src/schema/definitions/user.ts", ""],
    ],
  },
  {
    title: "names are re-exported one by one, never with a star",
    check: stars,
    broken: [
      ["src/a/a.ts", 'export * from "./b.ts";', /star/],
      ["src/a/a.ts", 'export * as b from "./b.ts";', /star/],
    ],
    kept: [["src/a/a.ts", 'export { b } from "./b.ts";']],
  },
  {
    title: "an entry holds nothing but re-exports",
    check: entries,
    broken: [
      ["src/entries/a.ts", "export const a = 1;", /only re-exports/],
      ["src/entries/a.ts", 'import "../server/b.ts";', /only re-exports/],
    ],
    kept: [["src/entries/a.ts", 'export { b } from "../server/b.ts";\nexport type { C } from "../server/c.ts";']],
  },
  {
    title: "a module keeps no state",
    check: moduleState,
    broken: [
      ["src/a/a.ts", "let count = 0;", /let or var/],
      ["src/a/a.ts", "export var count = 0;", /let or var/],
      ["src/a/a.ts", "const cache = new Map<string, string>();", /"cache" can be changed/],
      ["src/a/a.ts", "const cache = new WeakMap();", /"cache" can be changed/],
      ["src/a/a.ts", "const names = ['a'];", /"names" can be changed/],
      ["src/a/a.ts", "export const names: string[] = ['a'];", /"names" can be changed/],
      ["src/a/a.ts", "const table: Record<string, number> = { a: 1 };", /"table" can be changed/],
      ["src/a/a.ts", "class A { static count = 0; }", /static property/],
    ],
    kept: [
      ["src/a/a.ts", "const names = ['a'] as const;"],
      ["src/a/a.ts", "const names: readonly string[] = ['a'];"],
      ["src/a/a.ts", "const known: ReadonlySet<string> = new Set(['a']);"],
      ["src/a/a.ts", "const table: Readonly<Record<string, number>> = { a: 1 };"],
      ["src/a/a.ts", "export const user: SchemaDefinition = { id: 'a' };"],
      ["src/a/a.ts", "const frozen = Object.freeze({ a: 1 });\nfunction f() { let a = 0; const b = new Map(); }"],
    ],
  },
  {
    title: "each URN of SCIM is written once",
    check: urns,
    broken: [
      ["src/a/a.ts", 'const u = "urn:ietf:params:scim:schemas:core:2.0:User";', /refer to URN/],
      ["src/a/a.ts", "const u = `urn:ietf:params:scim:schemas:$" + "{name}`;", /refer to URN/],
      ["src/a/a.ts", 'interface A { "urn:scim:schemas:core:1.0"?: string }', /refer to URN/],
      ["src/protocol/urns.ts", 'const u = ["urn:scim:schemas:core:1.0", "urn:scim:schemas:core:1.0"];', /second time/],
    ],
    kept: [
      ["src/a/a.ts", '// urn:ietf:params:scim:schemas:core:2.0:User\nconst u = "urn:example:other";'],
      ["src/protocol/urns.ts", 'const u = "urn:ietf:params:scim:schemas:core:2.0:User";'],
    ],
  },
  {
    title: "no check is switched off and no type is waved through",
    check: sourceText,
    broken: [
      ["src/a/a.ts", "const a = b as any;", /uses any/],
      ["src/a/a.ts", "function f(a: any[]) {}", /uses any/],
      ["src/a/a.ts", "const a = b!.c;", /asserts with !/],
      ["src/a/a.ts", "// @ts-ignore\nconst a = 1;", /switches a check off/],
      ["src/a/a.ts", "// biome-ignore lint: because\nconst a = 1;", /switches a check off/],
      ["src/a/a.ts", `// ${"TO"}DO later\nconst a = 1;`, /leaves work/],
      ["src/a/a.ts", 'throw new Error("no");', /bare Error/],
      ["src/a/a.ts", "const a = Buffer.from('a');", /not every runtime has/],
      ["src/a/a.ts", "const a = process.env.A;", /not every runtime has/],
    ],
    kept: [
      ["src/a/a.ts", 'const any = "any!"; throw new TypeError("no");'],
      ["src/a/a.ts", "const a = { process: 1 }.process;"],
      ["src/a/a.ts", "function process() {}\nprocess();"],
      ["src/adapters/a.ts", "const a = process.env.A;"],
    ],
  },
  {
    title: "no file and no function is too long",
    check: sizes,
    broken: [
      ["src/a/a.ts", "const a = 1;\n".repeat(501), /file of 501 lines/],
      ["src/a/a.ts", `const f = () => {\n${"a();\n".repeat(59)}};`, /function of 61 lines/],
    ],
    kept: [["src/a/a.ts", `${"const a = 1;\n".repeat(440)}function f() {\n${"a();\n".repeat(58)}}\n`]],
  },
  {
    title: "documents, comments, texts and examples use the standard terms of the field",
    of: [...files, ...pages, ...filesBelow("examples", ".ts"), ...filesBelow("tools", ".ts")],
    check: words,
    broken: [
      ["src/a/a.ts", "// The answer of the server.", /"answer": use response/],
      ["src/a/a.ts", 'throw new TypeError("the value that is no list");', /"is no": use is not a/],
      ["src/a/a.ts", "/**\n * The type stands\n * for a user.\n */", /a.ts:2 says "stands for": use means/],
      ["docs/a.md", "The list [at hand](b.md).", /"at hand": use built-in/],
    ],
    kept: [
      ["src/a/a.ts", "// The value that is not a list, that is no longer used, and forever. There is no list."],
      ["docs/a.md", "The method `answer` and [a page](at-hand/answers.md) of responses, for every user."],
    ],
  },
  {
    title: "no describe of a test is too long to read at one sitting",
    of: tests,
    check: describeBodies,
    broken: [
      ["test/a.test.ts", `describe("a", () => {\n${"a();\n".repeat(99)}});`, /describe of 101 lines/],
      ["test/a.test.ts", `describe.each(b)("a", (c) => {\n${"a();\n".repeat(99)}});`, /describe of 101 lines/],
    ],
    kept: [["test/a.test.ts", `describe("a", () => {\n${"a();\n".repeat(98)}});`]],
  },
  {
    title: "tests of providers and sources import what users import, from where users do",
    of: filesBelow("test", ".ts"),
    check: entryImports,
    broken: [
      [
        "test/provider/a.test.ts",
        'import { createProvider } from "../../src/provider/create-provider.ts";',
        /import createProvider from scimkit\/provider/,
      ],
      [
        "test/provider/a/b.ts",
        'import type { Storage } from "../../../src/storage/storage.ts";',
        /import Storage from scimkit\/storage/,
      ],
      ["test/source/a.test.ts", 'import { URN as U } from "../../src/protocol/urns.ts";', /import URN from scimkit,/],
      ["test/source/a.test.ts", 'import { inner } from "../../src/source/a.ts";', /no entry exports inner/],
      ["test/source/a.test.ts", 'import * as inner from "../../src/source/a.ts";', /no entry exports the whole module/],
      [Object.keys(TESTS_OF_INTERNALS)[0] ?? "", "", /imports no internals/],
    ],
    kept: [
      ["test/source/a.test.ts", 'import { createSource } from "scimkit"; import { a } from "../helpers/a.ts";'],
      [Object.keys(TESTS_OF_INTERNALS)[0] ?? "", 'import { inner } from "../../src/provider/a.ts";'],
      ["test/server/a.test.ts", 'import { inner } from "../../src/server/a.ts";'],
    ],
  },
];

it("looks at the source", () => {
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap(importsOf).length).toBeGreaterThan(10);
  expect(tests.length).toBeGreaterThan(10);
});

for (const { title, of = files, check, broken, kept } of laws) {
  it(title, () => {
    for (const [path, code, reason] of broken) {
      const said = print(check([sample(path, code)]));
      expect(said, `${path}: ${code.slice(0, 80)}`).toEqual([expect.stringMatching(reason)]);
    }
    for (const [path, code] of kept) expect(print(check([sample(path, code)]))).toEqual([]);
    expect(print(check(of))).toEqual([]);
  });
}

it("shows a cycle over several files", () => {
  const ring = [
    sample("src/a/one.ts", 'import type { B } from "../b/two.ts";'),
    sample("src/b/two.ts", 'export { c } from "./three.ts";'),
    sample("src/b/three.ts", 'import { a } from "../a/one.ts";'),
  ];
  expect(print(rings(ring))).toEqual([expect.stringMatching("a/one.ts -> b/two.ts -> b/three.ts -> a/one.ts")]);
});

it("keeps the median and the longest tenth of the files short", () => {
  expect(spread([sample("src/a/a.ts", "\n".repeat(310))])).toHaveLength(2);
  expect(spread(files)).toEqual([]);
});

it("leaves no test out", () => {
  const broken = sample(
    "test/a.test.ts",
    'it.only("a", f);\ndescribe.skip("b", f);\nit.todo("c");\nit.skipIf(x)("d", f);',
  );
  expect(leftOutTests([broken]).map(({ line }) => line)).toEqual([1, 2, 3]);
  expect(print(leftOutTests(tests))).toEqual([]);
});
