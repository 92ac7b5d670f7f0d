import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import type { MappedGroup, MappedUser } from "../../mapping/expressions/mapped-objects.ts";
import type { MemberRef } from "../../storage/member-storage.ts";
import type { DirectoryEvent } from "./delivered-change.ts";
import type { RoleDelta } from "./roles.ts";

/** What a `SourceDirectory` gets with each call. */
export interface DeliveryContext {
  /**
   * The same for the same change, however often it is delivered: resource id and version. A directory that stores the
   * last key of an object can return at once if it gets the same key again.
   */
  readonly idempotencyKey: string;
  /** The source's immutable id. */
  readonly source: string;
  readonly action: "create" | "update" | "delete";
  /** What happened: `deactivated` and `reactivated` if `active` changed, `adopted` if a new user takes over an account. */
  readonly event: DirectoryEvent;
  /** The names of the attributes that changed, as the identity provider calls them. */
  readonly changed: readonly string[];
  /** The resource as the identity provider sent it, validated; undefined for a delete or a change of memberships. */
  readonly resource: Readonly<Record<string, unknown>> | undefined;
  /**
   * The resource before the change, or the account that is adopted; undefined for a create and a change of memberships.
   */
  readonly before: Readonly<Record<string, unknown>> | undefined;
  /** The application's own id, if `saveUser` or `saveGroup` returned one before, or an account is adopted. */
  readonly applicationId: string | undefined;
  /**
   * The user's new password, only with `passwords: "deliver"`. A delivery that is repeated after a crash lacks it, unless
   * there are `passwordKeys`.
   */
  readonly password: string | undefined;
  /** The hash of the user's new password, only with `passwords: { hash }`. */
  readonly passwordHash: string | undefined;
  /**
   * Addresses of the user that are outside of the source's `domains`: nobody has checked that they belong to the user.
   * Undefined without the option `domains`: then no address is checked.
   */
  readonly unverified: readonly string[] | undefined;
  /**
   * Only with `delivery: "joined"`: what `transaction` gave, or the connection of the storage's transaction (a client of pg,
   * a `DatabaseSync`). Write with it and nothing else. If the storage repeats its transaction after a conflict, the call is
   * repeated too.
   */
  readonly tx: unknown;
  /** The `X-Request-Id` of the request that made the change. */
  readonly requestId: string;
  /** Who made the change: the source's service account, or what `authenticate` returned. */
  readonly principal: string;
}

/** Members, by reference, that were added to a group and removed from it. No member is in both lists. */
export interface MemberDelta {
  readonly added: readonly MemberRef[];
  /** Ids. */
  readonly removed: readonly string[];
}

/** What `saveUser` and `saveGroup` may return. */
export interface SavedObject {
  /** The application's own id of the object. Changes can be announced under it, and later calls get it. */
  readonly id: string;
}

/**
 * The application's own users and groups, to which a source writes.
 *
 * Every method must have the same effect when it is called a second time: after a crash or an unknown outcome a change
 * is delivered again, with the same idempotency key. Throw a `ScimError` with a 4xx status to reject a change: the
 * identity provider gets that response, and the change is discarded; from an outbox it is tried again, five times. Any
 * other error means that the outcome is unknown; the change is then delivered again later, before any other change of the
 * same object.
 */
export interface SourceDirectory<User extends DirectoryUser = MappedUser, Group extends DirectoryGroup = MappedGroup> {
  /** Creates or updates a user. `user` is the result of the source's mappings, with `id`. */
  saveUser: (user: User, context: DeliveryContext) => Promise<SavedObject | undefined> | Promise<void>;
  /** Removes a user with all its memberships. A missing user is not an error. */
  removeUser(id: string, context: DeliveryContext): Promise<void>;
  /**
   * Ends the sessions of a user. It is called after `saveUser` has deactivated the user; with `joined` after the commit.
   * If it throws, whatever it throws, the identity provider gets a 500 (not with `outbox`), and it is called again; with
   * `sync` and `outbox` after `saveUser`.
   */
  revokeSessions?(id: string, context: DeliveryContext): Promise<void>;
  /** Creates or updates a group, without its members. */
  saveGroup: (group: Group, context: DeliveryContext) => Promise<SavedObject | undefined> | Promise<void>;
  /** Removes a group. A missing group is not an error. */
  removeGroup(id: string, context: DeliveryContext): Promise<void>;
  /**
   * Gives roles to users and takes them away; needed with the option `roles`. A user who is deactivated or deleted loses
   * them, and gets them back when reactivated. It can be called again, and for users who have, or do not have, the role.
   */
  changeRoles?(change: RoleDelta, context: DeliveryContext): Promise<void>;
  /** Changes the members of a group. */
  changeMembers(groupId: string, change: MemberDelta, context: DeliveryContext): Promise<void>;
}
