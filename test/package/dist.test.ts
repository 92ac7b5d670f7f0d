import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SYSTEM_ENTRIES } from "../rules/layers.ts";
import { ROOT } from "./packed.ts";
import { type Reach, reach } from "./reachable.ts";

const manifest: { exports: Record<string, { default?: string }> } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);
const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
  target.default === undefined ? [] : [{ path, file: join(ROOT, target.default) }],
);

function ofNode({ modules }: Reach): string[] {
  return [...modules].filter((name) => name.startsWith("node:") || builtinModules.includes(name));
}

it("follows what a built file pulls in", () => {
  const folder = mkdtempSync(join(tmpdir(), "scimkit-reach-"));
  writeFileSync(join(folder, "a.js"), 'import {\n  b\n} from "./b.js";\nimport "node:fs";\nexport { b };\n');
  writeFileSync(
    join(folder, "b.js"),
    '// src/testing/b.ts\nvar b = () => import("zod");\nexport {\n  b\n};\nexport { x } from "path";\n',
  );
  const found = reach(join(folder, "a.js"));
  rmSync(folder, { recursive: true });
  expect([...found.modules].sort()).toEqual(["node:fs", "path", "zod"]);
  expect([...found.sources]).toEqual(["src/testing/b.ts"]);
  expect(ofNode(found).sort()).toEqual(["node:fs", "path"]);
});

it("builds every import path", () => {
  expect(entries.length).toBeGreaterThan(1);
  for (const { path, file } of entries) expect(reach(file).files.size, path).toBeGreaterThan(0);
  const sources = entries.flatMap(({ file }) => [...reach(file).sources]);
  expect(sources).toContain("src/errors/scim-error.ts");
});

it("lets only the import paths for the system reach node: or a driver", () => {
  for (const { path, file } of entries) {
    if (SYSTEM_ENTRIES.includes(path.slice(2))) continue;
    const found = reach(file);
    expect(ofNode(found), path).toEqual([]);
    expect(found.modules, path).not.toContain("kysely");
  }
});

it("lets the adapter for Hono run wherever Hono does", () => {
  const hono = entries.find(({ path }) => path === "./hono");
  expect(hono).toBeDefined();
  expect(ofNode(reach(hono?.file ?? ""))).toEqual([]);
});

it("lets nothing of testing into another import path", () => {
  for (const { path, file } of entries) {
    if (path.startsWith("./testing")) continue;
    expect(
      [...reach(file).sources].filter((source) => source.startsWith("src/testing/")),
      path,
    ).toEqual([]);
  }
});

it("bundles each source file once, so that a class is the same under every import path", () => {
  const homes = new Map<string, string>();
  for (const file of new Set(entries.flatMap((entry) => [...reach(entry.file).files]))) {
    for (const [, source = ""] of readFileSync(file, "utf8").matchAll(/^\/\/ (src\/\S+\.ts)$/gm)) {
      expect(homes.get(source) ?? file, source).toBe(file);
      homes.set(source, file);
    }
  }
  expect(homes.size).toBeGreaterThan(1);
});

it("starts with few files: Node takes longer to find a file than to compile it", () => {
  const index = reach(join(ROOT, "dist/index.js"), { later: false });
  expect(index.files.size).toBeLessThanOrEqual(20);
  expect([...index.sources]).not.toContain("src/provider/operations.ts");
  expect([...reach(join(ROOT, "dist/index.js")).sources]).toContain("src/provider/operations.ts");
});
