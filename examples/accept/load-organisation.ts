import pLimit from "p-limit";
import type { IdentityProvider, Member, Outcome, Provisioned } from "./identity-provider.ts";
import type { DirectoryName, Organisation } from "./organisation.ts";
import type { Progress } from "./progress.ts";
import { RequestFailed } from "./scim-http.ts";
import { idOf } from "./wire.ts";

/** What one identity provider did. */
export interface Tally {
  readonly users: Record<Outcome, number>;
  readonly groups: Record<Outcome, number>;
  managersSet: number;
  membershipsAdded: number;
  membershipsFound: number;
  failed: number;
}

export interface LoadOptions {
  readonly organisation: Organisation;
  readonly providers: Readonly<Record<DirectoryName, IdentityProvider>>;
  readonly progress: Progress;
  /** How many requests are under way at once. @default 4 */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
}

/** Failures beyond this number are counted but not printed: they say the same. */
const FAILURES_SHOWN = 20;

/**
 * Brings the organisation to the service provider: users, then managers, then groups, then members, because each refers
 * to resources that must exist before it. A failure is reported and counted, and the rest goes on; another run corrects it.
 */
export async function loadOrganisation(options: LoadOptions): Promise<Record<DirectoryName, Tally>> {
  const { organisation, providers, progress, concurrency = 4, signal } = options;
  const tallies = { entra: newTally(), okta: newTally() };
  const users = new Map<string, Provisioned>();
  const groups = new Map<string, Provisioned>();
  let failures = 0;

  /** Does `work` for each item, a few at a time. */
  const each = async <T extends { readonly directory: DirectoryName }>(
    label: string,
    items: readonly T[],
    nameOf: (item: T) => string,
    work: (item: T, provider: IdentityProvider, tally: Tally) => Promise<void>,
  ): Promise<void> => {
    progress.begin(label, items.length);
    await pLimit(concurrency).map(items, async (item) => {
      signal?.throwIfAborted();
      const provider = providers[item.directory];
      try {
        await work(item, provider, tallies[item.directory]);
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        tallies[item.directory].failed++;
        failures++;
        if (failures <= FAILURES_SHOWN) progress.complain(`${provider.name}, ${nameOf(item)}: ${error.message}`);
      }
      progress.step();
    });
  };

  try {
    await each(
      "Connections",
      [{ directory: "entra" }, { directory: "okta" }] as const,
      () => "test connection",
      (_, provider) => provider.testConnection(),
    );
    await each(
      "Users",
      organisation.users,
      (user) => user.userName,
      async (user, provider, tally) => {
        const provisioned = await provider.provisionUser(user);
        users.set(user.userName, provisioned);
        tally.users[provisioned.outcome]++;
      },
    );
    const managed = organisation.users.filter((user) => user.manager !== undefined);
    await each(
      "Managers",
      managed,
      (user) => user.userName,
      async (user, provider, tally) => {
        const own = users.get(user.userName);
        const manager = users.get(user.manager ?? "");
        if (own === undefined || manager === undefined) return;
        if (await provider.setManager(own.resource, idOf(manager.resource))) tally.managersSet++;
      },
    );
    await each(
      "Groups",
      organisation.groups,
      (group) => group.displayName,
      async (group, provider, tally) => {
        const provisioned = await provider.provisionGroup(group);
        groups.set(group.displayName, provisioned);
        tally.groups[provisioned.outcome]++;
      },
    );
    await each(
      "Members of groups",
      organisation.groups,
      (group) => group.displayName,
      async (group, provider, tally) => {
        const provisioned = groups.get(group.displayName);
        if (provisioned === undefined) return;
        const members = group.members.flatMap((userName): Member[] => {
          const user = users.get(userName);
          return user === undefined ? [] : [{ id: idOf(user.resource), userName }];
        });
        const added = await provider.addMembers(provisioned, members);
        tally.membershipsAdded += added;
        tally.membershipsFound += members.length - added;
      },
    );
    if (failures > FAILURES_SHOWN) progress.complain(`… and ${failures - FAILURES_SHOWN} more that failed`);
  } finally {
    progress.end();
  }
  return tallies;
}

function newTally(): Tally {
  const none = (): Record<Outcome, number> => ({ created: 0, found: 0, updated: 0 });
  return { users: none(), groups: none(), managersSet: 0, membershipsAdded: 0, membershipsFound: 0, failed: 0 };
}
