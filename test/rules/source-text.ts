import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { everyNode, offence, parse } from "./syntax.ts";

const SWITCHED_OFF = /@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/;
const LEFT_OVER = /\b(TODO|FIXME|XXX|HACK)\b/;
const NODE_GLOBALS: ReadonlySet<string> = new Set([
  "process",
  "Buffer",
  "require",
  "__dirname",
  "__filename",
  "setImmediate",
  "global",
]);
const MAY_USE_NODE = /^src\/(adapters|cli|testing\/node)/;

function nodeReason(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "uses any";
  if (ts.isNonNullExpression(node)) return "asserts with ! that something is there";
  if (
    ts.isThrowStatement(node) &&
    ts.isNewExpression(node.expression) &&
    node.expression.expression.getText() === "Error"
  ) {
    return "throws a bare Error: a ScimError for the other side's fault, a TypeError for the caller's";
  }
  return undefined;
}

/** The reason against a name that only Node has, unless the file declares or is given something of that name. */
function nodeGlobals(file: SourceText): Offence[] {
  if (MAY_USE_NODE.test(file.path)) return [];
  const used: ts.Identifier[] = [];
  const declared = new Set<string>();
  everyNode(parse(file), (node) => {
    if (!ts.isIdentifier(node) || !NODE_GLOBALS.has(node.text)) return;
    const parent = node.parent;
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) return;
    if (ts.isPropertyAssignment(parent) && parent.name === node) return;
    if ("name" in parent && parent.name === node) declared.add(node.text);
    else used.push(node);
  });
  return used
    .filter(({ text }) => !declared.has(text))
    .map((node) => offence(file, node, `uses ${node.text}, which not every runtime has`));
}

function comments(file: SourceText): Offence[] {
  return file.text.split("\n").flatMap((text, index) => {
    const reason = SWITCHED_OFF.test(text)
      ? "switches a check off"
      : LEFT_OVER.test(text)
        ? "leaves work in a comment"
        : undefined;
    return reason === undefined ? [] : [{ path: file.path, line: index + 1, reason }];
  });
}

/** What must not be written in the library's code. */
export function sourceText(files: readonly SourceText[]): Offence[] {
  const offences: Offence[] = [];
  for (const file of files) {
    everyNode(parse(file), (node) => {
      const reason = nodeReason(node);
      if (reason !== undefined) offences.push(offence(file, node, reason));
    });
    offences.push(...nodeGlobals(file), ...comments(file));
  }
  return offences;
}
