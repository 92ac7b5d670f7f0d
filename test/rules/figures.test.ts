import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { figure, figureText, noteOf } from "../conformance/figure.ts";
import { type SourceText, sample } from "./offence.ts";
import { filesBelow, ROOT } from "./repository.ts";
import { everyNode, parse } from "./syntax.ts";

const ENDING = /\.(note\.json|json|http|txt)$/;

/** Which of the figures no test names in a text. A comment names nothing. */
function unused(names: readonly string[], tests: readonly SourceText[]): string[] {
  const named = new Set<string>();
  for (const file of tests) {
    everyNode(parse(file), (node) => {
      if (ts.isStringLiteralLike(node)) named.add((node.text.split("/").at(-1) ?? "").replace(ENDING, ""));
    });
  }
  return names.filter((name) => !named.has(name));
}

describe("the RFCs' figures", () => {
  const files = readdirSync(join(ROOT, "test/conformance/rfc")).sort();
  const figures = files.filter((file) => !file.endsWith(".note.json"));

  it("are each used by a test", () => {
    const test = sample("test/a.test.ts", '// "c"\nimport a from "./rfc/a.json";\nsend("b");');
    expect(unused(["a", "b", "c"], [test])).toEqual(["c"]);
    expect(figures.length).toBeGreaterThan(70);
    const names = figures.map((file) => file.replace(ENDING, ""));
    expect(
      unused(
        names,
        filesBelow("test", ".ts").filter(({ path }) => !path.startsWith("test/rules/")),
      ),
    ).toEqual([]);
  });

  it("are named after their RFC and section", () => {
    expect(
      files.filter((file) => !/^rfc(7643|7644|9865)-\d+(\.\d+)*-[a-z-]+\.(note\.json|json|http|txt)$/.test(file)),
    ).toEqual([]);
  });

  it("have notes that say what is wrong and correct what is there", () => {
    const notes = files.filter((file) => file.endsWith(".note.json")).map((file) => file.replace(ENDING, ""));
    expect(notes.length).toBeGreaterThan(20);
    for (const name of notes) {
      expect(noteOf(name)?.what).toMatch(/^[A-Z].*\.$/);
      // Throws for a correction of what the figure does not say.
      expect(figureText(name)).not.toBe("");
    }
  });

  it("can all be read, so that a figure that is not right has a note", () => {
    const messages = figures.filter((file) => file.endsWith(".http"));
    expect(messages.length).toBeGreaterThan(50);
    for (const file of messages) expect(() => figure(file.replace(ENDING, "")), file).not.toThrow();
  });
});
