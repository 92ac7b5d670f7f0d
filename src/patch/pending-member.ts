import { isObject } from "../values/is-object.ts";

/** A member as a client named it: its type may have to be looked up. */
export interface PendingMember {
  /** The id of the member. */
  readonly value: string;
  /** The type of the member, if the client gave one. */
  readonly type?: "User" | "Group";
  /** The label that the client gave it, if any. */
  readonly display?: string;
}

/** Members to add and to remove. No id is in both. */
export interface MembershipChange {
  readonly add: readonly PendingMember[];
  /** Ids. */
  readonly remove: readonly string[];
}

/** The members in values of `members`; what has no id is left out. */
export function pendingMembers(values: readonly unknown[]): PendingMember[] {
  return values.flatMap((element) => {
    if (!isObject(element) || typeof element.value !== "string") return [];
    const { value, type, display } = element;
    return [
      {
        value,
        type: type === "User" || type === "Group" ? type : undefined,
        display: typeof display === "string" ? display : undefined,
      },
    ];
  });
}
