import type { DirectoryChange } from "../../directory/directory.ts";
import { joinKey } from "../../storage/state/owner-key.ts";

/** An object that has to be synced because it changed. */
export interface MarkedObject {
  /** The resource type's name. */
  readonly type: "User" | "Group";
  /** The directory's id. */
  readonly id: string;
}

/**
 * The key of the mark for a change. A change of a membership marks the user, since it may bring the user into scope.
 *
 * @throws {TypeError} for anything else than a change: its mark would never have an effect
 */
export function markKeyOf(change: DirectoryChange): string {
  switch (change?.type) {
    case "user.changed":
    case "user.deleted":
      return joinKey("User", idOf(change.id, "id"));
    case "group.changed":
    case "group.deleted":
      return joinKey("Group", idOf(change.id, "id"));
    case "membership.changed":
      return joinKey("User", idOf(change.userId, "userId"));
    default:
      throw new TypeError(
        `DirectoryChange: type: there is no ${String((change as DirectoryChange | undefined)?.type)}`,
      );
  }
}

/** The object that a mark is about; undefined for a key that this version of the package does not write. */
export function markedObject(key: string): MarkedObject | undefined {
  const slash = key.indexOf("/");
  const [type, id] = [key.slice(0, slash), key.slice(slash + 1)];
  return type === "User" || type === "Group" ? { type, id } : undefined;
}

function idOf(id: unknown, name: string): string {
  if (typeof id === "string" && id !== "") return id;
  throw new TypeError(`DirectoryChange: ${name}: must be a text`);
}
