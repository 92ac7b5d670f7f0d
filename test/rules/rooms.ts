import { basename } from "node:path";
import ts from "typescript";
import { MAY_IMPORT } from "./layers.ts";
import type { Offence, SourceText } from "./offence.ts";
import { everyNode, offence, parse } from "./syntax.ts";

const SAYS_NOTHING: ReadonlySet<string> = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "core",
  "lib",
  "types",
  "misc",
  "shared",
]);

function nameReason(path: string): string | undefined {
  const parts = path.replace(/\.ts$/, "").split("/").slice(1);
  const empty = parts.find((part) => SAYS_NOTHING.has(part));
  if (empty !== undefined) return `"${empty}" says nothing of what is in it`;
  const crooked = parts.find((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part));
  if (crooked !== undefined) return `"${crooked}" is not kebab-case`;
  if (basename(path) === "index.ts" && path !== "src/entries/index.ts") return "a room has no index file";
  if (parts.length < 2 || MAY_IMPORT[parts[0] ?? ""] === undefined)
    return "stands in no room that the table of layers knows";
  return undefined;
}

/** Rooms and files have names that say something, and no room has an index file. */
export function rooms(files: readonly SourceText[]): Offence[] {
  return files.flatMap(({ path }) => {
    const reason = nameReason(path);
    return reason === undefined ? [] : [{ path, line: 1, reason }];
  });
}

/** Names are re-exported one by one. */
export function stars(files: readonly SourceText[]): Offence[] {
  const offences: Offence[] = [];
  for (const file of files) {
    everyNode(parse(file), (node) => {
      if (!ts.isExportDeclaration(node)) return;
      if (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause)) {
        offences.push(offence(file, node, "re-exports with a star: list the names"));
      }
    });
  }
  return offences;
}

/** An entry holds nothing but `export { … } from` and `export type { … } from`. */
export function entries(files: readonly SourceText[]): Offence[] {
  return files
    .filter(({ path }) => path.startsWith("src/entries/"))
    .flatMap((file) =>
      parse(file)
        .statements.filter((node) => !(ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined))
        .map((node) => offence(file, node, "an entry only re-exports names")),
    );
}
