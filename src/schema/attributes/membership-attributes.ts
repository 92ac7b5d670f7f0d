import type { AttributeDefinition } from "./definition.ts";

const PARTS: ReadonlySet<string> = new Set(["value", "$ref", "display", "type"]);

/**
 * Whether this top-level attribute holds members as groups do (RFC 7643 section 4.2): `members`, complex and
 * multi-valued, with no other sub-attributes than those of the RFC, referring to users and groups. An attribute `members`
 * of another form, such as one that refers to devices, is an attribute like any other.
 */
export function isMembers(attribute: AttributeDefinition): boolean {
  return attribute.name === "members" && refersTo(attribute, ["User", "Group"]);
}

/** Whether this top-level attribute is derived from memberships: a read-only `groups` as users have it (RFC 7643 section 4.1.2). */
export function isGroups(attribute: AttributeDefinition): boolean {
  return attribute.name === "groups" && attribute.mutability === "readOnly" && refersTo(attribute, ["Group"]);
}

function refersTo({ type, multiValued, subAttributes = [] }: AttributeDefinition, types: readonly string[]): boolean {
  if (type !== "complex" || !multiValued || !subAttributes.every(({ name }) => PARTS.has(name))) return false;
  const named = subAttributes.find(({ name }) => name === "$ref")?.referenceTypes ?? [];
  return (
    subAttributes.some(({ name }) => name === "value") && named.every((each) => each === "uri" || types.includes(each))
  );
}
