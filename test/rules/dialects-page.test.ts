import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";

const PAGE = new URL("../../docs/guide/dialects.md", import.meta.url);

/** The table of the page, as the transforms have it. */
function table(): string {
  const rows = compatible.transforms.map(({ name, why, link }) => `| \`${name}\` | ${why} [Source](${link}) |`);
  return ["| transform | who sends what |", "|---|---|", ...rows].join("\n");
}

describe("the page on dialects", () => {
  it("lists every transform with its reason and its source", () => {
    expect(compatible.transforms.length).toBeGreaterThan(20);
    const text = readFileSync(PAGE, "utf8");
    expect(text.slice(text.indexOf("| transform |")).trimEnd()).toBe(table());
  });
});
