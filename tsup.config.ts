import { defineConfig } from "tsup";

// Kept so plain that tsdown can take over: one ESM build of every import path, with shared chunks.
export default defineConfig({
  entry: ["src/entries/**/*.ts"],
  format: ["esm"],
  target: "node22",
  splitting: true,
  dts: true,
  clean: true,
  removeNodeProtocol: false,
});
