import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { everyNode, offence, parse } from "./syntax.ts";

const HOME = "src/protocol/urns.ts";
const SCIM_URN = /urn:(ietf:params:)?scim:/i;

function literal(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) return node.text;
  return ts.isRegularExpressionLiteral(node) ? node.text : undefined;
}

/** Each URN of SCIM is written once, in the table of URNs. */
export function urns(files: readonly SourceText[]): Offence[] {
  const offences: Offence[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    everyNode(parse(file), (node) => {
      const text = literal(node);
      if (text === undefined || !SCIM_URN.test(text)) return;
      if (file.path !== HOME) {
        offences.push(offence(file, node, `writes "${text}": refer to URN in ${HOME}`));
        return;
      }
      if (seen.has(text)) offences.push(offence(file, node, `writes "${text}" a second time`));
      seen.add(text);
    });
  }
  return offences;
}
