import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import type { Entry } from "../../storage/state/repository.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import type { Watch } from "../links/watches.ts";
import { WATCH_MS } from "../links/watches.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { remoteIdOf } from "../remote/resources.ts";
import type { RunPosition } from "../runs/run.ts";
import { allowedRemovals, destructiveAmong } from "./guard.ts";
import { recorded, type SyncWork, syncObjects } from "./sync-work.ts";
import { failureOf, NO_TALLY, type Tally } from "./tally.ts";

/** The input of a sweep. */
export interface SweepOptions {
  /** How many links are in use. */
  readonly live: number;
  readonly isApproved: boolean;
  /** Also processes what is held; for plans, which write nothing. */
  readonly showsHeld: boolean;
  /** Where the process ended whose run this one goes on with. */
  readonly resumed: RunPosition | undefined;
}

/**
 * Objects that left, or were missing from the listing. Each is read by its id before anything is done. Returns why
 * removals were held, if they were; everything that removes nothing is done nevertheless.
 */
export async function sweep(
  work: SyncWork,
  { live, isApproved, showsHeld, resumed }: SweepOptions,
): Promise<string | undefined> {
  const { context } = work;
  const { guard } = context.settings;
  await lookForWatched(work);
  let destructive = 0;
  for await (const { objects, ids } of candidates(work)) {
    destructive += (await destructiveAmong(context, objects, ids)).size;
  }
  const allowed = guard === false ? Number.POSITIVE_INFINITY : allowedRemovals(guard, live);
  const isHeld = destructive > allowed && !isApproved;
  for await (const { objects, ids } of candidates(work)) {
    const removals = isHeld ? await destructiveAmong(context, objects, ids) : new Set<string>();
    const free = ids.filter((id) => !removals.has(id));
    const swept = free.filter((id) => wasSwept(work, objects, { id, resumed }));
    const first = free.filter((id) => !swept.includes(id));
    await syncCandidates(work, objects, swept, { isFirst: false, isHeld: false });
    await syncCandidates(work, objects, first, { isFirst: true, isHeld: false });
    if (showsHeld) await syncCandidates(work, objects, [...removals], { isFirst: true, isHeld: true });
  }
  return isHeld
    ? `${destructive} of ${live} would be deleted or deactivated, and ${allowed} are allowed at once; nothing was removed`
    : undefined;
}

async function syncCandidates(
  work: SyncWork,
  objects: ObjectType,
  ids: readonly string[],
  { isFirst, isHeld }: { readonly isFirst: boolean; readonly isHeld: boolean },
): Promise<void> {
  const last = ids.at(-1);
  if (last === undefined) return;
  const facts = { phase: "sweep", isFirst, isHeld } as const;
  const tally = await recorded(work, "sweep", () => syncObjects(work, objects, ids, facts));
  // Where something was swept before, the position is beyond it.
  const position: RunPosition = { phase: "sweep", after: joinKey(objects.type.name, last) };
  await work.run.advance("sweep", tally, isFirst ? position : undefined);
}

/** Whether an object was swept, and so counted, before the process of this run ended. */
function wasSwept(
  { context }: SyncWork,
  objects: ObjectType,
  { id, resumed }: { readonly id: string; readonly resumed: RunPosition | undefined },
): boolean {
  if (resumed?.phase !== "sweep" || resumed.after === undefined) return false;
  const isGroup = objects === context.groups;
  const endedAtGroup = resumed.after.startsWith(joinKey(context.groups.type.name, ""));
  if (isGroup !== endedAtGroup) return isGroup;
  return compareUtf8(joinKey(objects.type.name, id), resumed.after) <= 0;
}

async function* candidates(work: SyncWork): AsyncGenerator<{ readonly objects: ObjectType; readonly ids: string[] }> {
  const { context, run } = work;
  for (const objects of [context.groups, context.users]) {
    const pages = context.runs.listed(run.value.id, "leaving", objects.type.name, context.settings.pageSize);
    for await (const ids of pages) yield { objects, ids };
  }
}

/** A resource that was not found before may have appeared. Then it is deprovisioned like any object that left. */
async function lookForWatched(work: SyncWork): Promise<void> {
  const { context, run } = work;
  for await (const entry of context.watches.due(context.now())) {
    const tally = await lookFor(work, entry);
    if (tally !== NO_TALLY) await run.advance("sweep", tally);
  }
}

async function lookFor({ context }: SyncWork, entry: Entry<Watch>): Promise<Tally> {
  const watch = entry.value;
  const { type, id, keys, label, since } = watch;
  const objects = type === context.groups.type.name ? context.groups : context.users;
  const stored = await context.links.get({ type, id });
  // An object that is back has its own link, which looks it up.
  if (stored.version !== undefined) return NO_TALLY;
  for (const key of keys) {
    const found = await objects.remote.find(key, { isThorough: false });
    const [match, other] = found.event === "succeeded" ? found.value.resources : [];
    const remoteId = remoteIdOf(match);
    const isOurs = keys.some(({ attribute, value }) => attribute === "externalId" && match?.externalId === value);
    if (remoteId === undefined || other !== undefined || !isOurs) continue;
    if ((await context.links.ownerOf(type, remoteId)) !== undefined) continue;
    try {
      await context.links.save({ type, id }, stored, { state: "leaving", remoteId, origin: "created", label });
      await context.watches.end({ type, id });
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
    }
    return { ...NO_TALLY, listed: [{ list: "leaving", type, id }] };
  }
  if (context.now() - since < WATCH_MS) {
    await context.watches.putOff(entry, context.now());
    return NO_TALLY;
  }
  await context.watches.end({ type, id });
  return failureOf({
    type,
    id,
    label,
    code: "unfound",
    reason: `${watch.cause}: it was not found for 30 days`,
  });
}
