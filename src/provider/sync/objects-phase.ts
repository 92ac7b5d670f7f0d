import type { Directory } from "../../directory/directory.ts";
import { nextOf } from "../../directory/directory-pages.ts";
import { nameWithId } from "../../directory/object-name.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import type { ProviderContext } from "../context/provider-context.ts";
import { isLive } from "../links/link.ts";
import { isDeprovisioned } from "../objects/deprovisioning.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { ScopeUnknownError } from "../objects/scope.ts";
import { readPage } from "../reconcile/sync-object.ts";
import type { RunPhase, RunPosition } from "../runs/run.ts";
import type { ListedObject } from "../runs/run-repository.ts";
import { failedToSync, reasonOf, recorded, type SyncWork, syncObjects } from "./sync-work.ts";
import { counted, NO_TALLY, sumOf, type Tally } from "./tally.ts";

/** The result of a mapping cannot be sent: its page sends nothing, and no further page begins. */
class PageInvalidError extends Error {
  override readonly name: string = "PageInvalidError";
  readonly tally: Tally;

  constructor(message: string, options: { readonly tally: Tally; readonly cause: unknown }) {
    super(message, { cause: options.cause });
    this.tally = options.tally;
  }
}

type ObjectPhase = "users" | "groups";

/** The phase that follows the last page of a phase. */
const NEXT_PHASE: Readonly<Record<ObjectPhase, RunPhase>> = { users: "groups", groups: "memberships" };

/** A range of a listing: after one id, up to another. */
interface Stretch {
  readonly after: string | undefined;
  /** Undefined: up to the end. */
  readonly upTo: string | undefined;
  /** Whether the objects count as checked. */
  readonly isFirst: boolean;
}

/**
 * All objects of a type, range by range; each range is one write of the run. Links without an object in their range are
 * only candidates for the sweep. A continued run begins where the other process ended; what that process had done
 * before is checked again at the end.
 *
 * If a mapping returned a result that cannot be sent, here or in the phase before (`invalid`), the remaining ranges are
 * only listed for candidates.
 */
export async function objectsPhase(
  work: SyncWork,
  phase: ObjectPhase,
  options: { readonly resumed: RunPosition | undefined; readonly invalid?: string | undefined },
): Promise<PhaseResult> {
  let result: PhaseResult = { live: 0, invalid: options.invalid };
  for (const stretch of stretchesOf(phase, options.resumed)) {
    const { live, invalid } = await walk(work, phase, { ...stretch, invalid: result.invalid });
    result = { live: result.live + live, invalid };
  }
  return result;
}

/** The result of a phase. */
export interface PhaseResult {
  /** How many links are in use. */
  readonly live: number;
  /** Why a mapping stopped the phase. */
  readonly invalid?: string | undefined;
}

function stretchesOf(phase: ObjectPhase, resumed: RunPosition | undefined): Stretch[] {
  const all = { after: undefined, upTo: undefined };
  if (resumed === undefined || (resumed.phase === "users" && phase === "groups")) return [{ ...all, isFirst: true }];
  if (resumed.phase !== phase) return [{ ...all, isFirst: false }];
  const { after } = resumed;
  if (after === undefined) return [{ ...all, isFirst: true }];
  return [
    { after, upTo: undefined, isFirst: true },
    { after: undefined, upTo: after, isFirst: false },
  ];
}

async function walk(
  work: SyncWork,
  phase: ObjectPhase,
  stretch: Stretch & { readonly invalid: string | undefined },
): Promise<PhaseResult> {
  const { context, signal, run } = work;
  let { invalid } = stretch;
  let live = 0;
  let claimed = NO_TALLY.claimed;
  for (let after = stretch.after; ; ) {
    signal?.throwIfAborted();
    const { directory, settings } = context;
    const page = await listing(directory, phase)({ after, take: settings.pageSize, idsOnly: true });
    const next = nextOf(page, after, phase);
    const ids = [...new Set(page.objects.map(({ id }) => id))];
    const unlisted = await unlistedLinks(context, context[phase], { after, next, ids });
    live += unlisted.live;
    let tally = sumOf({ listed: unlisted.listed });
    if (invalid === undefined) {
      const part = await untilInvalid(() => range(work, context[phase], ids, { phase, isFirst: stretch.isFirst }));
      tally = sumOf(tally, part.tally);
      invalid = part.invalid;
    }
    claimed = [...claimed, ...tally.claimed];
    const isDone = stretch.isFirst && invalid === undefined;
    const position: RunPosition = next === undefined ? { phase: NEXT_PHASE[phase] } : { phase, after: next };
    await run.advance(phase, tally, isDone ? position : undefined);
    if (next === undefined || (stretch.upTo !== undefined && compareUtf8(next, stretch.upTo) >= 0)) break;
    after = next;
  }
  if (invalid === undefined) await workOnClaimed(work, phase, claimed, stretch.isFirst);
  return { live, invalid };
}

/**
 * Links whose object is not on the page that covers their id, and how many links on it are in use. Those that would stay
 * as they are if the object is gone are left out.
 */
async function unlistedLinks(
  { links, scope }: ProviderContext,
  objects: ObjectType,
  page: { readonly after: string | undefined; readonly next: string | undefined; readonly ids: readonly string[] },
): Promise<{ readonly live: number; readonly listed: ListedObject[] }> {
  const seen = new Set(page.ids);
  const type = objects.type.name;
  const facts = { cause: "deleted", detail: "", scopeRevision: scope.revision } as const;
  const listed: ListedObject[] = [];
  let live = 0;
  for (const [id, link] of await links.between(type, page.after, page.next)) {
    if (isLive(link)) live += 1;
    if (!seen.has(id) && !isDeprovisioned(objects, link, facts)) listed.push({ list: "leaving", type, id });
  }
  return { live, listed };
}

/** A range with a mapping result that cannot be sent has sent nothing. */
async function untilInvalid(
  part: () => Promise<Tally>,
): Promise<{ readonly tally: Tally; readonly invalid: string | undefined }> {
  try {
    return { tally: await part(), invalid: undefined };
  } catch (error) {
    if (error instanceof PageInvalidError) return { tally: error.tally, invalid: error.message };
    throw error;
  }
}

function listing(directory: Directory, phase: ObjectPhase): Directory["users"] | Directory["groups"] {
  return phase === "users" ? directory.users.bind(directory) : directory.groups.bind(directory);
}

async function range(
  work: SyncWork,
  objects: ObjectType,
  ids: readonly string[],
  facts: { readonly phase: ObjectPhase; readonly isFirst: boolean },
): Promise<Tally> {
  const { context } = work;
  const { present, leaving, waiting, errors } = await readPage(context, objects, ids);
  const type = objects.type.name;
  const invalid = errors.find(({ error }) => !(error instanceof ScopeUnknownError));
  if (invalid !== undefined && context.settings.invalid === "stop") {
    const { id, label, error } = invalid;
    const tally = await failedToSync(work, objects, invalid, { isFirst: facts.isFirst });
    const [who, why] = [nameWithId(id, label), reasonOf(error)];
    throw new PageInvalidError(why.includes(who) ? why : `${type} ${who}: ${why}`, { tally, cause: error });
  }
  let failed = NO_TALLY;
  for (const each of errors) failed = sumOf(failed, await failedToSync(work, objects, each, { isFirst: false }));
  const settled = facts.isFirst ? ids.length - present.length - leaving.length : 0;
  const listed = [
    // A run adds first, then removes.
    ...leaving.map((id) => ({ list: "leaving" as const, type, id })),
    ...waiting.map((id) => ({ list: "later" as const, type, id })),
  ];
  const patient = { ...facts, waitsForClaims: true };
  const synced = await recorded(work, facts.phase, () => syncObjects(work, objects, present, patient));
  return sumOf(counted({ checked: settled }), failed, { listed }, synced);
}

/**
 * Creates that another process was sending, which has probably died. As soon as it can no longer send them, they are
 * looked up again.
 */
async function workOnClaimed(
  work: SyncWork,
  phase: ObjectPhase,
  claimed: Tally["claimed"],
  isFirst: boolean,
): Promise<void> {
  if (claimed.length === 0) return;
  const { context, signal, run } = work;
  const wait = Math.max(...claimed.map(({ until }) => until)) - context.now();
  const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
  if (wait > 0) await Promise.race([context.sleep(wait), aborted]);
  const ids = claimed.map(({ id }) => id);
  const tally = await recorded(work, phase, () => syncObjects(work, context[phase], ids, { phase, isFirst }));
  await run.advance(phase, tally);
}

/**
 * Objects that waited for another object: for a manager, or for a value that another object had. It may be available
 * now.
 */
export async function secondPass(work: SyncWork, phase: ObjectPhase): Promise<void> {
  const { context, run } = work;
  const objects = context[phase];
  for await (const ids of context.runs.listed(run.value.id, "later", objects.type.name, context.settings.pageSize)) {
    const { present } = await readPage(context, objects, ids);
    if (present.length === 0) continue;
    const facts = { phase, isFirst: false };
    await run.advance(phase, await recorded(work, phase, () => syncObjects(work, objects, present, facts)));
  }
}
