import { describe, expect, it } from "vitest";
import * as mapping from "../../src/entries/mapping.ts";
import { documents } from "./repository.ts";

const LISTS = /^<!-- mappings (.+) -->$/;

/** The names in the first column of the table below each `<!-- mappings … -->`, by what stands in the comment. */
function listed(text: string): [string, string[]][] {
  const lines = text.split("\n");
  return lines.flatMap((line, index): [string, string[]][] => {
    const lists = LISTS.exec(line)?.[1];
    if (lists === undefined) return [];
    const below = lines.slice(index + 3);
    const end = below.findIndex((row) => !row.startsWith("|"));
    return [[lists, below.slice(0, end).map((row) => /^\| `(.+?)` \|/.exec(row)?.[1] ?? row)]];
  });
}

describe("the guide's tables of built-in mappings", () => {
  it("list every mapping in its order, and none that is not there", () => {
    expect(listed("<!-- mappings a b -->\n| m |\n|--|\n| `00 x: 1` | sets `y` |\n| z |\n\n| `no` |")).toEqual([
      ["a b", ["00 x: 1", "| z |"]],
    ]);
    const named = (list: string): string[] =>
      list.split(" ").flatMap((name) => {
        const mappings: unknown = Object.entries(mapping).find(([exported]) => exported === name)?.[1];
        return Array.isArray(mappings) ? mapping.orderMappings(mappings).map((each) => each.name) : [name];
      });
    const tables = documents().flatMap(({ text }) => listed(text));
    expect(tables.map(([lists]) => lists).sort()).toEqual([
      "providerUserMappings providerGroupMappings",
      "sourceUserMappings sourceGroupMappings",
    ]);
    for (const [lists, names] of tables) expect(names).toEqual(named(lists));
  });

  it("are followed by what previewMappings prints for the mapping that is shown", async () => {
    const title = mapping.defineMapping({
      name: "my title",
      resourceType: "User",
      expression: (variables) => ({ title: `Dr ${variables.title}` }),
    });
    const mappings = [...mapping.sourceUserMappings, title];
    const variables = mapping.sourceVariables({ userName: "ada", title: "Countess" });
    const { text } = await mapping.previewMappings(mappings, variables);
    const page = documents().find(({ path }) => path === "docs/guide/accept.md")?.text ?? "";
    const [, shown = ""] = /among other lines:\n\n```text\n([^`]+)```/.exec(page) ?? [];
    const lines = shown.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    for (const part of [lines.slice(0, 2), lines.slice(2)]) expect(`${text}\n`).toContain(`${part.join("\n")}\n`);
  });
});
