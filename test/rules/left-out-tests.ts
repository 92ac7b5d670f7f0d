import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { everyNode, offence, parse } from "./syntax.ts";

const TEST: ReadonlySet<string> = new Set(["it", "test", "describe"]);
const LEAVES_OUT: ReadonlySet<string> = new Set(["only", "todo", "skip"]);

/** No test is left out. One that cannot run somewhere says so with `skipIf(condition)`. */
export function leftOutTests(files: readonly SourceText[]): Offence[] {
  const offences: Offence[] = [];
  for (const file of files) {
    everyNode(parse(file), (node) => {
      if (!ts.isPropertyAccessExpression(node) || !LEAVES_OUT.has(node.name.text)) return;
      if (!ts.isIdentifier(node.expression) || !TEST.has(node.expression.text)) return;
      offences.push(offence(file, node, `${node.getText()} leaves tests out`));
    });
  }
  return offences;
}
