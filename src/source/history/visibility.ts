import type { Observer, ScimEvent } from "../../observe/events.ts";
import type { RequestWatch } from "../../server/requests/context.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { removeExpiredChanges } from "./change-record.ts";
import { type ChangePage, type ChangeRecorder, History } from "./history.ts";
import type { ResolvedVisibilityOptions } from "./history-options.ts";
import { RequestLog } from "./request-log.ts";
import { type LoggedRequest, removeExpiredPages } from "./request-record.ts";

const MOST_EXPIRED = 1000;

/** What the visible part of a source needs. */
export interface VisibilityContext {
  readonly options: ResolvedVisibilityOptions;
  readonly storage: Storage;
  readonly sourceId: () => Promise<string>;
  /** The path of the endpoints in a request's URL. */
  readonly mountPath: string;
  readonly now: () => number;
  readonly newId: () => string;
  readonly onFailure: (error: unknown) => Promise<void>;
}

/** The history and the request log of a source. */
export class Visibility {
  readonly history: History | undefined;
  private readonly log: RequestLog | undefined;
  private readonly context: VisibilityContext;

  constructor(context: VisibilityContext) {
    const { options, storage, sourceId, now, newId, onFailure } = context;
    const { state } = storage;
    this.context = context;
    this.history =
      options.history === false ? undefined : new History({ state, sourceId, options: options.history, now });
    this.log =
      options.requestLog === false
        ? undefined
        : new RequestLog({ state, sourceId, ...options.requestLog, now, processId: newId(), onFailure });
  }

  /** For the listeners of changes: stores each write. */
  get recorder(): ChangeRecorder | undefined {
    return this.history;
  }

  /** For the server: sees the requests. */
  get watch(): RequestWatch | undefined {
    const { log } = this;
    return (
      log && {
        received: (requestId, request) => log.received(requestId, request, this.context.mountPath),
        read: (requestId, body) => log.read(requestId, body),
      }
    );
  }

  /** An observer that sees the server's events before the application's observer does. */
  observing(observe: Observer | undefined): Observer | undefined {
    const { log } = this;
    if (log === undefined) return observe;
    return (event: ScimEvent) => {
      log.observe(event);
      return observe?.(event);
    };
  }

  /** A page of the stored changes. */
  async changes(query: { readonly after: string | undefined; readonly take: number }): Promise<ChangePage> {
    return (await this.history?.list(query)) ?? { changes: [], next: query.after };
  }

  /** The latest requests, newest first. */
  async requests(take: number): Promise<readonly LoggedRequest[]> {
    return (await this.log?.list(take)) ?? [];
  }

  /** The last request, and when the last one succeeded. */
  async lastTimes(): Promise<{ request: LoggedRequest | undefined; success: string | undefined }> {
    return (await this.log?.lastTimes()) ?? { request: undefined, success: undefined };
  }

  /** Resolves when what is stored behind responses is stored. */
  async idle(): Promise<void> {
    await this.log?.idle();
  }
}

/** Removes what sources have kept long enough, of all sources of a storage. */
export async function removeExpired(state: StateStorage, now: number): Promise<void> {
  const query = { now, take: MOST_EXPIRED };
  await removeExpiredChanges(state, query);
  await removeExpiredPages(state, query);
}
