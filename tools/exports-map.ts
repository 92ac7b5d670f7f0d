/** What one import path resolves to. */
export interface ExportTarget {
  readonly types: string;
  readonly default: string;
}

/** The import path of an entry file: `src/entries/storage/sqlite.ts` is `./storage/sqlite`, the index is `.`. */
export function importPathOf(entry: string): string {
  const name = entry.replace(/^src\/entries\//, "").replace(/\.ts$/, "");
  return name === "index" ? "." : `./${name}`;
}

/** The `exports` of package.json that the entry files ask for. */
export function exportsMap(entries: readonly string[]): Record<string, ExportTarget | string> {
  const paths = entries.map(importPathOf).sort();
  const targets = paths.map((path): [string, ExportTarget] => {
    const file = path === "." ? "./dist/index" : `./dist/${path.slice(2)}`;
    return [path, { types: `${file}.d.ts`, default: `${file}.js` }];
  });
  return { ...Object.fromEntries(targets), "./package.json": "./package.json" };
}
