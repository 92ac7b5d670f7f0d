/**
 * An event. It is a closed union, so `switch (event.type)` is exhaustive. The fields of events contain names of
 * attributes, no values. The texts for people (`detail`, `reason`, `error`) can contain the name of a user or group,
 * never a password or a token. The tenant of a source is its immutable id.
 */
export type ScimEvent =
  /**
   * The response of a request was sent. `route` is a template such as `/Users/{id}`, never a raw path. `ms` is a
   * duration in milliseconds. The `tenant` of a source, here and below, is set as soon as the source has read its id.
   */
  | {
      type: "server.response";
      tenant?: string;
      requestId: string;
      method: string;
      route: string;
      status: number;
      ms: number;
      /** The units of work that it used, of `limits.maxWork`. */
      work: number;
      /** Why it was rejected: the `detail` of the response. */
      detail?: string;
      scimType?: string;
    }
  /**
   * An operation of a bulk request has ended. `requestId` is that of the request, a colon and the operation's index,
   * from 0. The other events of the operation have the same `requestId`.
   */
  | {
      type: "server.operation";
      tenant?: string;
      requestId: string;
      method: string;
      /** `unknown` if its path is not an endpoint. */
      route: string;
      status: number;
      /** Why it was rejected: the `detail` of the response. */
      detail?: string;
      scimType?: string;
    }
  /**
   * A request, or an operation of a bulk request, ended in a 5xx. `error` is the thrown error, with its causes; the
   * client does not see it.
   */
  | { type: "server.error"; tenant?: string; requestId: string; method: string; route: string; error: unknown }
  /** A dialect changed a request. With the plain RFC it would have been rejected or read differently. */
  | {
      type: "server.dialect";
      tenant?: string;
      requestId: string;
      route: string;
      transforms: readonly string[];
      /** Names of attributes, and URNs, that no schema has and that were dropped; at most 20. */
      dropped?: readonly string[];
    }
  /**
   * A write took effect. `attributes` are the names of what changed, `skipped` the ids of members that do not exist and
   * were left out.
   */
  | {
      type: "server.write";
      requestId: string;
      principal: string;
      tenant: string;
      resourceType: string;
      id: string;
      action: "create" | "replace" | "patch" | "delete";
      attributes: readonly string[];
      skipped?: readonly string[];
    }
  /**
   * A source finished a change that had an unknown outcome, for example after a crash: it was written, or the directory
   * rejected it. `source` is the source's immutable id, as `tenant` is.
   */
  | {
      type: "source.settled";
      source: string;
      tenant: string;
      resourceType: string;
      id: string;
      outcome: "committed" | "discarded";
    }
  /**
   * A source could not do what no request waits for, such as storing when a token was last used. It tries again after a
   * minute.
   */
  | { type: "source.error"; source: string; tenant: string; error: unknown }
  /**
   * A token or the secret of an OAuth client expires in at most `days` days. There is one event 30, 7 and 1 days before,
   * over all processes. `id` is that of the token or of the client.
   */
  | {
      type: "source.expiring";
      source: string;
      tenant: string;
      credential: "token" | "client-secret";
      id: string;
      name: string;
      /** ISO 8601 in UTC. */
      expires: string;
      days: number;
    }
  /**
   * A source accepted a user with addresses outside of its `domains`, since `foreignDomains` is `flag`. `attributes` are
   * the names of those that have them.
   */
  | {
      type: "source.flagged";
      source: string;
      tenant: string;
      resourceType: string;
      id: string;
      attributes: readonly string[];
    }
  /**
   * A new user of a source took over an account that the application had already. `applicationId` is the application's
   * own id of the account, `by` the evidence.
   */
  | {
      type: "source.adopted";
      source: string;
      tenant: string;
      resourceType: string;
      id: string;
      requestId: string;
      applicationId: string;
      by: "externalId" | "employeeNumber" | "approved";
    }
  /**
   * A source held a change, since there were too many destructive ones: nothing was written. `used` is the number that
   * there would have been, `limit` what is allowed. Release it with `source.guard.release`.
   */
  | {
      type: "source.held";
      source: string;
      tenant: string;
      resourceType: string;
      id: string;
      kind: "deactivations" | "removals" | "members";
      used: number;
      limit: number;
    }
  /** A source could not finish such a change yet; it tries again later. */
  | { type: "source.unsettled"; source: string; tenant: string; resourceType: string; id: string; error: unknown }
  /**
   * A client sent a request: one event for each attempt. Without a response, `status` is undefined and `reason` says
   * why. `attempt` counts from 1, `ms` is a duration in milliseconds.
   */
  | {
      type: "client.request";
      method: string;
      route: string;
      status: number | undefined;
      reason?: "network" | "timeout" | "aborted" | "not-scim" | "credentials" | "misdirected" | "paused";
      ms: number;
      attempt: number;
    }
  /**
   * The OAuth tokens of a client were renewed, or could not be. `unsaved`: they are known to this process only, since the
   * storage failed. `name` is the name under which they are stored.
   */
  | { type: "client.tokens"; name: string; outcome: "renewed" | "failed" | "unsaved"; error?: unknown }
  /**
   * The static credentials of a client expire in at most `days` days. Each client reports it once 30, 7 and 1 days before,
   * with a request.
   */
  | {
      type: "client.expiring";
      /** ISO 8601 in UTC. */
      expires: string;
      days: number;
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
  /**
   * A provider pushed memberships of a group. `refused` are the members that the application rejected, by directory id.
   */
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
  /** Something failed in a provider; `error` is the thrown error, with its causes. Without `id` it concerns the run. */
  | {
      type: "provider.error";
      provider: string;
      tenant: string;
      resourceType?: string;
      id?: string;
      error: unknown;
      request?: { method: string; route: string };
    }
  /** Provisioning has a configuration that is probably a mistake. */
  | {
      type: "provisioning.warning";
      reason: string;
      /** The slug of the source, or its position in the list of sources. */
      source?: string;
      /** The name of the provider. */
      provider?: string;
      tenant?: string;
    }
  /** A client waits `waitMs` milliseconds before it repeats a request; `attempt` is the attempt that failed. */
  | { type: "client.retry"; method: string; route: string; attempt: number; waitMs: number };

/** Called with every event. Its return value and its errors are ignored. */
export type Observer = (event: ScimEvent) => void;

/** Calls an observer safely. Without an observer the event is not created. */
export function createTeller(observer: Observer | undefined): (event: () => ScimEvent) => void {
  if (observer === undefined) return () => {};
  return (event) => callSafely(() => observer(event()));
}

/** Calls a function that only watches: what it throws, or rejects with, is ignored. */
export function callSafely(watch: () => unknown): void {
  try {
    // It may be an async function, whose failure would otherwise end the process.
    Promise.resolve(watch()).catch(() => {});
  } catch {
    // What watches must not make anything fail.
  }
}
