import { describe, expect, it } from "vitest";
import { blocksOf } from "./doc-blocks.ts";
import { type Offence, print, type SourceText, sample } from "./offence.ts";
import { documents, filesBelow } from "./repository.ts";

const COMPARISON = /[!=]==?/;
const CREDENTIAL = /authorization|bearer|\b(token|secret|password)\b/i;
/** A comparison with nothing, or of a number, tells nothing about a credential. */
const WITH_NOTHING = /[!=]==? (undefined|null|""|\d+)/g;

/** Lines that compare a credential with `===` or the like, which takes longer the more characters are equal. */
function comparedCredentials({ path, text }: SourceText): Offence[] {
  return text.split("\n").flatMap((line, index) => {
    const isOffence = CREDENTIAL.test(line) && COMPARISON.test(line.replaceAll(WITH_NOTHING, ""));
    return isOffence ? [{ path, line: index + 1, reason: "compares a credential: use timingSafeEqual" }] : [];
  });
}

describe("examples and code blocks", () => {
  it("compare credentials in constant time", () => {
    const broken = [
      'if (request.headers.get("authorization") !== "Bearer x") throw 1;',
      "if (token === expected) return;",
      "if (token === undefined) return;",
      "if (!timingSafeEqual(digest(token), expected)) throw 1;",
    ];
    expect(print(comparedCredentials(sample("examples/a.ts", broken.join("\n"))))).toEqual([
      "examples/a.ts:1 compares a credential: use timingSafeEqual",
      "examples/a.ts:2 compares a credential: use timingSafeEqual",
    ]);
    const blocks = documents()
      .flatMap(blocksOf)
      .filter(({ language }) => language === "ts")
      .map(({ page, line, code }) => sample(`${page}:${line}`, code.join("\n")));
    const examples = filesBelow("examples", ".ts");
    expect(Math.min(blocks.length, examples.length)).toBeGreaterThan(20);
    expect(print([...blocks, ...examples].flatMap(comparedCredentials))).toEqual([]);
  });
});
