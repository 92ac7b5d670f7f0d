/** What bounds an expression in JSONata, and its evaluation. */
export const JSONATA_LIMITS = {
  /** The longest text of an expression, in characters. */
  length: 4_000,
  /** The most nodes of an expression's tree, and how deeply they nest. */
  nodes: 1_000,
  depth: 100,
  /** How many of the operators `?:` and `??` an expression has. */
  defaults: 10,
  /** How deeply calls nest while an expression is evaluated. */
  stack: 200,
  /** The most elements of a list. */
  elements: 10_000,
  /** The longest text that an expression computes, in characters. */
  text: 1_000_000,
  /** The longest text that is searched for, or that separates others, in characters. */
  argument: 1_000,
  /** The longest regular expression, in characters, and the largest program that RE2 makes of it. */
  pattern: 200,
  program: 2_000,
  /** The most values of one result. */
  values: 50_000,
  /**
   * The work of one evaluation of a mapping, in units: one for each node that is evaluated, for each 8 elements of a
   * list, and for each 32 characters of a text.
   */
  work: 100_000,
  /** The memory of the thread, in megabytes. */
  memory: 128,
  /** How many expressions the thread keeps compiled. */
  compiled: 2_000,
} as const;
