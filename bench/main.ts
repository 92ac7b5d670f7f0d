import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchCredentials } from "./credentials.ts";
import { benchDeliveries } from "./deliveries.ts";
import { type Figure, markdownOf, tableOf } from "./figure.ts";
import { benchFilters } from "./filters.ts";
import { benchHostile } from "./hostile.ts";
import { benchHttp } from "./http.ts";
import { benchManySources } from "./many-sources.ts";
import { benchMappings } from "./mappings.ts";
import { benchPatches } from "./patches.ts";
import { benchSizeAndStart } from "./size-and-start.ts";
import { benchStorage } from "./storage.ts";

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean" }, million: { type: "boolean", default: false } },
  allowPositionals: true,
});

const PARTS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  filters: benchFilters,
  patches: benchPatches,
  hostile: benchHostile,
  credentials: benchCredentials,
  deliveries: benchDeliveries,
  "many-sources": benchManySources,
  mappings: benchMappings,
  http: benchHttp,
  storage: () => benchStorage({ million: values.million }),
  "size-and-start": benchSizeAndStart,
};

for (const [name, measure] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const found = await measure();
  for (const area of new Set(found.map((figure) => figure.area))) {
    console.log(
      tableOf(
        area,
        found.filter((figure) => figure.area === area),
      ),
    );
  }
  if (values.write === true) write(name, found);
}

/** Puts the figures of a part between its two marks on the page. */
function write(part: string, figures: readonly Figure[]): void {
  const page = new URL("../docs/benchmarks.md", import.meta.url);
  const [first, last] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const [before = "", rest = ""] = readFileSync(page, "utf8").split(first);
  const after = rest.split(last)[1] ?? "";
  const said = `Node ${process.version}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}.`;
  writeFileSync(page, [before, first, `\n\n${said}\n\n${markdownOf(figures)}\n\n`, last, after].join(""));
}
