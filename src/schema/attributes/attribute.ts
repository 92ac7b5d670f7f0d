import type { AttributeDefinition, AttributeType } from "./definition.ts";

/** The characteristics of an attribute that differ from the defaults of RFC 7643 section 2.2. */
export type Characteristics = Partial<Omit<AttributeDefinition, "name" | "description">>;

/** An attribute with the defaults of RFC 7643 sections 2.2 and 2.3 filled in: a string unless said otherwise. */
export function attribute(
  name: string,
  description: string,
  characteristics: Characteristics = {},
): AttributeDefinition {
  const type = characteristics.type ?? "string";
  return {
    name,
    type,
    multiValued: false,
    description,
    required: false,
    caseExact: isCaseExactByNature(type),
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    referenceTypes: type === "reference" ? ["uri"] : undefined,
    ...characteristics,
  };
}

/** References and binary values are case exact (RFC 7643 sections 2.3.6 and 2.3.7). */
function isCaseExactByNature(type: AttributeType): boolean {
  return type === "reference" || type === "binary";
}
