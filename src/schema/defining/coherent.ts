import type { AttributeDefinition, Returned } from "../attributes/definition.ts";
import { isSecret } from "../attributes/is-secret.ts";

/**
 * An attribute whose characteristics are consistent: an attribute that is writeOnly is never returned (RFC 7643 section
 * 7).
 *
 * @param returned the stated `returned`, if any
 * @throws {TypeError} beginning with `where`, for characteristics that contradict each other: to return what is writeOnly; to
 * compare, for uniqueness or for changes, what is never stored; to compare complex values (erratum 6004)
 */
export function coherent(
  definition: AttributeDefinition,
  returned: Returned | undefined,
  where: string,
): AttributeDefinition {
  const { mutability, uniqueness, subAttributes } = definition;
  if (mutability === "writeOnly" && (returned === "always" || returned === "request")) {
    throw new TypeError(`${where}: mutability writeOnly and returned ${returned} contradict each other`);
  }
  if (subAttributes !== undefined && uniqueness !== "none") {
    throw new TypeError(`${where}: a complex attribute has no uniqueness: set it on a sub-attribute (erratum 6004)`);
  }
  if (isSecret(definition) && uniqueness !== "none") {
    throw new TypeError(`${where}: a value that is never returned is not stored, so that it cannot be unique`);
  }
  if (isSecret(definition) && mutability === "immutable") {
    throw new TypeError(`${where}: a value that is never returned is not stored, so that it cannot be immutable`);
  }
  return mutability === "writeOnly" ? { ...definition, returned: "never" } : definition;
}
