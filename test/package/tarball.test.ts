import { spawnSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SYSTEM_ENTRIES } from "../rules/layers.ts";
import { print } from "../rules/offence.ts";
import { deadLinks } from "../rules/pages.ts";
import { documents } from "../rules/repository.ts";
import { mustRun, type Packed, pack, ROOT, run } from "./packed.ts";

const manifest: { name: string; exports: Record<string, unknown>; peerDependencies: Record<string, string> } =
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** The import paths whose types speak of Node's own: a user of theirs has `@types/node`. */
const systemSpecifiers = new Set(SYSTEM_ENTRIES.map((entry) => `${manifest.name}/${entry}`));
const specifiers = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => manifest.name + path.slice(1));
/** What the import path for CEL needs, which an application installs itself. */
const CEL = "scimkit/mapping/cel";
const CEL_PEERS = ["@marcbachmann/cel-js", "re2js"];
const JSONATA = "scimkit/mapping/jsonata";
const JSONATA_PEERS = ["jsonata", "re2js"];
const withoutPeers = specifiers.filter((specifier) => specifier !== CEL && specifier !== JSONATA);
/** Evaluates a mapping with what `load` gives, and ends although nobody closes its thread. */
const jsonataProgram = (load: string): string => `${load}.then(({ jsonataMapping, jsonataWorker }) => {
  const attributes = { userName: "$uppercase(userName)" };
  const mapping = jsonataMapping({ name: "m", side: "source", worker: jsonataWorker(), attributes });
  return mapping.expression({ userName: "ada" });
}).then((result) => console.log(JSON.stringify(result)));`;

const WEB = ["es2023", "dom", "dom.iterable", "dom.asynciterable"];
const USE_OF_A_TYPE = `import { ScimError } from "scimkit/errors";
export const status: number = new ScimError("gone", { status: 404 }).status;
// @ts-expect-error a status is no text
export const text: string = new ScimError("gone", { status: 404 }).status;
`;

/** Exports whose types the compiler finds itself, from nothing but `scimkit`. */
const INFERRED_EXPORTS = `import * as scim from "scimkit";
const baseUrl = "https://app.example";
export const storage = scim.memoryStorage();
export const source = scim.createSource({ slug: "a", baseUrl, storage });
export const tokens = source.tokens;
export const issue = () => source.tokens.issue({ name: "a" });
export const identity = () => source.identity();
export const directory = source.directory();
export const handler = scim.createScimHandler({
  storage,
  baseUrl,
  authenticate: () => ({ id: "a", tenant: "t", rights: "write" }),
});
export const auth = scim.bearerToken("a");
export const client = scim.createScimClient({ baseUrl, auth });
export const users = client.users;
export const create = (userName: string) => client.users.create({ userName });
export const find = (value: string) => client.users.find({ attribute: "userName", value });
export const pages = () => client.users.pages();
export const list = () => client.users.list();
export const config = () => client.serviceProviderConfig();
export const filter = scim.filter\`userName eq \${"a"}\`;
export const array = scim.arrayDirectory({ users: [] });
export const provider = scim.createProvider({ name: "p", client, directory, storage });
export const sync = () => provider.sync();
export const plan = () => provider.plan();
export const one = () => provider.syncUser("1");
export const runs = provider.runs;
export const provisioning = scim.createProvisioning({ providers: [provider], sources: [source] });
export const mapping = scim.defineMapping({ name: "a", resourceType: "User", expression: () => ({ a: 1 }) });
`;

function installPeers(names: readonly string[], project: string): void {
  const peers = names.map((name) => `${name}@${manifest.peerDependencies[name]}`);
  mustRun("npm", ["install", ...peers, "--prefer-offline", "--no-audit", "--no-fund", "--no-progress"], project);
}

function printedBy(program: string, file: string): string {
  writeFileSync(file, program);
  return mustRun("node", ["--disable-warning=ExperimentalWarning", file], dirname(file)).trim();
}

let packed: Packed;
beforeAll(() => {
  packed = pack();
});
afterAll(() => packed?.dispose());

describe("the tarball", () => {
  it("holds the build with its source maps, the documents, the licences and the manifest, and nothing else", () => {
    const BUILT = /^dist\/[\w./-]+\.(js|js\.map|d\.ts)$/;
    const besides = packed.files.filter((path) => !BUILT.test(path) && !/^docs\/[\w/-]+\.(md|svg)$/.test(path));
    expect(besides).toEqual(["LICENSE", "README.md", "SECURITY.md", "dist/THIRD-PARTY-LICENSES.txt", "package.json"]);
    const built = packed.files.filter((path) => /^dist\/.*\.js$/.test(path));
    expect(built.length).toBeGreaterThan(2);
    expect(packed.files).toEqual(expect.arrayContaining(built.map((path) => `${path}.map`)));
  });

  it("has every page and picture that its documents link to", () => {
    const pages = documents().filter(({ path }) => packed.files.includes(path));
    const isPacked = (path: string): boolean =>
      packed.files.some((file) => file === path || file.startsWith(`${path}/`));
    expect(pages.length).toBeGreaterThan(20);
    expect(print(deadLinks(pages, isPacked))).toEqual([]);
  });

  it("has the licence of every package that is bundled into its files", () => {
    const built = packed.files.filter((path) => /^dist\/.*\.js$/.test(path));
    const text = built.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
    const bundled = new Set([...text.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => name));
    const licences = readFileSync(join(ROOT, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    expect(bundled).toContain("zod");
    expect([...bundled].filter((name) => !new RegExp(`^${name} \\d`, "m").test(licences))).toEqual([]);
  });

  it("pleases publint", async () => {
    const bytes = readFileSync(packed.tarball);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(pkg?.name).toBe(manifest.name);
    expect(messages.map((message) => formatMessage(message, pkg ?? {}, { color: false }))).toEqual([]);
  });

  it("has types that are what its files are (are-the-types-wrong)", () => {
    // Into a file: what it prints is cut off in a pipe.
    const report = join(packed.folder, "attw.json");
    const out = openSync(report, "w");
    const args = [packed.tarball, "--profile", "esm-only", "--format", "json", "--no-definitely-typed"];
    const { status } = spawnSync("attw", args, { stdio: ["ignore", out, "inherit"], timeout: 240_000 });
    const { analysis } = JSON.parse(readFileSync(report, "utf8"));
    expect(Object.keys(analysis.entrypoints)).toHaveLength(specifiers.length + 1);
    expect(status, JSON.stringify(analysis.problems, null, 2)).toBe(0);
  });
});

describe("the tarball in an empty project", () => {
  let project: string;

  beforeAll(() => {
    project = join(packed.folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--no-progress"];
    mustRun("npm", ["install", packed.tarball, ...quiet], project);
  });

  it("brings no driver and no framework along", () => {
    const tree: { packages: Record<string, unknown> } = JSON.parse(
      readFileSync(join(project, "package-lock.json"), "utf8"),
    );
    const names = Object.keys(tree.packages).map((path) => path.replace(/^.*node_modules\//, ""));
    expect(names).toContain("scimkit");
    for (const name of ["express", "pg", "better-sqlite3", "typescript", "vitest", ...CEL_PEERS, ...JSONATA_PEERS])
      expect(names).not.toContain(name);
  });

  it("is imported by every import path, with the same ScimError throughout", () => {
    const imports = withoutPeers.map((specifier) => `import(${JSON.stringify(specifier)})`).join(", ");
    writeFileSync(
      join(project, "run.js"),
      `const modules = await Promise.all([${imports}]);
const held = modules.map((module) => module.ScimError).filter(Boolean);
console.log(JSON.stringify({ modules: modules.length, held: held.length, classes: new Set(held).size }));`,
    );
    const { stdout, stderr } = run("node", ["--disable-warning=ExperimentalWarning", "run.js"], project);
    expect(stderr).toBe("");
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ modules: withoutPeers.length, classes: 1 });
    expect(found.held).toBeGreaterThan(1);
  });

  it("has stack traces that name the source", () => {
    const program = 'import("scimkit").then(({ createScimClient }) => createScimClient({}))';
    const { stderr } = run("node", ["--enable-source-maps", "--eval", program], project);
    expect(stderr).toMatch(/src\/client\/client-options\.ts:\d+:\d+/);
  });

  it("can be required", () => {
    writeFileSync(join(project, "run.cjs"), 'console.log(typeof require("scimkit").ScimError)');
    expect(mustRun("node", ["--disable-warning=ExperimentalWarning", "run.cjs"], project).trim()).toBe("function");
  });

  const NODENEXT = { module: "nodenext", moduleResolution: "nodenext" };
  const BUNDLER = { module: "esnext", moduleResolution: "bundler" };
  const WITH_NODE = { types: ["node"], typeRoots: [join(ROOT, "node_modules/@types")] };
  const anywhere = specifiers.filter((specifier) => !systemSpecifiers.has(specifier));

  it.each([
    { title: "nodenext, nothing but the web's own types", settings: { ...NODENEXT, types: [] }, imports: anywhere },
    { title: "bundler, nothing but the web's own types", settings: { ...BUNDLER, types: [] }, imports: anywhere },
    { title: "nodenext, Node's types", settings: { ...NODENEXT, ...WITH_NODE }, imports: specifiers },
    { title: "bundler, Node's types", settings: { ...BUNDLER, ...WITH_NODE }, imports: specifiers },
  ])("is type-checked with its declarations: $title", ({ settings, imports }) => {
    const lines = imports.map(
      (specifier, index) => `import * as m${index} from "${specifier}";\nexport type M${index} = typeof m${index};`,
    );
    writeFileSync(join(project, "check.ts"), `${lines.join("\n")}\n${USE_OF_A_TYPE}`);
    const compilerOptions = { ...settings, target: "es2023", lib: WEB, strict: true, noEmit: true };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["check.ts"] }));
    const { status, stdout } = run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], project);
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it("has mappings in CEL once their packages are installed, and says which one is missing until then", () => {
    const program = `import(${JSON.stringify(CEL)}).then(({ celMapping }) => console.log(typeof celMapping))`;
    expect(run("node", ["--eval", program], project).stderr).toContain("Cannot find package '@marcbachmann/cel-js'");
    installPeers(CEL_PEERS, project);
    expect(mustRun("node", ["--eval", program], project).trim()).toBe("function");
  });

  it("has mappings in JSONata once their packages are installed, imported and required", () => {
    const imported = jsonataProgram(`import(${JSON.stringify(JSONATA)})`);
    expect(run("node", ["--eval", imported], project).stderr).toMatch(/Cannot find package '(jsonata|re2js)'/);
    installPeers(JSONATA_PEERS, project);
    const required = jsonataProgram(`Promise.resolve(require(${JSON.stringify(JSONATA)}))`);
    expect(printedBy(imported, join(project, "import.mjs"))).toBe('{"userName":"ADA"}');
    expect(printedBy(required, join(project, "require.cjs"))).toBe('{"userName":"ADA"}');
  });

  it("has names for all types that a program infers from nothing but scimkit", () => {
    writeFileSync(join(project, "inferred.ts"), INFERRED_EXPORTS);
    const output = { declaration: true, emitDeclarationOnly: true, outDir: "declared" };
    const compilerOptions = { ...NODENEXT, ...WITH_NODE, ...output, target: "es2023", strict: true };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["inferred.ts"] }));
    const { status, stdout } = run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], project);
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
