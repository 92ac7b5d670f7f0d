import type { ChangeSource } from "../directory/changes.ts";
import type { BackgroundTask } from "../queue/queue.ts";
import type { ScimHandler } from "../server/handler.ts";
import type { Storage } from "../storage/storage.ts";
import type { NamedSource } from "./identity.ts";
import type { Source } from "./source.ts";

/** Any number of sources behind one handler, loaded as they are needed. */
export interface Sources extends ChangeSource {
  /** Responds to the identity providers of all sources. Never rejects. A slug without a source is a 404. */
  readonly fetch: ScimHandler;
  /** Does the background work of all sources: it settles, removes what was kept long enough, and finishes removals. */
  readonly task: BackgroundTask;
  readonly storage: Storage;
  /** The source with a slug; undefined if `resolve` has none. Its first use registers the slug. */
  get(slug: string): Promise<Source | undefined>;
  /** The slugs that are registered, with the ids of their sources, in UTF-8 order. */
  list(): AsyncIterable<NamedSource>;
  /**
   * Gives a source another slug. Its id, and so everything that it stores, stays; the old slug is free, and starts empty
   * if it is used again.
   *
   * @throws {NotFoundError} when no source has the slug
   * @throws {UniquenessError} when another source has the new one
   * @throws {TypeError} for a text that is not a slug
   */
  rename(slug: string, to: string): Promise<void>;
  /**
   * Removes a source: its credentials end at once, and its slug is free. `keep` leaves its users and groups stored under
   * its id, and with the directory. `deactivate` deactivates its users first, through the directory; if that is
   * interrupted, the task continues it.
   *
   * @throws {NotFoundError} when no source has the slug
   */
  remove(slug: string, options: { readonly objects: "keep" | "deactivate" }): Promise<void>;
  /** Resolves when the loaded sources have done what they do after their responses. */
  idle(): Promise<void>;
}
