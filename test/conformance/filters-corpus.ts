import { printAttributePath } from "../../src/path/print.ts";
import type { FilterTree } from "../../src/path/tree.ts";
import corpus from "./data/filters.json" with { type: "json" };

/** A filter tree as the corpus writes it. */
export type CorpusTree = {
  op: string;
  attr?: string;
  value?: string | number | boolean | null;
  args?: CorpusTree[];
  arg?: CorpusTree;
  filter?: CorpusTree;
};

export interface CorpusCase {
  id: string;
  filter: string;
  profile: string;
  valid: boolean | null;
  ast?: CorpusTree;
  matches?: string[];
  unknownAttributes?: boolean;
  matchesIfTreatedAsAbsent?: string[] | null;
  expect?: { status?: number; scimType?: string };
  ambiguous?: string;
  strict?: string;
  lenient?: { equivalentTo: string; matches: string[] };
}

export interface InlineCase {
  filter: string;
  matches: string[];
  /** What the RFC makes of it, where the source's expectation is another. */
  rfcMatches?: string[];
  profile?: string;
}

export interface InlineGroup {
  group: string;
  resources: Record<string, Record<string, unknown>>;
  cases: InlineCase[];
}

interface Corpus {
  users: Record<string, Record<string, unknown>>;
  cases: CorpusCase[];
  inline: InlineGroup[];
}

export const { users, cases, inline } = corpus as unknown as Corpus;

/** Our tree in the form of the corpus. */
export function toCorpusTree(tree: FilterTree): CorpusTree {
  switch (tree.type) {
    case "and":
    case "or":
      return { op: tree.type, args: tree.terms.map(toCorpusTree) };
    case "not":
      return { op: "not", arg: toCorpusTree(tree.term) };
    case "comparison":
      return { op: tree.operator, attr: printAttributePath(tree.path), value: tree.value };
    case "present":
      return { op: "pr", attr: printAttributePath(tree.path) };
    case "valuePath":
      return { op: "valuePath", attr: printAttributePath(tree.path), filter: toCorpusTree(tree.filter) };
  }
}
