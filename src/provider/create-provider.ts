import { KeyedLock } from "../timing/keyed-lock.ts";
import type { Connection, ProviderContext } from "./connection/provider-context.ts";
import { pushMembershipsOf, pushOneMember } from "./connection/push-memberships.ts";
import { lookAt } from "./connection/sync-object.ts";
import { LinkRepository } from "./links/link-repository.ts";
import type { TraceStep } from "./links/trace.ts";
import { DirtyMarks } from "./marks/dirty-marks.ts";
import { MembershipRows } from "./memberships/rows.ts";
import type { MembershipOutcome } from "./memberships/send.ts";
import { Scope } from "./objects/scope.ts";
import { knownSubjectSecret, subjectSecret } from "./objects/subject-secret.ts";
import { groupTarget, userTarget } from "./objects/targets.ts";
import { type Change, planAll } from "./plan/plan.ts";
import { type ProviderOptions, type ResolvedProviderOptions, resolveProviderOptions } from "./provider-options.ts";
import type { Outcome } from "./reconcile/reconcile.ts";
import { send, TargetUnusableError } from "./remote/resources.ts";
import { type Run, RunRepository } from "./runs/run.ts";
import { type SyncOptions, syncAll } from "./sync/sync.ts";

/** What looking at one object came to, step by step. */
export interface ObjectReport extends Pick<Outcome, "id" | "label" | "did" | "reason" | "writes"> {
  /** The steps its link took. */
  readonly trace: readonly TraceStep[];
  /** What became of the memberships that were looked at with it. */
  readonly memberships: MembershipOutcome | undefined;
}

/** One application that is kept in step. */
export interface Provider {
  readonly name: string;
  /** What a sync would do now. Writes nothing, anywhere. */
  plan(): AsyncGenerator<Change>;
  /** Looks at every object once and makes the application what it should be. Never rejects for one bad object: see `Run.failures`. */
  sync(options?: SyncOptions): Promise<Run>;
  /** Looks at one user now, and at its memberships in groups that are pushed. */
  syncUser(id: string): Promise<ObjectReport>;
  /** Looks at one group now, and at its memberships. */
  syncGroup(id: string): Promise<ObjectReport>;
  /** The latest runs, newest first. */
  runs(): Promise<Run[]>;
  /** What must be looked at, kept by `createProvisioning`. */
  readonly marks: DirtyMarks;
}

/**
 * Makes a provider: it brings the users and groups of a directory to one application, and keeps them there.
 *
 * @example
 * ```ts
 * const client = createScimClient({ baseUrl: "https://app.example/scim/v2", auth: bearerToken(token) });
 * const provider = createProvider({ name: "app", client, directory, storage });
 * for await (const change of provider.plan()) console.log(change.summary);
 * const run = await provider.sync();
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createProvider(options: ProviderOptions): Provider {
  const resolved = resolveProviderOptions(options);
  const context = contextOf(resolved);
  return Object.freeze({
    name: resolved.name,
    plan: () => planAll(context),
    sync: (syncOptions: SyncOptions = {}) => syncAll(context, syncOptions),
    syncUser: (id: string) => syncUser(context, id),
    syncGroup: (id: string) => syncGroup(context, id),
    runs: () => context.runs.latest(20),
    marks: new DirtyMarks(resolved.storage, resolved.name),
  });
}

function contextOf(options: ResolvedProviderOptions): ProviderContext {
  const { name, directory, storage } = options;
  const links = new LinkRepository(storage, name);
  const rows = new MembershipRows(storage, name);
  const scope = new Scope(options.scope, directory);
  const known: { connection: Promise<Connection> | undefined } = { connection: undefined };
  return {
    name,
    directory,
    scope,
    links,
    rows,
    runs: new RunRepository(storage.state, name),
    lock: new KeyedLock(),
    pageSize: options.pageSize,
    concurrency: options.concurrency,
    invalid: options.invalid,
    guard: options.guard,
    now: options.now,
    newId: options.newId,
    owner: options.newId(),
    settleMs: options.settleMs,
    sleep: options.sleep,
    connect: async ({ isPlan } = { isPlan: false }) => {
      const given = options.subject.secret;
      if (isPlan) {
        // Nothing was ever sent with a secret that is not there yet, so any will do.
        const secret = given ?? (await knownSubjectSecret(storage.state)) ?? options.newId();
        return connect(options, { scope, links, rows, secret });
      }
      known.connection ??= Promise.resolve(given ?? subjectSecret(storage.state)).then((secret) =>
        connect(options, { scope, links, rows, secret }),
      );
      known.connection.catch(() => {
        known.connection = undefined;
      });
      return known.connection;
    },
  };
}

function connect(
  options: ResolvedProviderOptions,
  parts: {
    readonly scope: Scope;
    readonly links: LinkRepository;
    readonly rows: MembershipRows;
    readonly secret: string;
  },
): Connection {
  const { client, directory } = options;
  const users = userTarget(options, parts.scope, { secret: parts.secret, links: parts.links });
  const groups = groupTarget(options, parts.scope, parts.rows);
  return {
    users,
    groups,
    memberships: {
      directory,
      links: parts.links,
      rows: parts.rows,
      groups: groups.remote,
      updateMode: groups.updateMode,
      removal: client.profile.memberRemoval ?? "filter",
      memberType: client.profile.memberType,
      chunk: client.profile.maxMembersPerPatch ?? 100,
    },
    // A 404 proves something only where the application otherwise answers as it should.
    proveAlive: async () => {
      const answer = await send(async () => {
        for await (const _ of users.remote.pages({ pageSize: 1 })) return;
      });
      if (answer.event !== "succeeded") {
        throw new TargetUnusableError("The application answers 404, and not as a service provider otherwise", {
          cause: answer.error,
        });
      }
    },
  };
}

async function syncUser(context: ProviderContext, id: string): Promise<ObjectReport> {
  await context.scope.check();
  const connection = await context.connect();
  const trace: TraceStep[] = [];
  const outcome = await lookAt(context, connection, {
    target: connection.users,
    id,
    trace: (step) => void trace.push(step),
  });
  const memberships = await pushMembershipsOfMember(context, connection, id);
  return report(outcome, trace, memberships);
}

async function syncGroup(context: ProviderContext, id: string): Promise<ObjectReport> {
  const connection = await context.connect();
  const trace: TraceStep[] = [];
  const outcome = await lookAt(context, connection, {
    target: connection.groups,
    id,
    trace: (step) => void trace.push(step),
  });
  const memberships = await pushMembershipsOf(context, connection, id);
  return report(outcome, trace, memberships);
}

/** The groups a user is in, by the directory, and those it was pushed into before. */
async function pushMembershipsOfMember(
  context: ProviderContext,
  connection: Connection,
  id: string,
): Promise<MembershipOutcome | undefined> {
  const inDirectory = (await context.directory.groupsOf([id])).get(id) ?? [];
  const groups = new Set([...inDirectory, ...(await context.rows.groupsOf(id))]);
  let total: MembershipOutcome | undefined;
  for (const groupId of groups) {
    total = together(total, await pushOneMember(context, connection, groupId, id));
  }
  return total;
}

function together(
  left: MembershipOutcome | undefined,
  right: MembershipOutcome | undefined,
): MembershipOutcome | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return {
    added: left.added + right.added,
    removed: left.removed + right.removed,
    deferred: left.deferred + right.deferred,
    writes: left.writes + right.writes,
    refused: [...left.refused, ...right.refused],
    isGone: left.isGone || right.isGone,
    error: left.error ?? right.error,
  };
}

function report(
  outcome: Outcome,
  trace: readonly TraceStep[],
  memberships: MembershipOutcome | undefined,
): ObjectReport {
  const { id, label, did, reason, writes } = outcome;
  return { id, label, did, reason, writes, trace, memberships };
}
