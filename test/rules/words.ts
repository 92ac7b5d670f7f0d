import type { Offence, SourceText } from "./offence.ts";

/** A word or phrase that this project does not use, and what to write instead. */
interface Word {
  /** A regular expression. A space in it also matches a line break and the marks of a comment. */
  readonly pattern: string;
  readonly use: string;
}

const WORDS: readonly Word[] = [
  { pattern: "answer(s|ed|ing)?", use: "response, respond, return" },
  { pattern: "told (why|of|when|before)", use: "is called with, is notified of" },
  { pattern: "episodes?", use: "reconciliation" },
  { pattern: "manners?", use: "update mode, way" },
  { pattern: "(?<!key\\W)rings?", use: "cycle" },
  { pattern: "laws?", use: "rule" },
  { pattern: "whoever|whomever|whosever", use: "the user who, anyone who, the one that" },
  { pattern: "(is|are|was|were) told(?! apart)|told of", use: "is called with, is notified of, knows" },
  { pattern: "(hears?|heard) (of|from)", use: "is notified of" },
  { pattern: "(is|are|was|were) asked", use: "is requested, is called, is read" },
  { pattern: "(is|are|was|were) said", use: "is written, is declared" },
  { pattern: "says? (no|yes) to", use: "does not support, supports" },
  { pattern: "speaks? (of|to|for)", use: "is about, connects to" },
  { pattern: "stands? (for|in|behind|beside|alone|before|there)", use: "means, is in, is after" },
  { pattern: "(tak(e|es|ing|en)|took) the place", use: "replace" },
  { pattern: "(made|makes?|making) up for", use: "use a fallback, do it instead" },
  { pattern: "(that|which|who) (is|are|was|were) none", use: "that is not one" },
  { pattern: "(?<!there )(is|are|was|were) no(?! longer| more| exception)", use: "is not a" },
  { pattern: "nobody knows", use: "it is unknown" },
  { pattern: "(is|are) to be", use: "must be, will be" },
  { pattern: "at hand", use: "built-in, available" },
  { pattern: "in hand", use: "in progress" },
  { pattern: "hand(s|ed|ing)? (out|over|on)", use: "return, pass" },
  { pattern: "(becomes?|became) of", use: "what happens to" },
  { pattern: "can(not)? be had", use: "is possible, is available" },
  { pattern: "(sees?|seen) to it", use: "ensure" },
  { pattern: "pass(es|ed|ing)? over", use: "skip, ignore" },
  { pattern: "mend(s|ed|ing)?", use: "fix, correct" },
  { pattern: "heed(s|ed)?", use: "follow, use, respect" },
  { pattern: "anew", use: "again" },
  { pattern: "for ever|for good", use: "forever, permanently" },
  { pattern: "be (it|they) (an?|the|null|empty)", use: "whether it is, or" },
  { pattern: "dear(er|est)?", use: "expensive" },
  { pattern: "without a word|in silence", use: "silently, without an error" },
  { pattern: "lest|whence|thereof|albeit|hereby|wherein", use: "so that not, from which, of it" },
  { pattern: "(do|does|did)(es)? no harm", use: "is harmless, is handled" },
  { pattern: "of (ours|theirs|one's own)", use: "our, their, your own" },
];

/** A pattern of `WORDS` as a regular expression over a whole file. */
function expression({ pattern }: Word): RegExp {
  return new RegExp(`\\b(?:${pattern.replaceAll(" ", "[\\s*/]+")})(?!\\w)`, "gi");
}

/** Names in code are no prose: `spans` between backticks are left out, and so are the targets of links. */
function prose(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/\]\([^)\s]*\)/g, blank).replaceAll(/`[^`\n]*`/g, blank);
}

/** Documents, comments and error texts use the standard terms of the field, in plain English. */
export function words(files: readonly SourceText[]): Offence[] {
  return files.flatMap(({ path, text }) => {
    const readable = prose(text);
    return WORDS.flatMap((word) =>
      [...readable.matchAll(expression(word))].map((match) => ({
        path,
        line: readable.slice(0, match.index).split("\n").length,
        reason: `says "${match[0].replaceAll(/[\s*/]+/g, " ")}": use ${word.use}`,
      })),
    );
  });
}
