import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Principal } from "./principal.ts";

/** The argument of `beforeWrite`. */
export interface BeforeWriteState {
  readonly action: "create" | "replace" | "patch" | "delete";
  readonly principal: Principal;
  readonly type: ResourceType;
  readonly id: string;
  /** The attributes as they are stored; undefined for a create and for a change of memberships only. */
  readonly before: Readonly<Record<string, unknown>> | undefined;
  /** The attributes as they would be stored; undefined for a delete and for a change of memberships only. */
  readonly after: Readonly<Record<string, unknown>> | undefined;
  /** Ids of members that would be added and removed. */
  readonly members: { readonly add: readonly string[]; readonly remove: readonly string[] } | undefined;
}

/** Functions of the application that the server calls. */
export interface ServerHooks {
  /**
   * Called when a write has been checked and is about to happen. An error that it throws becomes the response: a
   * `ScimError` as it is, anything else as a 500. It may be called again for the same request if another writer came
   * first.
   */
  readonly beforeWrite?: (state: BeforeWriteState) => Promise<void> | void;
}
