import type { Directory } from "../../directory/directory.ts";
import type { ScimEvent } from "../../observe/events.ts";
import type { Storage } from "../../storage/storage.ts";
import type { KeyedLock } from "../../timing/keyed-lock.ts";
import type { LinkRepository } from "../links/link-repository.ts";
import type { WatchRepository } from "../links/watches.ts";
import type { MembershipRows } from "../memberships/rows.ts";
import type { MembershipContext } from "../memberships/send.ts";
import type { ObjectType } from "../objects/object-type.ts";
import type { Scope } from "../objects/scope.ts";
import type { Canary } from "../remote/canary.ts";
import type { RunRepository } from "../runs/run-repository.ts";
import type { GuardOptions } from "./guard-options.ts";

/** What does not change while a provider works. A plan has one of its own, over a storage and a remote that write nothing. */
export interface ProviderContext {
  readonly name: string;
  readonly tenant: string;
  /** The provider's immutable id: the owner of its records. */
  readonly id: string;
  readonly directory: Directory;
  readonly storage: Storage;
  readonly scope: Scope;
  readonly users: ObjectType;
  readonly groups: ObjectType;
  readonly memberships: MembershipContext;
  readonly links: LinkRepository;
  readonly rows: MembershipRows;
  readonly watches: WatchRepository;
  readonly runs: RunRepository;
  readonly canary: Canary;
  readonly settings: ProviderSettings;
  /** Keeps work on one object, or on one group's members, apart within this process. */
  readonly lock: KeyedLock;
  /** Tells this process's claims and leases from those of others. */
  readonly process: string;
  /** How many requests were sent so far. */
  readonly requests: { count: number };
  readonly now: () => number;
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly tell: (event: () => ScimEvent) => void;
}

/** Options of a provider that its parts look at. */
export interface ProviderSettings {
  readonly pageSize: number;
  readonly concurrency: number;
  readonly invalid: "stop" | "skip";
  readonly guard: Required<GuardOptions> | false;
  /** How long to let an unknown outcome settle, in milliseconds. */
  readonly settleMs: number;
  /** How long an application may take to show what it created, in milliseconds. */
  readonly visibleMs: number;
  /** What a deletion that is refused leads to. */
  readonly deleteRefused: "deactivate" | "report";
}
