import { InvalidValueError } from "../errors/request-errors.ts";
import type { MemberRef } from "./storage.ts";

/**
 * Whether a text can be a key in any database: well-formed Unicode without U+0000, which PostgreSQL refuses and SQLite's
 * drivers cut off at.
 */
export function isKeyText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

/** Refuses an id or key that no database could find again. @throws {TypeError} */
export function checkKeyText(what: string, text: string): void {
  if (!isKeyText(text)) throw new TypeError(`${what} must be well-formed Unicode without U+0000`);
}

/** Refuses members whose value can be no id. @throws {InvalidValueError} */
export function checkMembers(members: readonly MemberRef[]): void {
  for (const { value } of members) {
    if (isKeyText(value)) continue;
    throw new InvalidValueError("A member's value is no id", { attribute: "members.value" });
  }
}
