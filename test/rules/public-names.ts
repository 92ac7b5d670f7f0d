import { join, relative } from "node:path";
import ts from "typescript";
import { importPathOf } from "../../tools/exports-map.ts";
import { programOf } from "./compile.ts";
import type { Offence, SourceText } from "./offence.ts";
import { ROOT } from "./repository.ts";

/** A name that a user can import. */
export interface PublicName {
  /** The import path, such as `./errors`. */
  readonly entry: string;
  readonly name: string;
  readonly kind: "class" | "function" | "interface" | "type" | "const";
  readonly doc: string;
  /** Whether the file that the entry names does export it. */
  readonly found: boolean;
  /** How many parameters it takes, if it is a function. */
  readonly parameters: number;
  /** Where it is declared. */
  readonly path: string;
  readonly line: number;
}

const MAX_PARAMETERS = 3;
/** Functions whose face was agreed with more, and why. */
const MORE_PARAMETERS: Readonly<Record<string, { parameters: number; why: string }>> = {
  runContract: { parameters: 4, why: "framework, name, cases, skips: read as one line in a driver's test file" },
  applyPatch: { parameters: 4, why: "resource, operations, resource type, options: the public face names them so" },
};

function kindOf(symbol: ts.Symbol): PublicName["kind"] {
  if (symbol.flags & ts.SymbolFlags.Class) return "class";
  if (symbol.flags & ts.SymbolFlags.Function) return "function";
  if (symbol.flags & ts.SymbolFlags.Interface) return "interface";
  return symbol.flags & ts.SymbolFlags.TypeAlias ? "type" : "const";
}

/** Every name that the entries among `files` export, by entry and name. */
export function publicNames(files: readonly SourceText[]): PublicName[] {
  const program = programOf(files);
  const checker = program.getTypeChecker();
  const entries = files.filter(({ path }) => path.startsWith("src/entries/"));
  return entries.flatMap(({ path }) => {
    const source = program.getSourceFile(join(ROOT, path));
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    if (module === undefined) return [];
    const names = checker.getExportsOfModule(module).map((exported): PublicName => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const node = symbol.declarations?.[0];
      const signatures = node === undefined ? [] : checker.getTypeOfSymbolAtLocation(symbol, node).getCallSignatures();
      const place = node?.getSourceFile();
      return {
        entry: importPathOf(path),
        name: exported.name,
        kind: kindOf(symbol),
        found: node !== undefined,
        doc: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        parameters: Math.max(0, ...signatures.map(({ parameters }) => parameters.length)),
        path: place === undefined ? path : relative(ROOT, place.fileName),
        line: node === undefined ? 1 : (place?.getLineAndCharacterOfPosition(node.getStart()).line ?? 0) + 1,
      };
    });
    return names.sort((a, b) => (a.name < b.name ? -1 : 1));
  });
}

function faultsOf({ name, doc, found, kind, parameters }: PublicName): string[] {
  if (!found) return ["which the file it names does not export"];
  const bar = MORE_PARAMETERS[name]?.parameters ?? MAX_PARAMETERS;
  return [
    ...(/\S \S.*[.:!?]/s.test(doc) ? [] : ["which has no doc sentence"]),
    ...(kind !== "class" && parameters > bar
      ? [`which takes ${parameters} parameters: more than ${bar} go into one object`]
      : []),
  ];
}

/** Every public name says in a sentence what it is, and no public function takes a long row of parameters. */
export function described(names: readonly PublicName[]): Offence[] {
  return names.flatMap((found) =>
    faultsOf(found).map((fault) => ({
      path: found.path,
      line: found.line,
      reason: `scimkit${found.entry.slice(1)} exports ${found.name}, ${fault}`,
    })),
  );
}

/** The public surface as a text to compare with. */
export function listing(names: readonly PublicName[]): string {
  const entries = [...new Set(names.map(({ entry }) => entry))].sort();
  const blocks = entries.map((entry) => {
    const lines = names.filter((found) => found.entry === entry).map(({ kind, name }) => `  ${kind} ${name}`);
    return [`scimkit${entry.slice(1)}`, ...lines].join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}
