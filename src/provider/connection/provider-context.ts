import type { Directory } from "../../directory/directory.ts";
import type { KeyedLock } from "../../timing/keyed-lock.ts";
import type { LinkRepository } from "../links/link-repository.ts";
import type { MembershipRows } from "../memberships/rows.ts";
import type { MembershipContext } from "../memberships/send.ts";
import type { Scope } from "../objects/scope.ts";
import type { Target } from "../objects/target.ts";
import type { ReconcileContext } from "../reconcile/reconciliation.ts";
import type { RunRepository } from "../runs/run.ts";
import type { GuardOptions } from "./guard-options.ts";

/** What the parts of one provider share. */
export interface ProviderContext {
  readonly name: string;
  readonly directory: Directory;
  readonly scope: Scope;
  readonly links: LinkRepository;
  readonly rows: MembershipRows;
  readonly runs: RunRepository;
  readonly lock: KeyedLock;
  readonly pageSize: number;
  readonly concurrency: number;
  readonly invalid: "stop" | "skip";
  readonly guard: Required<GuardOptions> | false;
  readonly now: () => number;
  readonly newId: () => string;
  /** Tells this provider's claims from those of other processes. */
  readonly owner: string;
  readonly settleMs: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Makes what it takes to speak to the application. For a plan it stores nothing, not even what it is the first to need. */
  connect(options?: { readonly isPlan: boolean }): Promise<Connection>;
}

/** One application as it is now: what it can do decides how it is spoken to. */
export interface Connection {
  readonly users: Target;
  readonly groups: Target;
  readonly memberships: MembershipContext;
  readonly proveAlive: () => Promise<void>;
}

/** What reconciling an object of this type takes. */
export function reconcileContext(context: ProviderContext, connection: Connection, target: Target): ReconcileContext {
  const { links, scope, settleMs, sleep, now, owner } = context;
  const { proveAlive } = connection;
  return { target, links, scopeRevision: scope.revision, settleMs, sleep, now, owner, proveAlive };
}
