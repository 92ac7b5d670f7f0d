import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

/** The source files that belong together in one built file: mostly a room each, without what few programs need. */
const ROOMS: readonly RegExp[] = [
  /^src\/(values|crypto|timing|protocol|errors|observe)\//,
  /^src\/options\//,
  /^src\/(path|schema\/(?!definitions\/discovery|discovery))/,
  /^src\/filter\//,
  /^src\/patch\//,
  /^src\/(dialects|server\/(?!bulk|endpoints\/discovery))/,
  /^src\/client\/(?!test-connection|auth\/oauth\/(?!oauth-options|interactive-options))/,
  /^src\/storage\/state\//,
  /^src\/storage\/(?!sql|postgres|state)/,
  /^src\/storage\/sql\//,
  /^src\/directory\/(?!file)/,
  /^src\/mapping\/(?!defaults|languages)/,
  /^src\/queue\/(?!schedule\/cron)/,
  /^src\/provider\/(?!operations|open-provider|plan|sync\/|reconcile|remote|memberships|objects|runs)/,
  new RegExp(
    "^src/source/(?!credentials/(oauth|assertions|endpoint)(?!/(oauth-urls|issuer-options))" +
      "|delivery/(?!settle-task|delivery-options)|(create-sources|loaded-sources|sources-options|deactivate-all|report-change)\\.ts)",
  ),
];

type Inputs = Metafile["inputs"];

/**
 * Puts each room into one chunk. esbuild makes a chunk for each set of entries that reach the same files: 60 small files for
 * `scimkit` alone, which take Node longer to find than to compile. Here each entry also imports the whole of every room that it
 * reaches, so that all files of a room are reached by the same entries.
 */
export function roomChunks(): Plugin {
  return {
    name: "room-chunks",
    async setup({ onResolve, onLoad }) {
      const inputs = await inputsOfEntries();
      onResolve({ filter: /^room:/ }, ({ path }) => ({ path: path.slice("room:".length), namespace: "room" }));
      // package.json says that no file has side effects, so that an import without names would be dropped.
      onResolve({ filter: /^file:/ }, ({ path }) => ({ path: resolve(path.slice("file:".length)), sideEffects: true }));
      onLoad({ filter: /^/, namespace: "room" }, ({ path }) => ({
        contents: importsOf(filesOf(inputs, Number(path)).map((file) => `file:${file}`)),
        resolveDir: ".",
      }));
      const later = loadedLater(inputs);
      onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
        const file = relative(".", path).replaceAll("\\", "/");
        if (!file.startsWith("src/entries/") && !later.has(file)) return undefined;
        const rooms = roomsReached(inputs, file);
        const contents = `${await readFile(path, "utf8")}\n${importsOf(rooms.map((room) => `room:${room}`))}`;
        return { contents, loader: "ts" };
      });
    },
  };
}

async function inputsOfEntries(): Promise<Inputs> {
  const { metafile } = await build({
    entryPoints: ["src/entries/**/*.ts"],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    outdir: "dist",
    write: false,
    metafile: true,
  });
  return metafile.inputs;
}

/** The files that another one loads by `import()`. For esbuild they are entries too, so they also import whole rooms. */
function loadedLater(inputs: Inputs): ReadonlySet<string> {
  const imports = Object.values(inputs).flatMap((input) => input.imports);
  return new Set(imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => path));
}

function filesOf(inputs: Inputs, room: number): string[] {
  return Object.keys(inputs).filter((file) => ROOMS[room]?.test(file));
}

/** The rooms that an entry imports something of, directly or through the other files of such rooms. */
function roomsReached(inputs: Inputs, entry: string): number[] {
  const rooms = new Set<number>();
  const files = new Set([entry]);
  for (const file of files) {
    const room = ROOMS.findIndex((pattern) => pattern.test(file));
    if (room >= 0 && !rooms.has(room)) {
      rooms.add(room);
      for (const other of filesOf(inputs, room)) files.add(other);
    }
    for (const { path, kind, external } of inputs[file]?.imports ?? []) {
      if (kind === "import-statement" && external !== true) files.add(path);
    }
  }
  return [...rooms].sort((a, b) => a - b);
}

function importsOf(specifiers: readonly string[]): string {
  return specifiers.map((specifier) => `import ${JSON.stringify(specifier)};\n`).join("");
}
