import type { ChangeSource } from "../directory/changes.ts";
import type { Directory } from "../directory/directory.ts";
import type { BackgroundTask } from "../queue/queue.ts";
import type { ScimHandler } from "../server/handler.ts";
import type { Storage } from "../storage/storage.ts";
import type { SourceOAuthClients } from "./credentials/oauth/client-info.ts";
import type { SourceTokens } from "./credentials/tokens/tokens.ts";
import type { SourceDeliveries } from "./delivery/pending-deliveries.ts";
import type { SourceGuardControl } from "./guard/source-guard.ts";
import type { SourceHealth } from "./history/health.ts";
import type { ChangePage } from "./history/history.ts";
import type { ChangeQuery, RequestQuery } from "./history/queries.ts";
import type { LoggedRequest } from "./history/request-record.ts";
import type { SourceIdentity } from "./identity.ts";
import type { ReportChangeOptions, ReportedChange } from "./report-change.ts";

/** One identity provider that writes to us. */
export interface Source extends ChangeSource {
  readonly slug: string;
  /** The SCIM base URL to give to the identity provider. */
  readonly baseUrl: string;
  /** Responds to the identity provider. Never rejects. */
  readonly fetch: ScimHandler;
  /** The bearer tokens that the identity provider can use. */
  readonly tokens: SourceTokens;
  /** The OAuth clients that get access tokens at `tokenUrl`. */
  readonly oauthClients: SourceOAuthClients;
  /** Where OAuth clients get access tokens: to give to the identity provider with client id and secret. */
  readonly tokenUrl: string;
  /** The source's immutable id and its service account, created at the first use. */
  identity(): Promise<SourceIdentity>;
  /**
   * Finishes changes that a crash or an unknown outcome left unfinished between the source and its directory, if they
   * are due; returns how many are finished. The source's task does this every few seconds; call it to do it at once.
   */
  settle(): Promise<number>;
  /**
   * Resolves when the source has done what it does after its responses, such as storing when a token was last used. Call
   * it before you close the storage.
   */
  idle(): Promise<void>;
  /**
   * Settles, removes what was kept long enough, and tells about credentials that expire soon. Provisioning runs it; without provisioning the source runs it on a
   * timer of its own.
   */
  readonly task: BackgroundTask;
  /**
   * The writes that changed something, oldest first: an audit record and a change feed in one. Continue with the
   * returned `next`. A change appears when it is `history.settleMs` old, so that none is missed; `id` identifies it.
   *
   * @throws {TypeError} naming the part of the query that is wrong
   */
  changes(query?: ChangeQuery): Promise<ChangePage>;
  /**
   * The latest requests, newest first, with masked bodies. Those of other processes appear within about ten seconds.
   *
   * @throws {TypeError} naming the part of the query that is wrong
   */
  requests(query?: RequestQuery): Promise<readonly LoggedRequest[]>;
  /** Whether the identity provider is served, what waits, and which tokens expire. Reads the storage. */
  health(): Promise<SourceHealth>;
  /**
   * Writes a change that the application made itself, so that the identity provider sees it. The directory is not called.
   *
   * @throws {TypeError} for a wrong argument
   * @throws {NotFoundError} when the source has no such user or group
   * @throws {InvalidValueError} or `UniquenessError` for what the schema or another resource does not permit
   * @throws {UnavailableError} while an earlier change of the object is not delivered yet: it would undo this one
   */
  reportChange(change: ReportedChange, options?: ReportChangeOptions): Promise<void>;
  /** The limits of destructive changes: how much of them is used, and how to release what they hold. */
  readonly guard: SourceGuardControl;
  /** What waits in the outbox: with `delivery: "outbox"`, or left behind by it. */
  readonly deliveries: SourceDeliveries;
  /** Where the source keeps its state. `tx` of its change listeners is a transaction of this storage. */
  readonly storage: Storage;
  /**
   * The users and groups that the identity provider sent, as the results of the source's mappings: for a provider to
   * read. Objects that a mapping skips are absent. Needs a storage that lists in the order of ids and keeps
   * memberships, as those of this package do; otherwise its calls throw {NotImplementedError}. Always the same object.
   */
  directory(): Directory;
  /** Where the application's own users and groups are: behind a `directory`, or in `resources`; undefined without them. */
  readonly applicationSide: "directory" | "resources" | undefined;
}
