import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bundleSize } from "../tools/bundle-size.ts";
import { median, rotated } from "./contest.ts";
import type { Figure } from "./figure.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const ROUNDS = 15;

/** What is bundled, and the target in kB if there is one. */
const BUNDLES = [
  { what: "scimkit/client", code: 'export * from "scimkit/client"', target: 35 },
  { what: "createScimHandler", code: 'export { createScimHandler } from "scimkit/server"', target: 60 },
  { what: "createSource", code: 'export { createSource } from "scimkit/source"' },
  { what: "createProvider", code: 'export { createProvider } from "scimkit/provider"' },
  { what: "everything of scimkit", code: 'export * from "scimkit"', target: 110 },
];

const STARTS = ["scimkit", "scimkit/client", "scimkit/server", "scimkit/source", "scimkit/storage/sqlite"];

/** The sizes of bundles, and how long Node takes to import the built package. */
export async function benchSizeAndStart(): Promise<Figure[]> {
  return [...(await sizes()), ...starts()];
}

async function sizes(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const scimmy = await bundleSize('export { default } from "scimmy"');
  for (const { what, code, target } of BUNDLES) {
    const { atStart, total } = await bundleSize(code);
    const [against, theirs] = target === undefined ? ["scimmy", scimmy.total] : ["the target", target * 1000];
    const most = target === undefined ? undefined : 1;
    const area = "Size of a bundle (esbuild, minified, gzip)";
    figures.push({ area, what: `${what}, at the start`, against, ours: atStart, theirs, unit: "bytes", most });
    if (total > atStart + 1000) {
      figures.push({ area, what: `${what}, with what is loaded later`, against, ours: total, theirs, unit: "bytes" });
    }
  }
  return figures;
}

/** What it takes to import a package, in nanoseconds. */
interface ImportTime {
  readonly elapsed: number;
  readonly processor: number;
}

/** Each import in a process of its own, in turns, another one first each time. */
function starts(): Figure[] {
  const names = [...STARTS, "scimmy"];
  const times = new Map(names.map((name) => [name, [] as ImportTime[]]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of rotated(names, round)) {
      const time = importTime(name);
      // The first round only fills the caches of the operating system.
      if (round > 0) times.get(name)?.push(time);
    }
  }
  const medianOf = (name: string, measure: keyof ImportTime): number =>
    median((times.get(name) ?? []).map((time) => time[measure]));
  return (["elapsed", "processor"] as const).flatMap((measure) =>
    STARTS.map((name) => ({
      area: `Importing the package: ${measure} time`,
      what: `import "${name}"`,
      against: 'import "scimmy"',
      ours: medianOf(name, measure),
      theirs: medianOf("scimmy", measure),
    })),
  );
}

function importTime(name: string): ImportTime {
  const program = `const usage = process.cpuUsage();
const start = performance.now();
await import(${JSON.stringify(name)});
const elapsed = performance.now() - start;
const { user, system } = process.cpuUsage(usage);
console.log(JSON.stringify({ elapsed: elapsed * 1e6, processor: (user + system) * 1e3 }));`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" }));
}
