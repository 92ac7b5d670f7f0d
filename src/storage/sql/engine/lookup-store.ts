import type { CompiledQuery } from "kysely";
import type { AttributeDefinition } from "../../../schema/attributes/definition.ts";

/** The values of a lookup; the attributes are part of its statement. */
export interface Lookup {
  readonly tenant: string;
  readonly type: string;
  /** The texts of its terms, in their order. */
  readonly values: readonly string[];
  readonly take: number;
}

/** The statement of a lookup, and the source of each of its bound values. */
export interface LookupTemplate {
  readonly statement: CompiledQuery;
  readonly bind: readonly ((lookup: Lookup) => unknown)[];
}

/** The compiled statements of lookups. */
export interface LookupTemplates {
  /** By the form of the filter; undefined for a form without a template. */
  readonly made: Map<string, LookupTemplate | undefined>;
  /** The ids of attributes in forms: several attributes can have one name. */
  readonly numbers: WeakMap<AttributeDefinition, number>;
  next: number;
}

/** An empty store. */
export function createLookupTemplates(): LookupTemplates {
  return { made: new Map(), numbers: new WeakMap(), next: 1 };
}
