import type { Storage } from "../storage/storage.ts";
import type { DirectoryChange } from "./directory.ts";

/**
 * Receives changes inside the transaction that makes them: what it writes through `tx` is committed together with them,
 * and `tx.afterCommit` calls back after the commit. If it throws, the change fails.
 */
export type ChangeListener = (changes: readonly DirectoryChange[], tx: Storage) => Promise<void>;

/** Something that announces its own changes, such as a source. */
export interface ChangeSource {
  /** The storage that `tx` belongs to. */
  readonly storage?: Storage;
  /**
   * Calls `listener` for every change from now on. Returns a function that ends the subscription. A source whose directory
   * returns ids of its own can announce changes under these, with `ids: "application"`. @default "scim"
   */
  subscribe(listener: ChangeListener, options?: { readonly ids?: "scim" | "application" }): () => void;
}
