import { join, relative } from "node:path";
import ts from "typescript";
import { importPathOf } from "../../tools/exports-map.ts";
import { programOf } from "./compile.ts";
import type { Offence, SourceText } from "./offence.ts";
import { ROOT } from "./repository.ts";
import { everyNode, offence, parse } from "./syntax.ts";

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

/** Names that two entries export for different things. A public name means one thing in the whole package. */
export function ambiguous(names: readonly PublicName[]): Offence[] {
  const places = Map.groupBy(names, ({ name }) => name);
  return [...places.values()].flatMap((found) => {
    const declared = new Map(found.map((each) => [`${each.path}:${each.line}`, each]));
    if (declared.size < 2) return [];
    const where = [...declared.values()].map(({ entry, path }) => `scimkit${entry.slice(1)} (${path})`).join(" and ");
    return [...declared.values()].slice(0, 1).map(({ path, line, name }) => ({
      ...{ path, line },
      reason: `${name} means two things: in ${where}`,
    }));
  });
}

/**
 * The types that the public declarations among `files` use and that no entry exports. The parts of a conditional type may
 * be private: users see what it gives.
 */
export function unexportedTypes(files: readonly SourceText[]): Offence[] {
  const program = programOf(files);
  const checker = program.getTypeChecker();
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Set(
    files
      .filter(({ path }) => path.startsWith("src/entries/"))
      .flatMap(({ path }) => {
        const source = program.getSourceFile(join(ROOT, path));
        const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
        return module === undefined ? [] : checker.getExportsOfModule(module).map(resolved);
      }),
  );
  const offences = new Map<string, Offence>();
  const visit = (node: ts.Node, owner: ts.Symbol): void => {
    if (ts.isBlock(node) || ts.isConditionalTypeNode(node) || isPrivate(node)) return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const found = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    const symbol = found === undefined ? undefined : resolved(found);
    const declaration = symbol?.declarations?.[0];
    const path = declaration === undefined ? "" : relative(ROOT, declaration.getSourceFile().fileName);
    const isOurs = path.startsWith("src/") && declaration !== undefined && !isSeen(declaration);
    if (symbol !== undefined && isOurs && !exported.has(symbol)) {
      const key = `${owner.name} ${symbol.name}`;
      offences.set(key, { path, line: 1, reason: `${owner.name} uses ${symbol.name}, which no entry exports` });
    }
    // The value of a constant with a type is no part of its declaration.
    if (ts.isVariableDeclaration(node)) {
      if (node.type !== undefined) visit(node.type, owner);
      return;
    }
    ts.forEachChild(node, (child) => visit(child, owner));
  };
  for (const symbol of exported) for (const declaration of symbol.declarations ?? []) visit(declaration, symbol);
  return [...offences.values()];
}

/** A type parameter, or a list of words, which shows as what it is wherever it is used. */
function isSeen(declaration: ts.Declaration): boolean {
  if (ts.isTypeParameterDeclaration(declaration)) return true;
  if (!ts.isTypeAliasDeclaration(declaration)) return false;
  const { type } = declaration;
  return ts.isLiteralTypeNode(type) || (ts.isUnionTypeNode(type) && type.types.every(ts.isLiteralTypeNode));
}

function isPrivate(node: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;
}

/** Classes with private members that a public declaration uses as a type: nothing else is assignable to them, so nobody can fake them. */
export function unfakeable(files: readonly SourceText[]): Offence[] {
  const program = programOf(files);
  const checker = program.getTypeChecker();
  const classes = files
    .filter(({ path }) => path.startsWith("src/entries/"))
    .flatMap(({ path }) => {
      const source = program.getSourceFile(join(ROOT, path));
      const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
      return module === undefined ? [] : checker.getExportsOfModule(module);
    })
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .flatMap((symbol) => symbol.declarations?.filter(ts.isClassDeclaration) ?? []);
  return classes
    .filter((node) => node.members.some((member) => isPrivate(member) || isHashed(member)))
    .map((node) => ({
      path: relative(ROOT, node.getSourceFile().fileName),
      line: 1,
      reason: `${node.name?.text} is public and has private members: export an interface`,
    }));
}

function isHashed(member: ts.ClassElement): boolean {
  return member.name !== undefined && ts.isPrivateIdentifier(member.name);
}

/** Errors that no user meets: they stay within one room, or belong to test suites. */
const INTERNAL_ERRORS: ReadonlySet<string> = new Set([
  ...["InterruptedError", "SyncFailedError"], // provider: carried within one run; their cause is reported
  ...["ConnectionFault", "AbortedTransaction"], // postgres: translated before they leave the driver
  "ContractViolation", // exported by scimkit/testing
]);

/** Exported classes of errors that `scimkit/errors` does not have. */
export function hiddenErrors(files: readonly SourceText[], names: readonly PublicName[]): Offence[] {
  const known = new Set(names.filter(({ entry }) => entry === "./errors").map(({ name }) => name));
  const offences: Offence[] = [];
  for (const file of files) {
    everyNode(parse(file), (node) => {
      if (!ts.isClassDeclaration(node) || node.name === undefined) return;
      const base = node.heritageClauses?.[0]?.types[0]?.expression.getText() ?? "";
      const isExported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
      const name = node.name.text;
      if (!isExported || !base.endsWith("Error") || known.has(name) || INTERNAL_ERRORS.has(name)) return;
      offences.push(offence(file, node, `${name} cannot be had from scimkit/errors`));
    });
  }
  return offences;
}
