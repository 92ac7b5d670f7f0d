import { describe, expect, it } from "vitest";
import { readExamples } from "../../examples/run.ts";
import { filesBelow } from "./repository.ts";

describe("examples/README.md", () => {
  it("lists every example that can be run, with the first sentence of its comment, and none that is not there", async () => {
    const examples = await readExamples();
    expect(examples.length).toBeGreaterThan(5);
    for (const { about, name } of examples) expect(about, name).toMatch(/^[A-Z].*\.$/);
    const [readme] = filesBelow("examples", "README.md");
    const rows = readme?.text.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows).toEqual(examples.map(({ name, about }) => `| \`${name}\` | ${about} |`));
  });
});
