import type { Offence, SourceText } from "./offence.ts";
import { type Import, importsOf, offence } from "./syntax.ts";

const VALUES = ["values", "protocol"];
const GROUND = [...VALUES, "crypto", "timing", "errors", "options", "observe"];
const BASE = [...GROUND, "work"];
const LANGUAGE = [...BASE, "path", "schema", "filter", "patch", "dialects"];
const STORES = [...LANGUAGE, "storage"];
const ENGINES = [...STORES, "directory", "client", "server", "mapping", "queue", "source", "provider", "adapters"];

/** Room by room, low rooms first, which rooms each may import beside itself. Nothing looks up, and sideways only where it says so. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  values: [],
  protocol: [],
  errors: VALUES,
  crypto: [...VALUES, "errors"],
  timing: [...VALUES, "errors"],
  options: VALUES,
  observe: VALUES,
  work: GROUND,
  path: BASE,
  schema: [...BASE, "path"],
  filter: [...BASE, "path", "schema"],
  patch: [...BASE, "path", "schema", "filter"],
  dialects: [...BASE, "path", "schema", "filter", "patch"],
  storage: LANGUAGE,
  directory: STORES,
  client: STORES,
  server: STORES,
  mapping: [...STORES, "directory"],
  queue: STORES,
  source: [...STORES, "directory", "server", "mapping", "queue"],
  provider: [...STORES, "directory", "client", "mapping", "queue"],
  adapters: [...GROUND, "server"],
  testing: ENGINES,
  cli: ENGINES,
  console: ENGINES,
  entries: [...ENGINES, "testing", "cli", "console"],
};

/**
 * Folder by folder of a room, low folders first: each may import those on the lines before its own. A folder that is not
 * here may import none of its room's others. Nothing imports what stands at its room's root, but for `INTERFACES`.
 */
export const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  schema: [["attributes"], ["defining"], ["definitions"], ["resources", "discovery"]],
  mapping: [["expressions"], ["evaluation", "defaults", "languages"]],
  queue: [["schedule"], ["in-process"]],
  storage: [["driver"], ["fallback", "state"], ["memory", "sql"], ["sqlite", "postgres"]],
  "storage/sql": [["engine"], ["filters"], ["operations"], ["migrations"]],
  client: [["http"], ["auth", "profiles"], ["resources"]],
  server: [["requests", "bodies"], ["writes"], ["responses"], ["lists"], ["endpoints"], ["bulk"]],
  source: [["history"], ["credentials", "changes", "guard"], ["delivery", "reading"]],
  "source/credentials": [["secrets", "limits"], ["tokens", "assertions"], ["oauth"], ["endpoint"]],
  provider: [
    ["links", "runs"],
    ["marks"],
    ["remote"],
    ["memberships"],
    ["objects"],
    ["context"],
    ["reconcile"],
    ["sync"],
    ["plan"],
  ],
  testing: [["contract"], ["storage", "directory", "queue", "identity-providers"], ["gallery"]],
};

/** Files at the root of a room that its folders may import: what the room is about, and nothing that does it. */
const INTERFACES: ReadonlySet<string> = new Set([
  ...["list-query", "member-storage", "resource-storage", "state-storage", "storage", "stored-resource"].map(
    (name) => `src/storage/${name}.ts`,
  ),
  "src/queue/queue.ts",
]);

/** Rooms of which another may know the types alone: an adapter is given a handler, it never makes one. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = { adapters: ["server"] };

/** How the paths of files begin that may speak to the system (`node:`) or to a driver. Everything else runs on any runtime. */
const SYSTEM = [
  "src/adapters/",
  "src/cli/",
  "src/testing/node",
  "src/storage/sql/",
  "src/storage/sqlite",
  "src/storage/postgres",
  "src/queue/pg-boss",
  "src/directory/file",
  "src/client/node",
  "src/mapping/languages/jsonata/",
];

/** The import paths behind which those files stand, each its own. */
export const SYSTEM_ENTRIES: readonly string[] = [
  "storage/sqlite",
  "storage/postgres",
  "queue/pg-boss",
  "directory/file",
  "client/node",
  "mapping/jsonata",
  "node",
  "express",
  "koa",
  "fastify",
  "hono",
  "testing/node",
];

/** Where each package may be imported. One that is not here needs a decision (docs/decisions) before it needs an import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zod: ["src/"],
  ky: ["src/client/"],
  jose: ["src/source/credentials/", "src/client/auth/oauth/"],
  oauth4webapi: ["src/client/auth/oauth/"],
  "p-limit": ["src/client/", "src/provider/", "src/source/"],
  croner: ["src/queue/"],
  "deepmerge-ts": ["src/mapping/"],
  "@marcbachmann/cel-js": ["src/mapping/languages/cel/"],
  re2js: ["src/mapping/languages/"],
  jsonata: ["src/mapping/languages/jsonata/"],
  "csv-parse": ["src/directory/file"],
  kysely: ["src/storage/sql/", "src/storage/sqlite", "src/storage/postgres"],
  pg: ["src/storage/postgres"],
  srvx: ["src/adapters/"],
};

function begins(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}

function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** Whether a file may speak to the system, or stands for one that does. */
function isSystem(path: string): boolean {
  return begins(path, SYSTEM) || SYSTEM_ENTRIES.some((entry) => path === `src/entries/${entry}.ts`);
}

function packageReason(path: string, specifier: string): string | undefined {
  if (specifier.startsWith("node:")) {
    return isSystem(path) ? undefined : `imports ${specifier}: only ${SYSTEM.join(", ")} may speak to the system`;
  }
  if (path.startsWith("src/testing/") && !isSystem(path)) {
    return `imports ${specifier}: testing imports no package, so that none reaches production through it`;
  }
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const places = PACKAGES[name];
  if (places === undefined) return `imports ${name}, which the rule's table of packages does not know`;
  return begins(path, places) ? undefined : `imports ${name}, which belongs to ${places.join(", ")}`;
}

function roomReason(path: string, found: Import, target: string): string | undefined {
  if (!target.startsWith("src/")) return `imports ${found.specifier}, which lies outside src`;
  const room = roomOf(path);
  const other = roomOf(target);
  if (isSystem(target) && !isSystem(path)) {
    return `imports ${found.specifier}, which speaks to the system: only its own import path and files like it may`;
  }
  if (other === room) return folderReason(path, found, target);
  if (MAY_IMPORT[room]?.includes(other) !== true) return `${room} may not import ${other} (${found.specifier})`;
  if (TYPES_ONLY[room]?.includes(other) === true && !found.typeOnly) {
    return `${room} may import only types of ${other} (${found.specifier})`;
  }
  return undefined;
}

/** Why a file may not import another one of its own room. */
function folderReason(path: string, found: Import, target: string): string | undefined {
  for (const room of [...Object.keys(FLOORS), roomOf(path)]) {
    const folder = folderIn(room, path);
    const other = folderIn(room, target);
    if (folder === undefined || other === undefined || folder === other) continue;
    if (other === "") {
      if (folder === "" || INTERFACES.has(target)) continue;
      return `${room}/${folder} may not import ${found.specifier}, which stands at the root of ${room}`;
    }
    if (folder === "") continue;
    const floors = FLOORS[room] ?? [];
    const [own, theirs] = [folder, other].map((name) => floors.findIndex((floor) => floor.includes(name)));
    if (own === undefined || theirs === undefined || own < 0 || theirs < 0 || theirs >= own) {
      return `${room}/${folder} may not import ${room}/${other} (${found.specifier})`;
    }
  }
  return undefined;
}

/** The folder of a room that a file lies in: "" at its root, undefined where it lies in another room. */
function folderIn(room: string, path: string): string | undefined {
  const prefix = `src/${room}/`;
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  return rest.includes("/") ? (rest.split("/")[0] ?? "") : "";
}

/** Imports point down only, packages and the system are imported where they belong. */
export function layers(files: readonly SourceText[]): Offence[] {
  const offences: Offence[] = [];
  for (const file of files) {
    for (const found of importsOf(file)) {
      const reason =
        found.target === undefined
          ? packageReason(file.path, found.specifier)
          : roomReason(file.path, found, found.target);
      if (reason !== undefined) offences.push(offence(file, found.node, reason));
    }
  }
  return offences;
}
