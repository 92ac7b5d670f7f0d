import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { everyNode, offence, parse } from "./syntax.ts";

const MAX_BODY = 100;

/** The lines that the body of a `describe` takes, braces included; undefined for anything else. */
function describeLines(file: SourceText, node: ts.Node): number | undefined {
  if (!ts.isCallExpression(node) || !/^describe(\.each\b|\(|$)/s.test(node.expression.getText())) return undefined;
  const body = node.arguments.at(-1);
  if (body === undefined || !(ts.isArrowFunction(body) || ts.isFunctionExpression(body))) return undefined;
  const tree = parse(file);
  const lineAt = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  return lineAt(body.end) - lineAt(body.getStart()) + 1;
}

/** No `describe` is too long to read at one sitting. */
export function describeBodies(files: readonly SourceText[]): Offence[] {
  const offences: Offence[] = [];
  for (const file of files) {
    everyNode(parse(file), (node) => {
      const lines = describeLines(file, node);
      if (lines !== undefined && lines > MAX_BODY) {
        offences.push(offence(file, node, `a describe of ${lines} lines; the bar is ${MAX_BODY}`));
      }
    });
  }
  return offences;
}
