import type { ProviderContext } from "../context/provider-context.ts";
import type { ObjectType } from "../objects/object-type.ts";
import type { Pushed } from "../reconcile/push-memberships.ts";
import type { Did, Outcome } from "../reconcile/reconcile.ts";
import { syncAll } from "../sync/sync.ts";
import { createChannel } from "./channel.ts";

/** What a sync would do about one object. */
export interface Change {
  readonly action: "create" | "adopt" | "update" | "deactivate" | "delete" | "keep" | "unlink" | "members" | "blocked";
  /** The resource type's name. */
  readonly type: string;
  /** The directory object's id. */
  readonly id: string;
  readonly label: string;
  /** Names of the attributes that would be sent. */
  readonly attributes: readonly string[];
  /** How many members would be added and removed. */
  readonly members: { readonly add: number; readonly remove: number } | undefined;
  /** Whether the guard holds it: a sync does it only with `approveRemovals`. */
  readonly held: boolean;
  /** The reason, for people. */
  readonly reason: string;
  /** A summary in one line. */
  readonly summary: string;
}

/**
 * What a sync would do now, object by object. It runs a sync over a storage and an application that keep in memory what
 * is written; `context` must have these.
 *
 * @throws the error that ended it early: a {TypeError} if the scope names groups that do not exist, a
 * {TargetUnusableError} if the application rejects the credentials, or whatever the directory throws
 */
export async function* planAll(context: ProviderContext): AsyncGenerator<Change> {
  const channel = createChannel<Change>();
  const left = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  const run = syncAll(
    context,
    { signal: left.signal },
    {
      showsHeld: true,
      reporter: {
        object: (objects, outcome, { isHeld }) => channel.put(objectChange(objects, outcome, isHeld)),
        memberships: (groupId, pushed) => channel.put(membersChange(context.groups, groupId, pushed)),
        unjudged: (objects, { id, label, error }) => {
          const reason = error instanceof Error ? error.message : String(error);
          return channel.put(described({ action: "blocked", type: objects.type.name, id, label, reason }));
        },
        ended: (error) => {
          failure = { error };
        },
      },
    },
  ).finally(() => channel.end());
  try {
    yield* channel.items();
    await run;
    // A plan without all objects must not look complete.
    if (failure !== undefined) throw failure.error;
  } finally {
    left.abort();
    channel.end();
    await run.catch(() => undefined);
  }
}

const ACTIONS: Readonly<Record<Exclude<Did, "nothing">, Change["action"]>> = {
  created: "create",
  adopted: "adopt",
  updated: "update",
  deactivated: "deactivate",
  deleted: "delete",
  kept: "keep",
  unlinked: "unlink",
  failed: "blocked",
};

function objectChange(objects: ObjectType, outcome: Outcome, held: boolean): Change | undefined {
  const { did, id, label, attributes, reason } = outcome;
  if (did === "nothing") return undefined;
  const type = objects.type.name;
  const why = reason ?? REASONS[did];
  return described({
    action: ACTIONS[did],
    type,
    id,
    label,
    attributes: didSend(did) ? attributes : [],
    held,
    reason: why,
  });
}

function didSend(did: Did): boolean {
  return did === "created" || did === "adopted" || did === "updated";
}

const REASONS: Readonly<Record<Exclude<Did, "nothing">, string>> = {
  created: "the application does not have it",
  adopted: "the application has a resource that matches it",
  updated: "it has changed",
  deactivated: "it left",
  deleted: "it left",
  kept: "it left",
  unlinked: "it left",
  failed: "it failed",
};

function membersChange(groups: ObjectType, id: string, pushed: Pushed): Change | undefined {
  const members = { add: pushed.added, remove: pushed.removed };
  if (members.add + members.remove === 0) return undefined;
  return described({
    action: "members",
    type: groups.type.name,
    id,
    label: pushed.label,
    members,
    reason: "its members differ",
  });
}

function described(
  change: Pick<Change, "action" | "type" | "id" | "label" | "reason"> &
    Partial<Pick<Change, "attributes" | "members" | "held">>,
): Change {
  const { action, type, label, reason, attributes = [], members, held = false } = change;
  const what = members === undefined ? attributes.join(", ") : `${members.add} to add, ${members.remove} to remove`;
  const why = held ? `${reason}; held by the guard` : reason;
  const summary = `${action} ${type} ${label}${what === "" ? "" : `: ${what}`} (${why})`;
  return { ...change, attributes, members, held, summary };
}
