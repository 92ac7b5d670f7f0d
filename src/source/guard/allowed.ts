import { InvalidValueError } from "../../errors/request-errors.ts";
import type { Write } from "../../server/requests/write.ts";
import { isObject } from "../../values/is-object.ts";
import type { AllowedValues } from "./guard-options.ts";

/**
 * Refuses roles and entitlements that the application does not allow. Values that the user has already may stay.
 *
 * @throws {InvalidValueError} naming the attribute
 */
export function checkAllowed(allowed: AllowedValues, { partition, before, after }: Write): void {
  if (partition.type !== "User" || after === undefined) return;
  for (const name of ["roles", "entitlements"] as const) {
    const values = allowed[name];
    if (values === undefined) continue;
    const accepted = new Set([...values, ...valuesOf(before?.attributes[name])]);
    const wrong = valuesOf(after.attributes[name]).findIndex((value) => !accepted.has(value));
    if (wrong < 0) continue;
    const attribute = `${name}[${wrong}].value`;
    throw new InvalidValueError(`${attribute} is not one of the values that this source may assign`, { attribute });
  }
}

/** The values of an attribute; of an element without a value its JSON, which no list contains. */
function valuesOf(elements: unknown): string[] {
  if (!Array.isArray(elements)) return [];
  return elements.map((element) => {
    const value = isObject(element) ? element.value : element;
    return typeof value === "string" ? value : JSON.stringify(element);
  });
}
