import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { mustRun, ROOT } from "../package/packed.ts";
import { blocksOf } from "../rules/doc-blocks.ts";

const PAGE = "docs/guide/recipes.md";

/** A source that accepts one fixed token. */
const SOURCE = `
import { createSource, memoryStorage } from "scimkit";
export const source = createSource({
  slug: "entra",
  baseUrl: "https://app.example",
  storage: memoryStorage(),
  authenticate: (request) =>
    request.headers.get("authorization") === "Bearer secret" ? { id: "idp", rights: "write" } : undefined,
});
`;

/** What an identity provider does, over any function like `fetch`; returns what came of it. */
const EXERCISE = `
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export async function exercise(send, origin, token = "secret") {
  const request = async (method, path, body) => {
    const headers = { authorization: "Bearer " + token, "content-type": "application/scim+json" };
    const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    const response = await send(new Request(origin + "/source/scim/entra/v2" + path, init));
    const text = await response.text();
    return { status: response.status, type: response.headers.get("content-type"), body: text === "" ? {} : JSON.parse(text) };
  };
  const created = await request("POST", "/Users", { schemas: [USER], userName: "zoë@app.example" });
  const path = "/Users/" + created.body.id;
  const Operations = [{ op: "replace", path: "displayName", value: "Zoë" }];
  const changed = await request("PATCH", path, { schemas: [PATCH_OP], Operations });
  const filter = encodeURIComponent('userName eq "zoë@app.example"');
  const found = await request("GET", "/Users?filter=" + filter + "&attributes=displayName");
  const removed = await request("DELETE", path);
  token = "wrong";
  const stranger = await request("GET", "/Users");
  const statuses = [created, changed, found, removed, stranger].map(({ status }) => status);
  const [user] = found.body.Resources ?? [];
  return JSON.stringify({ statuses, type: created.type, displayName: user?.displayName });
}
`;

/** What `exercise` returns if all went well. */
export const WENT_WELL: object = {
  statuses: [201, 200, 200, 204, 401],
  type: "application/scim+json",
  displayName: "Zoë",
};

/** A project that has the built package installed, for the recipes of the guide. */
export interface RecipeProject {
  readonly folder: string;
  /** Writes the recipe as JavaScript to a file of the project, with `rest` behind it, and returns its path. */
  write(recipe: Recipe, file?: string): string;
  dispose(): void;
}

/** A recipe of the guide, and the code around it. */
export interface Recipe {
  /** The path in its first line. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** With `copied`, the package is a copy and not a link, for tools that do not follow links out of the project. */
export function recipeProject({ copied = false }: { readonly copied?: boolean } = {}): RecipeProject {
  const folder = mkdtempSync(join(tmpdir(), "scimkit-recipes-"));
  mkdirSync(join(folder, "node_modules"));
  const installed = join(folder, "node_modules/scimkit");
  if (copied) {
    for (const part of ["dist", "package.json"]) cpSync(join(ROOT, part), join(installed, part), { recursive: true });
  } else symlinkSync(ROOT, installed, "dir");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "recipes", private: true, type: "module" }));
  writeFileSync(join(folder, "source.js"), SOURCE);
  writeFileSync(join(folder, "exercise.js"), EXERCISE);
  let files = 0;
  const write = (recipe: Recipe, name = `${++files}.js`): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, codeOf(recipe, relative(dirname(file), folder) || "."));
    return file;
  };
  return { folder, write, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

function codeOf({ path, before = "", after = "" }: Recipe, root: string): string {
  const blocks = blocksOf({ path: PAGE, text: readFileSync(join(ROOT, PAGE), "utf8") });
  const block = blocks.find(({ code }) => code[0] === `// ${path}`);
  if (block === undefined) throw new RangeError(`${PAGE} has no recipe ${path}`);
  const needsSource = block.given?.code.includes("declare const source: Source;") === true;
  const source = needsSource ? `import { source } from "${root}/source.js";` : "";
  const code = [source, before, block.code.join("\n").replaceAll("3000", "0"), after].join("\n");
  const settings = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };
  return ts.transpileModule(code, { compilerOptions: settings }).outputText;
}

/**
 * Adds packages and what they need. They are no dependencies of the repository: a framework would bring hundreds of
 * packages for one test.
 */
export function installInto(folder: string, packages: readonly string[]): void {
  const needed: Record<string, string> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).dependencies;
  const own = Object.entries(needed).map(([name, version]) => `${name}@${version}`);
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--no-progress", "--no-save", "--ignore-scripts"];
  const held = join(folder, "held");
  renameSync(join(folder, "node_modules"), held);
  mustRun("npm", ["install", ...packages, ...own, ...quiet], folder);
  renameSync(join(held, "scimkit"), join(folder, "node_modules/scimkit"));
}

/** What a program printed at last, as JSON. */
export function lastLine(printed: string): unknown {
  return JSON.parse(printed.trimEnd().split("\n").at(-1) ?? "");
}
