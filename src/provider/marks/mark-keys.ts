import type { DirectoryChange } from "../../directory/directory.ts";

/**
 * What must be looked at because of a change. A membership concerns the user: it may also bring it into scope.
 *
 * @throws {TypeError} for a change that is none: nothing would ever come of its mark
 */
export function lookKeysOf(change: DirectoryChange): string[] {
  switch (change.type) {
    case "user.changed":
    case "user.deleted":
      return [`User/${idOf(change.id, "id")}`];
    case "group.changed":
    case "group.deleted":
      return [`Group/${idOf(change.id, "id")}`];
    case "membership.changed":
      return [`User/${idOf(change.userId, "userId")}`];
    default:
      throw new TypeError(`DirectoryChange: type: there is no ${String((change as DirectoryChange).type)}`);
  }
}

function idOf(id: unknown, name: string): string {
  if (typeof id === "string" && id !== "") return id;
  throw new TypeError(`DirectoryChange: ${name}: must be a text`);
}
