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

/** What stays the same while a provider works. A plan has its own context, whose storage and remote write nothing. */
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
  /** Lets only one task of this process at a time work on an object, or on the members of a group. */
  readonly lock: KeyedLock;
  /** Identifies this process in claims and leases. */
  readonly process: string;
  /** How many requests have been sent so far. */
  readonly requests: { count: number };
  readonly now: () => number;
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly tell: (event: () => ScimEvent) => void;
}

/** The options of a provider that its parts read. */
export interface ProviderSettings {
  readonly pageSize: number;
  readonly concurrency: number;
  readonly invalid: "stop" | "skip";
  readonly guard: Required<GuardOptions> | false;
  /** How long to wait before an unknown outcome is looked up, in milliseconds. */
  readonly settleMs: number;
  /** How long an application may take to show what it created, in milliseconds. */
  readonly visibleMs: number;
  /** What to do if the application rejects a deletion. */
  readonly deleteRefused: "deactivate" | "report";
}
