// Writes the exports of package.json from the files in src/entries: npm run exports
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { exportsMap } from "./exports-map.ts";

const entries = readdirSync("src/entries", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => `src/entries/${path.replaceAll("\\", "/")}`);

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
manifest.exports = exportsMap(entries);
writeFileSync("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`package.json: ${entries.length} import paths`);
