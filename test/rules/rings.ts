import type { Offence, SourceText } from "./offence.ts";
import { importsOf } from "./syntax.ts";

function short(path: string): string {
  return path.replace(/^src\//, "");
}

/** No file reaches itself over its imports, type-only ones included. Each ring is told once, spelled out. */
export function rings(files: readonly SourceText[]): Offence[] {
  const graph = new Map(files.map((file) => [file.path, importsOf(file).flatMap(({ target }) => target ?? [])]));
  const offences: Offence[] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  function visit(path: string): void {
    const start = trail.indexOf(path);
    if (start !== -1) {
      const ring = [...trail.slice(start), path];
      offences.push({ path, line: 1, reason: `stands in a ring: ${ring.map(short).join(" -> ")}` });
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const target of graph.get(path) ?? []) visit(target);
    trail.pop();
    done.add(path);
  }

  for (const path of graph.keys()) visit(path);
  return offences;
}
