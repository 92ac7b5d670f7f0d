import type { CompiledQuery } from "kysely";
import type { AttributeDefinition } from "../../../schema/attributes/definition.ts";

/** What a lookup asks, beside the attributes. */
export interface Lookup {
  readonly tenant: string;
  readonly type: string;
  /** The texts of its terms, in their order. */
  readonly values: readonly string[];
  readonly take: number;
}

/** The statement of a lookup, and what each of its bound values is made of. */
export interface LookupTemplate {
  readonly statement: CompiledQuery;
  readonly bind: readonly ((lookup: Lookup) => unknown)[];
}

/** Statements of lookups that have been made. */
export interface LookupTemplates {
  /** By the shape of the filter; undefined for a shape that no template is possible for. */
  readonly made: Map<string, LookupTemplate | undefined>;
  /** What shapes call attributes: of one name there can be several. */
  readonly numbers: WeakMap<AttributeDefinition, number>;
  next: number;
}

/** None yet. */
export function createLookupTemplates(): LookupTemplates {
  return { made: new Map(), numbers: new WeakMap(), next: 1 };
}
