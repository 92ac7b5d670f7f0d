/** What bounds an expression in CEL, and its evaluation. */
export const CEL_LIMITS = {
  /** The longest text of an expression, in characters. */
  length: 4_000,
  /** The most nodes of an expression's tree. */
  nodes: 1_000,
  /** How deeply parentheses, lists, maps, calls and selections nest. */
  depth: 40,
  /** How deeply macros such as `map` and `exists` nest. */
  macros: 2,
  /** The most elements of a list that a macro goes through, or that a variable has. */
  elements: 1_000,
  /** The longest text that `contains`, `indexOf`, `split`, `replace` and `join` take as an argument, in characters. */
  argument: 1_000,
  /** The longest regular expression of `like`, in characters, and the largest program that RE2 makes of it. */
  pattern: 200,
  program: 2_000,
  /**
   * The work of one evaluation of a mapping, in units: one for each node that is evaluated, for each element of a list
   * or a map, and for each 32 characters of a text.
   */
  work: 250_000,
  /** The largest value that an expression computes, in the same units. */
  value: 50_000,
} as const;
