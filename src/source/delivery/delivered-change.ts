import * as z from "zod/mini";
import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import { changedAttributes } from "../../server/writes/tell-write.ts";
import type { MemberRef } from "../../storage/member-storage.ts";
import { anyObject } from "../../storage/state/codec.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import type { KeptAttributes } from "../changes/application-ids.ts";
import { deactivates, reactivates } from "../guard/active.ts";
import type { Adoption } from "../guard/adoption.ts";
import type { ChangeToRecord } from "../history/history.ts";

/** What happened to a user or group, for the directory. */
export type DirectoryEvent = "created" | "adopted" | "updated" | "deactivated" | "reactivated" | "removed";

/** A role of a user. */
export interface RoleOf {
  /** The SCIM id of the user. */
  readonly user: string;
  readonly role: string;
}

/** Roles that change, apart from those of members that are added and removed. */
export interface ChangedRoles {
  readonly granted: readonly RoleOf[];
  readonly revoked: readonly RoleOf[];
}

/** A change for a directory. It is JSON, so that it can be stored and delivered later. */
export interface DeliveredChange {
  readonly action: "create" | "replace" | "patch" | "delete";
  readonly event: DirectoryEvent;
  /** The names of the attributes that changed. */
  readonly changed: readonly string[];
  readonly partition: Partition;
  readonly id: string;
  /** The version of the resource before the change; undefined for a create and for a change of memberships only. */
  readonly expectedVersion?: string | undefined;
  /** The attributes before the change, where they are known. */
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: StoredResource | undefined;
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
  readonly next: { readonly version: string; readonly lastModified: string };
  /** The result of the mappings; undefined if there is nothing to save. */
  readonly mapped?: DirectoryUser | DirectoryGroup | undefined;
  readonly requestId: string;
  readonly principal: string;
  /** What is recorded when it is confirmed. */
  readonly record?: ChangeToRecord | undefined;
  /** What a deletion means for the directory, if not `remove`. */
  readonly removal?: "deactivate" | "unlink" | undefined;
  /** The groups that a user leaves who is deleted but only deactivated in the directory. */
  readonly leaves?: readonly string[] | undefined;
  /** Whether the application's own id is kept for a user who is deleted but only deactivated or unlinked. */
  readonly keepsId?: boolean | undefined;
  /** The account that a new user takes over. */
  readonly adoption?: Adoption | undefined;
  /** What an adopted account keeps after the change, if that changes. */
  readonly keep?: KeptAttributes | undefined;
  readonly roles?: ChangedRoles | undefined;
  /** Whether a create brings back a resource that was deleted. */
  readonly restored?: boolean | undefined;
  /** Addresses that the domains of the source do not cover; undefined without the option `domains`. */
  readonly unverified?: readonly string[] | undefined;
  /** The hash of a new password, with `passwords: { hash }`. */
  readonly passwordHash?: string | undefined;
  /** The new password, encrypted while it waits; only with `passwords: "deliver"`. */
  readonly sealed?: string | undefined;
}

const member = z.strictObject({ value: z.string(), type: z.string(), display: z.optional(z.string()) });

const roles = z.array(z.strictObject({ user: z.string(), role: z.string() }));

const resource = z.strictObject({
  id: z.string(),
  version: z.string(),
  created: z.string(),
  lastModified: z.string(),
  attributes: anyObject(),
  unique: z.array(z.strictObject({ attribute: z.string(), key: z.string() })),
});

/** Reads `DeliveredChange`, as a part of the schema of a record. */
export const deliveredChangeShape: {
  readonly [Name in keyof DeliveredChange]-?: z.ZodMiniType<DeliveredChange[Name]>;
} = Object.freeze({
  action: z.enum(["create", "replace", "patch", "delete"]),
  event: z.enum(["created", "adopted", "updated", "deactivated", "reactivated", "removed"]),
  changed: z.array(z.string()),
  partition: z.strictObject({ tenant: z.string(), type: z.string() }),
  id: z.string(),
  expectedVersion: z.optional(z.string()),
  before: z.optional(anyObject()),
  after: z.optional(resource),
  added: z.array(member),
  removed: z.array(z.string()),
  next: z.strictObject({ version: z.string(), lastModified: z.string() }),
  mapped: z.optional(anyObject<DirectoryUser | DirectoryGroup>()),
  requestId: z.string(),
  principal: z.string(),
  record: z.optional(anyObject<ChangeToRecord>()),
  removal: z.optional(z.enum(["deactivate", "unlink"])),
  leaves: z.optional(z.array(z.string())),
  keepsId: z.optional(z.boolean()),
  adoption: z.optional(
    z.strictObject({
      applicationId: z.string(),
      by: z.enum(["externalId", "employeeNumber", "approved"]),
      before: anyObject(),
      kept: anyObject(),
    }),
  ),
  keep: z.optional(anyObject()),
  roles: z.optional(z.strictObject({ granted: roles, revoked: roles })),
  restored: z.optional(z.boolean()),
  unverified: z.optional(z.array(z.string())),
  passwordHash: z.optional(z.string()),
  sealed: z.optional(z.string()),
});

/** What is computed for a write before it is stored. */
export type MappedChange = Pick<
  DeliveredChange,
  "mapped" | "removal" | "leaves" | "unverified" | "keepsId" | "adoption" | "keep" | "roles"
>;

/** The change that a write makes, once it is known which members it adds and removes. */
export function changeOf(
  write: Write,
  outcome: WriteOutcome,
  extra: Pick<DeliveredChange, "record"> & MappedChange,
): DeliveredChange {
  const { action, partition, id, before, after, next, requestId, principal, secrets } = write;
  const { added, removed } = outcome;
  const { passwordHash } = secrets;
  return {
    ...{ action, partition, id, after, added, removed, next, requestId, ...extra },
    event: eventOf(write, extra),
    restored: write.restored === true || undefined,
    changed: changedAttributes(write, outcome).filter((name) => !Object.hasOwn(extra.adoption?.kept ?? {}, name)),
    expectedVersion: before?.version,
    before: extra.adoption?.before ?? before?.attributes,
    principal: principal.id,
    passwordHash: typeof passwordHash === "string" ? passwordHash : undefined,
  };
}

function eventOf(write: Write, { removal, adoption }: MappedChange): DirectoryEvent {
  if (adoption !== undefined) return "adopted";
  if (write.action === "create") return write.restored === true ? "reactivated" : "created";
  if (write.action === "delete") return removal === "deactivate" ? "deactivated" : "removed";
  if (deactivates(write)) return "deactivated";
  return reactivates(write) ? "reactivated" : "updated";
}

/**
 * Removes members from the directory that were deleted after it got them. This is a change of its own, with its own
 * idempotency key.
 */
export function undoOfMembers(change: DeliveredChange, gone: readonly string[]): DeliveredChange {
  const { partition, id, next, requestId, principal } = change;
  return {
    ...{ action: "patch", event: "updated", changed: ["members"], partition, id, requestId, principal },
    ...{ added: [], removed: gone, next: { ...next, version: `${next.version}:undo` } },
  };
}
