/** The comparison operators of RFC 7644 section 3.4.2.2, in lower case. `pr` is a node of its own. */
export type ComparisonOperator = "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le";

/** A value that an attribute can be compared with. */
export type ComparisonValue = string | number | boolean | null;

/**
 * The name of an attribute as it was written, split but not looked up.
 *
 * `schema` is everything before the last colon. Whether `urn:…:2.0:User` is a schema or the attribute `User` of
 * `urn:…:2.0` is not known without the schemas; `resolvePath` in `schema` decides. So the URI of a schema alone is
 * split too, at its last colon and the first dot after it: `urn:example:2.0` is attribute `2`, sub-attribute `0`.
 */
export interface AttributePath {
  readonly schema: string | undefined;
  readonly attribute: string;
  readonly sub: string | undefined;
  /** Its position in the text, in characters from 0. */
  readonly position: number;
}

/** A filter over leaves of some kind. `and` and `or` have two terms or more. */
export type FilterNode<Leaf> =
  | { readonly type: "and" | "or"; readonly terms: readonly FilterNode<Leaf>[] }
  | { readonly type: "not"; readonly term: FilterNode<Leaf> }
  | Leaf;

/** A filter as a tree (RFC 7644 section 3.4.2.2). Plain data, safe to keep. */
export type FilterTree = FilterNode<FilterLeaf>;

/** A condition on one attribute. */
export type FilterLeaf =
  | {
      readonly type: "comparison";
      readonly path: AttributePath;
      readonly operator: ComparisonOperator;
      readonly value: ComparisonValue;
    }
  | { readonly type: "present"; readonly path: AttributePath }
  | { readonly type: "valuePath"; readonly path: AttributePath; readonly filter: FilterTree };

/** The path of a PATCH operation (RFC 7644 section 3.5.2): `attribute`, `attribute.sub`, `attribute[filter]` or `attribute[filter].sub`. */
export interface PatchPath {
  readonly path: AttributePath;
  readonly filter: FilterTree | undefined;
  /** The sub-attribute after the brackets; without brackets it is in `path.sub`. */
  readonly sub: string | undefined;
}

/** Deviations from the grammar that identity providers send. All are off by default; each is one quirk. */
export interface FilterLeniencies {
  /** `emails[type eq "work"].value eq "x"` means `emails[type eq "work" and value eq "x"]`; with `pr` likewise. (Entra ID) */
  readonly valuePathComparison?: boolean;
  /** `userName eq bjensen`: a value without quotes is a string. */
  readonly bareValues?: boolean;
  /** `userName eq 'bjensen'`. */
  readonly singleQuotes?: boolean;
  /** `active eq True`. */
  readonly capitalBooleans?: boolean;
  /** `not userName eq "x"`. */
  readonly notWithoutParentheses?: boolean;
}

/** Limits of the parser. */
export interface FilterLimits {
  /** Longest text, in characters. @default 10000 */
  readonly maxLength?: number;
  /** Deepest nesting of parentheses, brackets and `not`; `not (` counts once. At most 500. @default 50 */
  readonly maxDepth?: number;
  /** Most comparisons and presence tests together. @default 500 */
  readonly maxTerms?: number;
}

/** Options of `parseFilter` and `parsePath`. */
export interface ParseFilterOptions extends FilterLimits {
  readonly leniencies?: FilterLeniencies;
  /** Called with the name of each leniency that the text needed. */
  readonly onLeniency?: (name: keyof FilterLeniencies) => void;
}
