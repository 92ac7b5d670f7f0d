import type { Write } from "../../server/requests/write.ts";

/** Whether a write deactivates a user who is active. A new user who is inactive is not deactivated. */
export function deactivates(write: Write): boolean {
  return changesActive(write) && write.after?.attributes.active === false;
}

/** Whether a write activates a user who is not active. */
export function reactivates(write: Write): boolean {
  return changesActive(write) && write.after?.attributes.active !== false;
}

/** Whether a write deletes a resource or deactivates a user. */
export function endsAccess(write: Write): boolean {
  return write.action === "delete" || deactivates(write);
}

function changesActive({ before, after }: Write): boolean {
  if (before === undefined || after === undefined) return false;
  return (before.attributes.active === false) !== (after.attributes.active === false);
}
