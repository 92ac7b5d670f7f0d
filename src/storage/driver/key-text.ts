import { InvalidValueError } from "../../errors/request-errors.ts";
import { isText } from "../../schema/attributes/scalar.ts";
import type { NewMember } from "../member-storage.ts";
import type { Partition } from "../stored-resource.ts";

/** Refuses an id or key that no database can store. @throws {TypeError} */
export function checkKeyText(what: string, text: string): void {
  if (!isText(text)) throw new TypeError(`${what} must be well-formed Unicode without U+0000`);
}

/**
 * Refuses a partition whose name a database would confuse with another: it takes two tenants whose names differ only in
 * lone surrogates for the same.
 *
 * @throws {TypeError}
 */
export function checkPartition({ tenant, type }: Partition): void {
  checkKeyText("tenant", tenant);
  checkKeyText("type", type);
}

/** Refuses members whose value cannot be an id. @throws {InvalidValueError} */
export function checkMembers(members: readonly NewMember[]): void {
  for (const { value } of members) {
    if (isText(value)) continue;
    throw new InvalidValueError("A member's value cannot be an id", { attribute: "members.value" });
  }
}
