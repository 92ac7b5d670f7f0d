import { posix } from "node:path";
import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";

const parsed = new WeakMap<SourceText, ts.SourceFile>();

/** The syntax tree of a file. */
export function parse(file: SourceText): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  parsed.set(file, tree);
  return tree;
}

/** Shows every node of a tree to `look`, outermost first. */
export function everyNode(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => everyNode(child, look));
}

/** The offence of a node. */
export function offence(file: SourceText, node: ts.Node, reason: string): Offence {
  const tree = parse(file);
  return { path: file.path, line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1, reason };
}

/** One mention of another module: an import, a re-export, `import()` or an `import("…")` type. */
export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** For a relative one, the path it stands for, from the repository's root. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
  readonly node: ts.Node;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function mention(node: ts.Node): { specifier: ts.Node | undefined; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return { specifier: node.moduleSpecifier, typeOnly: isTypeOnly(node) };
  }
  if (ts.isImportTypeNode(node)) {
    return { specifier: ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, typeOnly: true };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: node.arguments[0], typeOnly: false };
  }
  return undefined;
}

/** Every module that a file mentions. */
export function importsOf(file: SourceText): Import[] {
  const found: Import[] = [];
  everyNode(parse(file), (node) => {
    const { specifier, typeOnly = false } = mention(node) ?? {};
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const target = specifier.text.startsWith(".") ? posix.join(posix.dirname(file.path), specifier.text) : undefined;
    found.push({ specifier: specifier.text, target, typeOnly, node });
  });
  return found;
}
