import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { offence, parse } from "./syntax.ts";

const READONLY_TYPE = /^(readonly\s|Readonly<|ReadonlyMap<|ReadonlySet<|ReadonlyArray<)/;
const MUTABLE_TYPE = /\[\]$|^(Array|Record|Map|Set|WeakMap|WeakSet|Partial)<|^\{/;
const CONTAINERS: ReadonlySet<string> = new Set(["Map", "Set", "WeakMap", "WeakSet", "Array"]);

function unwrap(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) || ts.isSatisfiesExpression(expression)
    ? unwrap(expression.expression)
    : expression;
}

/** Whether an expression makes something that can be changed later. `as const` and `Object.freeze(…)` do not. */
function makesMutable(expression: ts.Expression): boolean {
  const bare = unwrap(expression);
  if (ts.isArrayLiteralExpression(bare) || ts.isObjectLiteralExpression(bare)) return true;
  return ts.isNewExpression(bare) && ts.isIdentifier(bare.expression) && CONTAINERS.has(bare.expression.text);
}

function stateReason(
  name: string,
  type: ts.TypeNode | undefined,
  value: ts.Expression | undefined,
): string | undefined {
  if (value === undefined || !makesMutable(value)) return undefined;
  const annotation = type?.getText() ?? "";
  if (READONLY_TYPE.test(annotation)) return undefined;
  // A literal of a named interface is a declaration; whether its members may change is that interface's own affair.
  const isLiteral = !ts.isNewExpression(unwrap(value));
  if (isLiteral && annotation !== "" && !MUTABLE_TYPE.test(annotation)) return undefined;
  return `"${name}" can be changed and outlives every instance: declare it Readonly…, or \`as const\`, or make it inside`;
}

function ofStatement(file: SourceText, statement: ts.Statement): Offence[] {
  if (ts.isVariableStatement(statement)) {
    if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) {
      return [offence(file, statement, "module-level let or var: state belongs to an instance")];
    }
    return statement.declarationList.declarations.flatMap((node) => {
      const reason = stateReason(node.name.getText(), node.type, node.initializer);
      return reason === undefined ? [] : [offence(file, node, reason)];
    });
  }
  if (!ts.isClassDeclaration(statement)) return [];
  return statement.members.filter(ts.isPropertyDeclaration).flatMap((node) => {
    const kinds = new Set(node.modifiers?.map(({ kind }) => kind));
    if (!kinds.has(ts.SyntaxKind.StaticKeyword)) return [];
    if (!kinds.has(ts.SyntaxKind.ReadonlyKeyword)) return [offence(file, node, "a static property that can be set")];
    const reason = stateReason(node.name.getText(), node.type, node.initializer);
    return reason === undefined ? [] : [offence(file, node, reason)];
  });
}

/** A module keeps no state: no `let`, no `var`, no container that can change, no static that can be set. */
export function moduleState(files: readonly SourceText[]): Offence[] {
  return files.flatMap((file) => parse(file).statements.flatMap((statement) => ofStatement(file, statement)));
}
