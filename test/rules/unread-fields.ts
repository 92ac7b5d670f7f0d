import { join } from "node:path";
import ts from "typescript";
import { programOf } from "./compile.ts";
import type { Offence, SourceText } from "./offence.ts";
import { ROOT } from "./repository.ts";
import { everyNode } from "./syntax.ts";

/** An interface, by its file and name. */
export interface InterfaceName {
  readonly path: string;
  readonly name: string;
}

/** The fields of an interface that no file reads. A field that nothing reads promises something that does not happen. */
export function unreadFields(files: readonly SourceText[], target: InterfaceName): Offence[] {
  const program = programOf(files);
  const fields = fieldsOf(program, target);
  const names = new Set(fields.map(({ name }) => name.getText()));
  const read = new Set<ts.Node>();
  for (const { path } of files) {
    const source = program.getSourceFile(join(ROOT, path));
    if (source === undefined) continue;
    everyNode(source, (node) => {
      const name = readName(node);
      // Resolving a symbol is slow, so it is done only for names that may be one of the fields.
      if (name === undefined || !names.has(name.text)) return;
      const symbol = readSymbol(node, name, program.getTypeChecker());
      for (const declaration of symbol?.declarations ?? []) read.add(declaration);
    });
  }
  return fields
    .filter((field) => !read.has(field))
    .map((field) => ({
      path: target.path,
      line: field.getSourceFile().getLineAndCharacterOfPosition(field.getStart()).line + 1,
      reason: `nothing reads ${target.name}.${field.name.getText()}`,
    }));
}

function fieldsOf(program: ts.Program, { path, name }: InterfaceName): ts.PropertySignature[] {
  const statements = program.getSourceFile(join(ROOT, path))?.statements ?? [];
  const found = [...statements].filter(ts.isInterfaceDeclaration).find((statement) => statement.name.text === name);
  return [...(found?.members ?? [])].filter(ts.isPropertySignature);
}

/** The name of the property that a node reads: `b` in `a.b` and in `const { b: c } = a`. */
function readName(node: ts.Node): ts.Identifier | undefined {
  if (ts.isPropertyAccessExpression(node)) return ts.isIdentifier(node.name) ? node.name : undefined;
  if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return undefined;
  const name = node.propertyName ?? node.name;
  return ts.isIdentifier(name) ? name : undefined;
}

function readSymbol(node: ts.Node, name: ts.Identifier, checker: ts.TypeChecker): ts.Symbol | undefined {
  if (!ts.isBindingElement(node)) return checker.getSymbolAtLocation(name);
  return checker.getTypeAtLocation(node.parent).getProperty(name.text);
}
