import type { DirectoryChange } from "../directory/directory.ts";

/** What must be looked at because of a change. A membership concerns the user: it may also bring it into scope. */
export function lookKeysOf(change: DirectoryChange): string[] {
  switch (change.type) {
    case "user.changed":
    case "user.deleted":
      return [`User/${change.id}`];
    case "group.changed":
    case "group.deleted":
      return [`Group/${change.id}`];
    case "membership.changed":
      return [`User/${change.userId}`];
  }
}
