import type { Link } from "../links/link.ts";
import type { LinkKey, LinkRepository, StoredLink } from "../links/link-repository.ts";
import type { TraceStep } from "../links/trace.ts";
import type { MappedObject, ObjectState, Target } from "../objects/target.ts";

/** What reconciling needs of its provider. */
export interface ReconcileContext {
  readonly target: Target;
  readonly links: LinkRepository;
  readonly scopeRevision: string;
  /** How long to let an unknown outcome settle, in milliseconds. */
  readonly settleMs: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Tells this provider's claims from those of other processes. */
  readonly owner: string;
  /** Whether an application that says 404 still answers otherwise. @throws {TargetUnusableError} if it does not */
  readonly proveAlive: () => Promise<void>;
}

/** One object being reconciled: what has been found out about it so far. */
export interface Episode {
  readonly key: LinkKey;
  readonly context: ReconcileContext;
  readonly object: ObjectState;
  stored: StoredLink;
  /** What the next state takes over from the last action: a remote id, an origin, a document. */
  found: Partial<Link>;
  /** What it is made with, once that has to be known. */
  creation: Extract<MappedObject, { document: unknown }> | undefined;
  writes: number;
  compared: number;
  error: unknown;
  readonly trace: (step: TraceStep) => void;
}
