import { globSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineConfig } from "tsup";
import { roomChunks } from "./tools/room-chunks.ts";
import { thirdPartyLicenses } from "./tools/third-party-licenses.ts";

/** Packages of many files, of which a program needs few: bundled, they take a fraction of the time to start. */
const BUNDLED = ["kysely", "ky", "zod"];

/** The program of a thread, in the folder of the import path that starts it. It is not an import path itself. */
const THREAD = "src/mapping/languages/jsonata/jsonata-thread.ts";
const ENTRIES = globSync("src/entries/**/*.ts").map((file) => [file.slice("src/entries/".length, -".ts".length), file]);

// One ESM build of every import path, with shared chunks.
export default defineConfig({
  entry: { ...Object.fromEntries(ENTRIES), "mapping/jsonata-thread": THREAD },
  format: ["esm"],
  target: "node22",
  splitting: true,
  sourcemap: true,
  dts: { entry: Object.fromEntries(ENTRIES) },
  clean: true,
  removeNodeProtocol: false,
  noExternal: BUNDLED.map((name) => new RegExp(`^${name}(/|$)`)),
  esbuildPlugins: [roomChunks()],
  onSuccess: async () => writeFile("dist/THIRD-PARTY-LICENSES.txt", await thirdPartyLicenses(BUNDLED)),
});
