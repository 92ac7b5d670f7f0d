import { isObject } from "./is-object.ts";

/** The own member of an object whose name is equal to `name` in any case; undefined if there is none, or no object. */
export function memberInAnyCase(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  const wanted = name.toLowerCase();
  return Object.entries(value).find(([key]) => key.toLowerCase() === wanted)?.[1];
}
