import { writeFile } from "node:fs/promises";
import { defineConfig } from "tsup";
import { roomChunks } from "./tools/room-chunks.ts";
import { thirdPartyLicenses } from "./tools/third-party-licenses.ts";

/** Packages of many files, of which a program needs few: bundled, they take a fraction of the time to start. */
const BUNDLED = ["kysely", "ky", "zod"];

// One ESM build of every import path, with shared chunks.
export default defineConfig({
  entry: ["src/entries/**/*.ts"],
  format: ["esm"],
  target: "node22",
  splitting: true,
  sourcemap: true,
  dts: true,
  clean: true,
  removeNodeProtocol: false,
  noExternal: BUNDLED.map((name) => new RegExp(`^${name}(/|$)`)),
  esbuildPlugins: [roomChunks()],
  onSuccess: async () => writeFile("dist/THIRD-PARTY-LICENSES.txt", await thirdPartyLicenses(BUNDLED)),
});
