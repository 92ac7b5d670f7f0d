import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import type { MemberRef } from "../../storage/storage.ts";

/** What a `SourceDirectory` gets along with each call. */
export interface DeliveryContext {
  /**
   * The same for the same change, however often it is delivered: resource id and version. A directory that remembers the
   * last key of an object can return at once when it gets that key again.
   */
  readonly idempotencyKey: string;
  /** The source's immutable id. */
  readonly source: string;
  readonly action: "create" | "update" | "delete";
  /** The resource as the identity provider sent it, validated; undefined for a delete or a change of memberships. */
  readonly resource: Readonly<Record<string, unknown>> | undefined;
  /** The user's new password, only with `passwords: "deliver"`; never stored, so a delivery repeated after a crash lacks it. */
  readonly password: string | undefined;
}

/** Members by reference that came into a group and left it, disjoint. */
export interface MemberDelta {
  readonly added: readonly MemberRef[];
  /** Ids. */
  readonly removed: readonly string[];
}

/**
 * The application's own users and groups behind a source: what a source writes.
 *
 * Every method must do the same again when it is called again: after a crash or an unknown outcome a change is delivered
 * once more, with the same idempotency key. Throw a `ScimError` with a 4xx status to refuse a change: the identity
 * provider gets that response, and the change is discarded. Anything else that is thrown means that the outcome is
 * unknown; the change is then delivered again later, before any other change of the same object.
 */
export interface SourceDirectory {
  /** Creates or updates a user. `user` is the result of the source's mappings, with `id`. */
  saveUser(user: DirectoryUser, context: DeliveryContext): Promise<void>;
  /** Removes a user, and with it all its memberships. One that is not there is no error. */
  removeUser(id: string, context: DeliveryContext): Promise<void>;
  /** Creates or updates a group, without its members. */
  saveGroup(group: DirectoryGroup, context: DeliveryContext): Promise<void>;
  /** Removes a group. One that is not there is no error. */
  removeGroup(id: string, context: DeliveryContext): Promise<void>;
  /** Changes who belongs to a group. */
  changeMembers(groupId: string, change: MemberDelta, context: DeliveryContext): Promise<void>;
}
