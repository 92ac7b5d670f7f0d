import ts from "typescript";
import type { SourceText } from "../test/rules/offence.ts";
import { parse } from "../test/rules/syntax.ts";

/** A test that says in its title which requirement it proves. */
export interface Citation {
  /** As it is written: `12`, or `C12` for the client's and provider's. A range is listed number by number. */
  readonly requirement: string;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Without what it cites; what a title fills in is shown as an ellipsis. */
  readonly title: string;
}

/** A test by its title, without what the title cites; what it fills in is shown as an ellipsis. */
export interface NamedTest {
  readonly path: string;
  readonly title: string;
}

const TEST: ReadonlySet<string> = new Set(["it", "test", "describe"]);
const LEFT_OUT: ReadonlySet<string> = new Set(["skip", "todo"]);
const CITED = /\[req ([^\]]*)\]/g;

/** What the titles of tests cite. Tests that are left out cite nothing, and neither do comments and other texts. */
export function citationsOf(file: SourceText): Citation[] {
  return titlesIn(file).flatMap(({ text, line }) => citationsIn(text, file.path, line));
}

/** The tests of a file, but for those that are left out. */
export function testsOf(file: SourceText): NamedTest[] {
  return titlesIn(file).map(({ text }) => ({ path: file.path, title: plainTitle(text) }));
}

function titlesIn(file: SourceText): { readonly text: string; readonly line: number }[] {
  const found: { readonly text: string; readonly line: number }[] = [];
  const tree = parse(file);
  const visit = (node: ts.Node): void => {
    const names = ts.isCallExpression(node) ? calleeNames(node.expression) : [];
    if (ts.isCallExpression(node) && TEST.has(names[0] ?? "")) {
      if (names.some((name) => LEFT_OUT.has(name))) return;
      const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
      // Without a body it is not a test, or only the part of it.each with the rows.
      if (node.arguments.length > 1) found.push({ text: titleOf(node.arguments[0]), line });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The names that a callee is made of, outermost last: `it.skipIf(x).each(rows)` is it, skipIf, each. */
function calleeNames(node: ts.Expression): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) return [...calleeNames(node.expression), node.name.text];
  if (ts.isCallExpression(node)) return calleeNames(node.expression);
  return ts.isTaggedTemplateExpression(node) ? calleeNames(node.tag) : [];
}

function titleOf(node: ts.Node | undefined): string {
  if (node === undefined) return "";
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join("");
  }
  if (ts.isBinaryExpression(node)) return titleOf(node.left) + titleOf(node.right);
  return "…";
}

function citationsIn(title: string, path: string, line: number): Citation[] {
  const requirements = [...title.matchAll(CITED)].flatMap(([, list = ""]) => list.split(",").flatMap(numbersOf));
  return requirements.map((requirement) => ({ requirement, path, line, title: plainTitle(title) }));
}

function plainTitle(title: string): string {
  return title
    .replace(CITED, "")
    .replace(/%[sdijfo]|\$[a-z][\w.]*/gi, "…")
    .replace(/\s+/g, " ")
    .trim();
}

function numbersOf(text: string): string[] {
  const range = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(text);
  if (range === null) return [text.trim()];
  const [first, last] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => String(first + index));
}
