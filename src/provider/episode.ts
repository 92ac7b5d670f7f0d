import type { Link } from "./link.ts";
import type { LinkKey, LinkRepository, StoredLink } from "./link-repository.ts";
import type { ObjectState, Target } from "./target.ts";
import type { TraceStep } from "./trace.ts";

/** What reconciling needs of its provider. */
export interface ReconcileContext {
  readonly target: Target;
  readonly links: LinkRepository;
  readonly scopeRevision: string;
  /** How long to let an unknown outcome settle, in milliseconds. */
  readonly settleMs: number;
  readonly sleep: (ms: number) => Promise<void>;
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
  writes: number;
  compared: number;
  error: unknown;
  readonly trace: (step: TraceStep) => void;
}
