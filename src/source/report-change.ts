import * as z from "zod/mini";
import { InvalidValueError, NotFoundError, UnavailableError } from "../errors/request-errors.ts";
import { isPreconditionFailed } from "../errors/scim-error.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { readResource } from "../schema/resources/read-resource.ts";
import { uniqueValues } from "../schema/resources/unique-values.ts";
import type { Commit, Write } from "../server/requests/write.ts";
import { applyWrite } from "../server/writes/apply-write.ts";
import type { Storage } from "../storage/storage.ts";
import type { StoredResource } from "../storage/stored-resource.ts";
import { ApplicationIds } from "./changes/application-ids.ts";
import { storageCommit } from "./source-commit.ts";
import type { SourceParts } from "./source-parts.ts";

/** A change that the application made itself to a user or group that came from the identity provider. */
export interface ReportedChange {
  readonly type: "user.changed" | "user.deleted" | "group.changed" | "group.deleted";
  /** The SCIM id; or `applicationId`. */
  readonly id?: string;
  /** The id that `saveUser` or `saveGroup` returned. */
  readonly applicationId?: string;
  /** The SCIM attributes that changed, whole; null clears one. Only for `user.changed` and `group.changed`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Members of a group that were added and removed, by SCIM ids. */
  readonly members?: { readonly add?: readonly string[]; readonly remove?: readonly string[] };
}

const schema = z.strictObject({
  type: z.enum(["user.changed", "user.deleted", "group.changed", "group.deleted"]),
  id: z.optional(z.string()),
  applicationId: z.optional(z.string()),
  attributes: z._default(z.record(z.string(), z.unknown()), {}),
  members: z._default(
    z.strictObject({ add: z._default(z.array(z.string()), []), remove: z._default(z.array(z.string()), []) }),
    { add: [], remove: [] },
  ),
});

/** Options of `reportChange`. */
export interface ReportChangeOptions {
  /**
   * A transaction of the source's storage, from `within` or `transaction`: the change is stored in it. @default one of
   * its own
   */
  readonly tx?: Storage;
}

const ATTEMPTS = 20;

/**
 * Writes a change of the application into the source's storage, so that the identity provider sees it. The directory is
 * not called, since the change comes from there.
 *
 * @throws {TypeError} for a wrong argument
 * @throws {NotFoundError} when the source has no such user or group
 * @throws {InvalidValueError} or `UniquenessError` for attributes that the schema or another resource does not permit
 * @throws {UnavailableError} while an earlier change of the object is not delivered yet: it would undo this one
 */
export async function reportChange(
  parts: SourceParts,
  reported: ReportedChange,
  { tx }: ReportChangeOptions = {},
): Promise<void> {
  const change = resolveOptions("reportChange", schema, reported);
  const [kind, verb] = change.type.split(".");
  const name = kind === "user" ? "User" : "Group";
  const type = parts.options.resourceTypes.find((each) => each.name === name);
  const tenant = await parts.sourceId();
  const storage = tx ?? parts.options.storage;
  const id = change.id ?? (await scimIdOf(storage, { type: name, sourceId: tenant }, change.applicationId));
  if (type === undefined || id === undefined) throw new NotFoundError(`The source has no such ${name}`);
  const resources = parts.options.resources ?? storage.resources;
  const { visibility, subscribers, options } = parts;
  const store = (require?: (tx: Storage) => Promise<void>): Commit =>
    storageCommit(
      { ...options, mappings: [] },
      { subscribers, history: visibility.history },
      {
        tx,
        require: async (within) => {
          await require?.(within);
          if (name === "User") await releaseReported(new ApplicationIds(within.state, tenant), id, change.attributes);
        },
      },
    );
  const commit = (await parts.delivery())?.known(store, tx) ?? store();
  for (let tries = 0; tries < ATTEMPTS; tries += 1) {
    const before = await resources.find({ tenant, type: name }, id);
    if (before === undefined) throw new NotFoundError(`The source has no such ${name}`);
    const write = writeOf(parts, { type, tenant, before }, verb === "deleted" ? undefined : change);
    try {
      await commit(write, (within) => applyWrite(within ?? resources, write, { unknown: options.unknownMembers }));
      return;
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
    }
  }
  throw new UnavailableError("The resource is being changed by many requests at once");
}

async function scimIdOf(
  storage: Storage,
  { type, sourceId }: { readonly type: string; readonly sourceId: string },
  applicationId: string | undefined,
): Promise<string | undefined> {
  if (applicationId === undefined) throw new TypeError("reportChange: id: needed, or applicationId");
  const ids = new ApplicationIds(storage.state, sourceId);
  return ids.scimIdOf({ type, id: applicationId });
}

/** An adopted account has itself what the application reports: the value must not be replaced by the former one. */
async function releaseReported(
  ids: ApplicationIds,
  id: string,
  reported: Readonly<Record<string, unknown>>,
): Promise<void> {
  const names = new Set(Object.keys(reported).map((name) => name.toLowerCase()));
  const user = { type: "User", id };
  const kept = names.size === 0 ? undefined : (await ids.accountOf(user))?.kept;
  const left = Object.entries(kept ?? {}).filter(([name]) => !names.has(name.toLowerCase()));
  if (kept !== undefined && left.length < Object.keys(kept).length) await ids.keep(user, Object.fromEntries(left));
}

function writeOf(
  { options }: SourceParts,
  { type, tenant, before }: { readonly type: ResourceType; readonly tenant: string; readonly before: StoredResource },
  change: z.infer<typeof schema> | undefined,
): Write {
  const next = { version: options.newId(), lastModified: new Date(options.now()).toISOString() };
  const shared = {
    ...{ type, before, next, id: before.id, partition: { tenant, type: type.name }, secrets: {} },
    principal: { id: "application", tenant, rights: "write" as const },
    requestId: options.newId(),
  };
  if (change === undefined) return { ...shared, action: "delete", after: undefined, members: undefined };
  const { add, remove } = change.members;
  const members = add.length + remove.length === 0 ? undefined : { add: add.map((value) => ({ value })), remove };
  const attributes = mergedAttributes(type, before.attributes, change.attributes);
  const after = attributes && { ...before, ...next, attributes, unique: uniqueValues(type, attributes) };
  return { ...shared, action: "patch", after, members };
}

/** The attributes with those that changed; undefined if none was given. */
function mergedAttributes(
  type: ResourceType,
  before: Readonly<Record<string, unknown>>,
  changed: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  if (Object.keys(changed).length === 0) return undefined;
  if (Object.keys(changed).some((name) => name.toLowerCase() === "members")) {
    throw new InvalidValueError("reportChange: members belong into members, not into attributes", {
      attribute: "members",
    });
  }
  return readResource({ ...before, ...changed }, type).resource;
}
