import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "../package/packed.ts";
import { blocksOf } from "../rules/doc-blocks.ts";

const PAGE = "docs/guide/recipes.md";

/** Adds a source that accepts one fixed token. */
const SOURCE = `
import { createSource, memoryStorage } from "scimkit";
export const openStorage = () => memoryStorage();
export const source = createSource({
  slug: "entra",
  baseUrl: "https://app.example",
  storage: openStorage(),
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
  /** Writes the recipe with this path as JavaScript, with `rest` behind it, and returns its file. */
  write(recipe: string, rest?: string): string;
  dispose(): void;
}

export function recipeProject(): RecipeProject {
  const folder = mkdtempSync(join(tmpdir(), "scimkit-recipes-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/scimkit"), "dir");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "recipes", private: true, type: "module" }));
  writeFileSync(join(folder, "source.js"), SOURCE);
  writeFileSync(join(folder, "exercise.js"), EXERCISE);
  let files = 0;
  const write = (recipe: string, rest = ""): string => {
    const file = join(folder, `${++files}.js`);
    writeFileSync(file, recipeCode(recipe, rest));
    return file;
  };
  return { folder, write, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

function recipeCode(recipe: string, rest: string): string {
  const blocks = blocksOf({ path: PAGE, text: readFileSync(join(ROOT, PAGE), "utf8") });
  const block = blocks.find(({ code }) => code[0] === `// ${recipe}`);
  if (block === undefined) throw new RangeError(`${PAGE} has no recipe ${recipe}`);
  const given = 'import * as given from "./source.js";\nimport { exercise } from "./exercise.js";\n';
  const names = block.given?.code.join("\n").includes("openStorage") ? "openStorage" : "source";
  const code = `${given}const { ${names} } = given;\n${block.code.join("\n").replaceAll("3000", "0")}\n${rest}`;
  const settings = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };
  return ts.transpileModule(code, { compilerOptions: settings }).outputText;
}
