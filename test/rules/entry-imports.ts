import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { filesBelow } from "./repository.ts";
import { type Import, importsOf, offence } from "./syntax.ts";

/** Tests that import what no entry exports, and why. */
export const TESTS_OF_INTERNALS: Readonly<Record<string, string>> = {
  "test/provider/link-table.test.ts": "proves the link table row by row",
  "test/provider/plan-equals-sync.test.ts": "writes a link of every state, as it is stored",
  "test/provider/simulation/invariants.ts": "reads links as they are stored",
  "test/provider/simulation/world.ts": "reads links as they are stored",
  "test/source/server-options.test.ts": "goes through all server options, to see that each reaches a source",
};

function specifierOf(path: string): string {
  return path.replace("src/entries/", "scimkit/").replace(/(\/index)?\.ts$/, "");
}

/** The entries that export a name, by the file that declares it and its name there: `src/room/file.ts#name`. */
function entriesByName(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const entry of filesBelow("src/entries", ".ts")) {
    for (const { target, node } of importsOf(entry)) {
      for (const name of namesOf(node) ?? []) {
        const key = `${target}#${name}`;
        found.set(key, [...(found.get(key) ?? []), specifierOf(entry.path)]);
      }
    }
  }
  return found;
}

/** The names that an import or a re-export takes from a module; undefined if it takes the module as a whole. */
function namesOf(node: ts.Node): readonly string[] | undefined {
  const list =
    (ts.isImportDeclaration(node) && node.importClause?.namedBindings) ||
    (ts.isExportDeclaration(node) && node.exportClause);
  if (!list || !(ts.isNamedImports(list) || ts.isNamedExports(list))) return undefined;
  return list.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

const ENTRIES_BY_NAME = entriesByName();

/** From which entry users import what `path` declares: its own room's, `scimkit`, or another; undefined if none. */
export function entryOf(path: string, name: string): string | undefined {
  if (path.startsWith("src/entries/")) return specifierOf(path);
  const [, room] = path.split("/");
  const rank = (entry: string) => (entry.startsWith(`scimkit/${room}`) ? 0 : entry === "scimkit" ? 1 : 2);
  return ENTRIES_BY_NAME.get(`${path}#${name}`)?.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** The names of an import from `src` that users import from an entry, and those that no entry exports. */
function sorted({ target = "", node }: Import): {
  readonly entries: readonly string[];
  readonly internals: readonly string[];
} {
  const names = namesOf(node) ?? ["the whole module"];
  return {
    entries: names.flatMap((name) => {
      const entry = entryOf(target, name);
      return entry === undefined ? [] : [`import ${name} from ${entry}, as users do`];
    }),
    internals: names.filter((name) => entryOf(target, name) === undefined),
  };
}

function offencesOf(file: SourceText): Offence[] {
  const imports = importsOf(file).filter(({ target }) => target?.startsWith("src/"));
  const mayLookInside = TESTS_OF_INTERNALS[file.path] !== undefined;
  const found = imports.map((each) => ({ ...each, ...sorted(each) }));
  if (mayLookInside && found.every(({ internals }) => internals.length === 0)) {
    return [{ path: file.path, line: 1, reason: "imports no internals: take it off the list of those that do" }];
  }
  return found.flatMap(({ node, target, entries, internals }) => [
    ...entries.map((reason) => offence(file, node, reason)),
    ...(mayLookInside ? [] : internals).map((name) =>
      offence(
        file,
        node,
        `no entry exports ${name} of ${target}: test what is public, or list the file and its reason`,
      ),
    ),
  ]);
}

/** Tests of providers and sources import what is public from the entries, and nothing else without a reason. */
export function entryImports(files: readonly SourceText[]): Offence[] {
  return files.filter(({ path }) => /^test\/(provider|source)\//.test(path)).flatMap(offencesOf);
}
