import { ForbiddenError, UnavailableError } from "../../errors/request-errors.ts";
import type { ScimEvent } from "../../observe/events.ts";
import { type Commit, isUnchanged, type Write } from "../../server/requests/write.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import { deactivates, endsAccess } from "./active.ts";
import { checkAllowed } from "./allowed.ts";
import { Counters, type Destruction, type GuardUse } from "./counters.ts";
import { foreignAddresses, foreignError } from "./domains.ts";
import { checkFloors } from "./floors.ts";
import type { GuardLimits, ResolvedGuardOptions } from "./guard-options.ts";
import { Tombstones } from "./tombstones.ts";

/** After which time an identity provider may send a held change again, in milliseconds. */
const RETRY_MS = 600_000;

/** The limits of destructive changes of a source. */
export interface SourceGuardControl {
  /** How much of each limit is used. Nothing is counted with `guard: false`. */
  status(): Promise<Readonly<Record<Destruction, GuardUse>>>;
  /**
   * Accepts everything until a time, for example when many people really leave, and counts from zero after it.
   *
   * @throws {TypeError} for a time that is not in the future
   */
  release(options: { readonly until: Date }): Promise<void>;
}

/** What the guard of a source needs. */
export interface GuardContext {
  readonly options: ResolvedGuardOptions;
  readonly resources: ResourceStorage;
  readonly state: StateStorage;
  readonly sourceId: () => Promise<string>;
  readonly now: () => number;
  readonly tell: (event: () => ScimEvent) => void;
}

/** Checks each write of a source before it is carried out, on every route. */
export class SourceGuard implements SourceGuardControl {
  private readonly context: GuardContext;
  private readonly counters: Counters;
  private readonly tombstones: Tombstones;

  constructor(context: GuardContext) {
    const { options, state, sourceId, now } = context;
    this.context = context;
    const limits = options.guard === false ? NO_LIMITS : options.guard;
    this.counters = new Counters({ state, sourceId, limits, now });
    this.tombstones = new Tombstones(state, sourceId);
  }

  /** The same commit, with the checks before it. */
  guarding(commit: Commit): Commit {
    return async (write, apply) => {
      if (!isUnchanged(write)) await this.check(write);
      const outcome = await commit(write, apply);
      if (write.action === "create" && write.restored === true && write.after !== undefined) {
        await this.tombstones.remove(write.after.attributes);
      }
      return outcome;
    };
  }

  /** The id of a new user, if it was deleted before and comes back. @throws {UniquenessError} if it must not come back */
  async restoredId(type: string, attributes: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    const { options, resources, sourceId } = this.context;
    if (type !== "User" || options.recreate === "new") return undefined;
    const id = await this.tombstones.idOf(attributes, options.recreate);
    if (id === undefined) return undefined;
    return (await resources.find({ tenant: await sourceId(), type }, id)) === undefined ? id : undefined;
  }

  /** The addresses of a user that the domains of the source do not cover; undefined without the option `domains`. */
  async unverified(attributes: Readonly<Record<string, unknown>>): Promise<readonly string[] | undefined> {
    const domains = await this.context.options.domains?.();
    return domains && foreignAddresses(domains, attributes, undefined).unverified;
  }

  status(): Promise<Record<Destruction, GuardUse>> {
    return this.counters.status();
  }

  async release({ until }: { readonly until: Date }): Promise<void> {
    const time = until instanceof Date ? until.getTime() : Number.NaN;
    if (!(time > this.context.now())) throw new TypeError("release: until: must be a Date in the future");
    await this.counters.release(time);
  }

  private async check(write: Write): Promise<void> {
    const { options, resources } = this.context;
    await this.checkDomains(write);
    checkAllowed(options.allowed, write);
    await this.checkProtected(write);
    if (options.floors.length > 0) await checkFloors(resources, options.floors, write);
    if (options.guard !== false) await this.countDestruction(write);
    if (write.action === "delete" && write.partition.type === "User" && options.recreate !== "new") {
      if (write.before !== undefined) await this.tombstones.add(write.id, write.before.attributes);
    }
  }

  private async checkDomains(write: Write): Promise<void> {
    const { options, tell } = this.context;
    const { after, before, partition, id } = write;
    if (options.domains === undefined || partition.type !== "User" || after === undefined) return;
    const { refused } = foreignAddresses(await options.domains(), after.attributes, before?.attributes);
    const [first] = refused;
    if (first === undefined) return;
    if (options.foreignDomains === "refuse") throw foreignError(first);
    const attributes = [...new Set(refused.map(({ attribute }) => attribute))];
    const { tenant } = partition;
    tell(() => ({ type: "source.flagged", source: tenant, tenant, resourceType: "User", id, attributes }));
  }

  private async checkProtected(write: Write): Promise<void> {
    const { options, resources } = this.context;
    const { partition, id, action } = write;
    if (options.protect === undefined || action === "create") return;
    // A change of memberships does not read its group.
    const before = write.before ?? (await resources.find(partition, id, { omit: ["members"] }));
    if (before === undefined) return;
    const protection = await options.protect({ type: partition.type, id, attributes: before.attributes });
    if (protection === false || (protection !== "changes" && !endsAccess(write))) return;
    const what = protection === "changes" ? "changed" : "deleted or deactivated";
    throw new ForbiddenError(`This ${partition.type} is protected: it cannot be ${what} through this source`);
  }

  private async countDestruction(write: Write): Promise<void> {
    const { type } = write.partition;
    const key = `${type}/${write.id}`;
    if (write.action === "delete") await this.spend(write, "removals", [key]);
    else if (type === "User" && deactivates(write)) await this.spend(write, "deactivations", [key]);
    const leaving = await this.leavingMembers(write);
    if (leaving.length > 0)
      await this.spend(
        write,
        "members",
        leaving.map((member) => `${key}/${member}`),
      );
  }

  /** The members that a write takes out of a group, as far as they can exceed the limit. */
  private async leavingMembers({ partition, id, action, members }: Write): Promise<readonly string[]> {
    const { resources, options } = this.context;
    if (action !== "delete") return members?.remove ?? [];
    if (options.guard === false || resources.members === undefined || partition.type === "User") return [];
    const page = await resources.members.page(partition, id, { take: options.guard.members + 1 });
    return page.members.map(({ value }) => value);
  }

  private async spend({ partition, id }: Write, kind: Destruction, objects: readonly string[]): Promise<void> {
    const used = await this.counters.count(kind, objects);
    if (used === undefined) return;
    const { options, tell } = this.context;
    const limit = options.guard === false ? 0 : options.guard[kind];
    const { tenant, type: resourceType } = partition;
    tell(() => ({ type: "source.held", source: tenant, tenant, resourceType, id, kind, used, limit }));
    throw new UnavailableError(`Too many ${NAMES[kind]} in a short time: an operator must release them`, {
      retryAfterMs: RETRY_MS,
    });
  }
}

const NAMES: Readonly<Record<Destruction, string>> = {
  deactivations: "users were deactivated",
  removals: "users and groups were deleted",
  members: "memberships were removed",
};

const NO_LIMITS: Readonly<Required<GuardLimits>> = { windowMs: 1, deactivations: 0, removals: 0, members: 0 };
