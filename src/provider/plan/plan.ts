import { nextOf } from "../../directory/directory-pages.ts";
import type { Connection, ProviderContext } from "../connection/provider-context.ts";
import type { Link } from "../links/link.ts";
import { planMemberships } from "../memberships/plan.ts";
import { absenceOf } from "../objects/deprovisioning.ts";
import { matchKeysOf, type ObjectState, type ReadObject, type Target } from "../objects/target.ts";
import { objectStateFor } from "../reconcile/reconcile.ts";
import { isSatisfied, sameDocument } from "../remote/compare.ts";
import { findByKey, send, TargetUnusableError } from "../remote/resources.ts";

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
  /** Why, for people. */
  readonly reason: string;
  /** All of it in one line. */
  readonly summary: string;
}

/** What a sync would do now, object by object. Nothing is written, neither here nor at the application. */
export async function* planAll(context: ProviderContext): AsyncGenerator<Change> {
  await context.scope.check();
  const connection = await context.connect({ isPlan: true });
  // What there will be, by type and id, with its label.
  const planned = new Map<string, string>();
  const candidates: { target: Target; id: string }[] = [];
  for (const target of [connection.users, connection.groups]) {
    for await (const { ids, orphans } of pagesOf(context, connection, target)) {
      for (const id of orphans) candidates.push({ target, id });
      for await (const change of planObjects(context, target, ids)) {
        const { action, id, label } = change;
        if (action === "create" || action === "adopt") planned.set(`${target.type.name}/${id}`, label);
        yield change;
      }
    }
  }
  for await (const { ids } of pagesOf(context, connection, connection.groups)) {
    for (const id of ids) {
      const change = await planMembers(context, connection, { id, planned });
      if (change !== undefined) yield change;
    }
  }
  for (const { target, id } of candidates) yield* planObjects(context, target, [id]);
}

async function* pagesOf(
  context: ProviderContext,
  connection: Connection,
  target: Target,
): AsyncGenerator<{ ids: string[]; orphans: string[] }> {
  const { directory, links, pageSize: take } = context;
  let after: string | undefined;
  do {
    const query = { take, idsOnly: true, ...(after === undefined ? {} : { after }) };
    const page = target === connection.users ? await directory.users(query) : await directory.groups(query);
    const ids = page.objects.map((object) => object.id);
    const seen = new Set(ids);
    const linked = await links.between(target.type.name, after, page.next);
    yield { ids: [...seen], orphans: [...linked.keys()].filter((id) => !seen.has(id)) };
    after = nextOf(page, after, target.type.name);
  } while (after !== undefined);
}

async function* planObjects(context: ProviderContext, target: Target, ids: readonly string[]): AsyncGenerator<Change> {
  const objects = await target.read(ids);
  const links = await context.links.getAll(target.type.name, ids);
  for (const [index, object] of objects.entries()) {
    const link = links[index]?.link;
    if (link === undefined) continue;
    const { change, label } = await planObject(context, target, { object, link });
    if (change !== undefined) yield describe({ ...change, type: target.type.name, id: object.id, label });
  }
}

/** What would be done about one object; one that cannot be judged is blocked, and the others go on. */
async function planObject(
  context: ProviderContext,
  target: Target,
  { object, link }: { readonly object: ReadObject; readonly link: Link },
): Promise<{ readonly change: Planned | undefined; readonly label: string }> {
  const label = object.label ?? link.label ?? object.id;
  try {
    const state = await objectStateFor(object, link);
    const change = state.inScope
      ? await planPresence(context, target, { link, state })
      : absenceOf(target, link, { state, scopeRevision: context.scope.revision });
    return { change, label };
  } catch (error) {
    if (error instanceof TargetUnusableError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { change: { action: "blocked", reason }, label };
  }
}

type Planned = Pick<Change, "action" | "reason"> & { readonly attributes?: readonly string[] };
type InScope = Extract<ObjectState, { inScope: true }>;

async function planPresence(
  context: ProviderContext,
  target: Target,
  { link, state }: { link: Link; state: InScope },
): Promise<Planned | undefined> {
  const { document } = state;
  if (link.remoteId !== undefined && link.sent !== undefined && link.sent !== "unknown") {
    if (link.state === "linked" && sameDocument(link.sent, document)) return undefined;
    return { action: "update", reason: "it has changed", attributes: differing(link.sent, document) };
  }
  if (link.remoteId !== undefined) {
    const { remoteId } = link;
    const current = await send(() => target.remote.get(remoteId));
    if (current.event === "notFound")
      return { action: "create", reason: "the application has it no more", attributes: Object.keys(document) };
    if (current.event !== "succeeded") throw current.error;
    if (isSatisfied(current.value, document, link.told)) return undefined;
    return {
      action: "update",
      reason: "what the application has is not known to be right",
      attributes: differing(current.value, document),
    };
  }
  return planFirst(context, target, document);
}

async function planFirst(context: ProviderContext, target: Target, document: InScope["document"]): Promise<Planned> {
  for (const key of matchKeysOf(target, document)) {
    const isExact = key.attribute === "externalId";
    const found = await send(() => findByKey(target.remote, key, { isExact, isThorough: false }));
    if (found.event !== "succeeded") {
      if (found.event === "refused" || found.event === "unsupported") continue;
      throw found.error;
    }
    const [match, other] = found.value.resources;
    if (match === undefined) continue;
    if (other !== undefined) return { action: "blocked", reason: `several resources have its ${key.attribute}` };
    const { links } = context;
    const type = target.type.name;
    const owner =
      (await links.ownerOf(type, String(match.id))) ?? (await links.creatorOf(type, String(match.externalId)));
    if (owner !== undefined)
      return { action: "blocked", reason: `the resource with its ${key.attribute} belongs to another object` };
    const attributes = differing(match, document);
    return { action: "adopt", reason: `the application has one with its ${key.attribute}`, attributes };
  }
  return { action: "create", reason: "the application does not have it", attributes: Object.keys(document) };
}

function differing(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before).filter((name) => name in after)]);
  return [...names].filter(
    (name) => name !== "schemas" && !sameDocument({ value: before[name] }, { value: after[name] }),
  );
}

async function planMembers(
  context: ProviderContext,
  connection: Connection,
  group: { readonly id: string; readonly planned: ReadonlyMap<string, string> },
): Promise<Change | undefined> {
  const { link } = await context.links.get({ type: connection.groups.type.name, id: group.id });
  const plannedLabel = group.planned.get(`${connection.groups.type.name}/${group.id}`);
  if (link.state !== "linked" && plannedLabel === undefined) return undefined;
  const plan = await planMemberships(connection.memberships, { id: group.id, remoteId: link.remoteId });
  const waiting = plan.defer.filter(
    ({ memberId }) => group.planned.has(`User/${memberId}`) || group.planned.has(`Group/${memberId}`),
  );
  const members = { add: plan.add.length + waiting.length, remove: plan.remove.length };
  if (members.add + members.remove === 0) return undefined;
  const label = link.label ?? plannedLabel ?? group.id;
  return describe({ action: "members", type: "Group", id: group.id, label, members, reason: "its members differ" });
}

function describe(
  change: Omit<Change, "summary" | "attributes" | "members"> & Partial<Pick<Change, "attributes" | "members">>,
): Change {
  const { action, type, label, reason, attributes = [], members } = change;
  const what = members === undefined ? attributes.join(", ") : `${members.add} to add, ${members.remove} to remove`;
  const summary = `${action} ${type} ${label}${what === "" ? "" : `: ${what}`} (${reason})`;
  return { ...change, attributes, members, summary };
}
