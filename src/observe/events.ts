/**
 * Something that happened. A closed union: `switch (event.type)` is exhaustive. Carries no attribute values. The tenant of a
 * source is its immutable id.
 */
export type ScimEvent =
  /**
   * A request was answered. `route` is a template such as `/Users/{id}`, never a raw path. `ms` is a duration in
   * milliseconds. A source names itself as the `tenant` here and below, as soon as it has read its id.
   */
  | {
      type: "server.response";
      tenant?: string;
      requestId: string;
      method: string;
      route: string;
      status: number;
      ms: number;
      /** Why it was refused, as the client was told. */
      detail?: string;
      scimType?: string;
    }
  /**
   * An operation of a bulk request was answered. `requestId` is that of the request, a colon and the operation's place in
   * it, from 0; its other events carry the same.
   */
  | {
      type: "server.operation";
      tenant?: string;
      requestId: string;
      method: string;
      /** `unknown` where its path is no endpoint's. */
      route: string;
      status: number;
      /** Why it was refused, as the client was told. */
      detail?: string;
      scimType?: string;
    }
  /** A request, or an operation of a bulk request, ended in a 5xx. `error` is what was thrown, with its causes; the client saw none of that. */
  | { type: "server.error"; tenant?: string; requestId: string; method: string; route: string; error: unknown }
  /** A dialect read a request that the bare RFC would have refused or read otherwise. `transforms` are their names. */
  | { type: "server.dialect"; tenant?: string; requestId: string; route: string; transforms: readonly string[] }
  /** A write took effect. `attributes` are the names of what changed. */
  | {
      type: "server.write";
      requestId: string;
      principal: string;
      tenant: string;
      resourceType: string;
      id: string;
      action: "create" | "replace" | "patch" | "delete";
      attributes: readonly string[];
    }
  /**
   * A source finished a change that a crash or an unknown outcome had left between it and its directory: it was written, or
   * the directory refused it. `source` is the source's immutable id, as `tenant` is.
   */
  | {
      type: "source.settled";
      source: string;
      tenant: string;
      resourceType: string;
      id: string;
      outcome: "committed" | "discarded";
    }
  /** A source could not finish such a change yet; it tries again later. */
  | { type: "source.unsettled"; source: string; tenant: string; resourceType: string; id: string; error: unknown }
  /**
   * A client sent a request: one event a try. `status` is undefined where no answer came, `reason` says why. `attempt`
   * counts from 1, `ms` is a duration in milliseconds.
   */
  | {
      type: "client.request";
      method: string;
      route: string;
      status: number | undefined;
      reason?: "network" | "timeout" | "aborted" | "not-scim";
      ms: number;
      attempt: number;
    }
  /** A provider's run began or ended. `reason` says why it did not succeed. */
  | {
      type: "provider.run";
      provider: string;
      tenant: string;
      run: string;
      state: string;
      /** By name, such as `created`. */
      counts: Readonly<Record<string, number>>;
      reason?: string;
    }
  /** A provider synced an object that was not as it should be. `attributes` are the names of what was sent. */
  | {
      type: "provider.object";
      provider: string;
      tenant: string;
      resourceType: string;
      /** The directory's id. */
      id: string;
      did: string;
      /** Why it failed, as a code of the link table. */
      code?: string;
      writes: number;
      attributes: readonly string[];
      /** The request that failed; its route is a template. */
      request?: { method: string; route: string };
    }
  /** A provider pushed memberships of a group. `refused` are the members that the application refused, by directory id. */
  | {
      type: "provider.membership";
      provider: string;
      tenant: string;
      groupId: string;
      added: number;
      removed: number;
      deferred: number;
      writes: number;
      refused: readonly string[];
    }
  /** Something failed while a provider worked; `error` is what was thrown, with its causes. Without `id` it concerns the run. */
  | {
      type: "provider.error";
      provider: string;
      tenant: string;
      resourceType?: string;
      id?: string;
      error: unknown;
      request?: { method: string; route: string };
    }
  /** Something about how provisioning was made that may not be what was wanted. */
  | {
      type: "provisioning.warning";
      reason: string;
      /** The slug of the source it is about, or its place in the list of sources. */
      source?: string;
      /** The name of the provider it is about. */
      provider?: string;
      tenant?: string;
    }
  /** A client waits `waitMs` milliseconds before it repeats a request; `attempt` is the try that failed. */
  | { type: "client.retry"; method: string; route: string; attempt: number; waitMs: number };

/** Told of every event. Cannot change what happens: its return value is ignored and what it throws is swallowed. */
export type Observer = (event: ScimEvent) => void;

/** Makes telling safe and, with no observer, free: the event is built only if someone listens. */
export function createTeller(observer: Observer | undefined): (event: () => ScimEvent) => void {
  if (observer === undefined) return () => {};
  return (event) => {
    try {
      // An observer may be an async function, whose failure would otherwise end the process.
      Promise.resolve(observer(event()) as unknown).catch(() => {});
    } catch {
      // An observer must not be able to fail a request.
    }
  };
}
