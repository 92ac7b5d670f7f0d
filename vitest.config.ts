import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const entries = fileURLToPath(new URL("./src/entries/", import.meta.url));

export default defineConfig({
  resolve: {
    // Examples import the package by its name; in tests that is the source.
    alias: [
      { find: /^scimkit$/, replacement: `${entries}index.ts` },
      { find: /^scimkit\/(.+)$/, replacement: `${entries}$1.ts` },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/helpers/postgres/global-setup.ts"],
    // Node 22 warns of node:sqlite in every process.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // Limits only end what hangs: a busy machine may take twenty times as long as a quiet one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    // It warns that it is not configured for production.
    onConsoleLog: (log) => !log.startsWith("oidc-provider "),
    // By default one core is left free; most tests wait for others, so all cores have work.
    maxWorkers: "100%",
  },
});
