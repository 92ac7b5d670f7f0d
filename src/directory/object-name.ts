import type { DirectoryGroup, DirectoryUser } from "./objects.ts";

/** What people call an object: a user's `userName` or a `displayName`; undefined if it has neither. */
export function labelOf(object: DirectoryUser | DirectoryGroup): string | undefined {
  const { userName, displayName } = object;
  return [userName, displayName].find((name): name is string => typeof name === "string" && name !== "");
}

/** An object in a text for people: its name with the id in parentheses, or the id alone. */
export function nameWithId(id: string, label: string | undefined): string {
  return label === undefined || label === id ? id : `${label} (${id})`;
}
