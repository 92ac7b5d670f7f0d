import type { Directory } from "scimkit";
import type { Change, Provider, Run } from "scimkit/provider";
import type { Progress } from "../accept/progress.ts";

/** What a sync would do, in its order. */
export async function readPlan(provider: Provider, signal: AbortSignal): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const change of provider.plan()) {
    signal.throwIfAborted();
    changes.push(change);
  }
  return changes;
}

/** Syncs everything and shows how far it is. */
export async function syncAll(
  provider: Provider,
  options: { readonly directory: Directory; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Run> {
  const { directory, progress, signal } = options;
  const [users, groups] = await Promise.all([countOf(directory.users), countOf(directory.groups)]);
  const phases = {
    users: { label: "Users", total: users },
    groups: { label: "Groups", total: groups },
    memberships: { label: "Members of groups", total: groups },
  } as const;
  let phase: string | undefined;
  let checked = 0;
  const run = await provider.sync({
    signal,
    onProgress: (at) => {
      if (at.phase === "sweep") return;
      if (phase !== at.phase) {
        phase = at.phase;
        progress.begin(phases[at.phase].label, phases[at.phase].total);
      }
      // Memberships are reported group by group; of users and groups the number of checked ones is reported.
      const steps = at.phase === "memberships" ? 1 : at.counts.checked - checked;
      checked = at.counts.checked;
      for (let step = 0; step < steps; step++) progress.step();
    },
  });
  progress.end();
  signal.throwIfAborted();
  return run;
}

async function countOf(list: Directory["users"] | Directory["groups"]): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await list({ take: 500, idsOnly: true, ...(after === undefined ? {} : { after }) });
    count += page.objects.length;
    after = page.next;
  } while (after !== undefined);
  return count;
}
