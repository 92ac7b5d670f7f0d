import type { ScimEvent } from "../../observe/events.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import { isDue } from "../../timing/due.ts";
import { WorkInProgress } from "../../timing/work-in-progress.ts";
import { yieldTurn } from "../../timing/yield-turn.ts";
import { masked, maskedLiterals } from "./masked.ts";
import { PAGE, RecentRequests } from "./recent-requests.ts";
import { type LoggedRequest, type LogPage, logPages } from "./request-record.ts";

const STEP_MS = 1000;
const AFTER_FAILURE_MS = 60_000;
const MOST_OPEN = 1000;
const MOST_BODY = 8000;
const KEEP_MS = 30 * 86_400_000;

/** What a request log needs. */
export interface RequestLogOptions {
  readonly state: StateStorage;
  readonly sourceId: () => Promise<string>;
  /** How many of the latest requests each process keeps. */
  readonly entries: number;
  /** Whether bodies keep their values. */
  readonly values: boolean;
  readonly now: () => number;
  /** Names this process among those that serve the source. */
  readonly processId: string;
  /** Called with the reason why requests could not be stored. */
  readonly onFailure: (error: unknown) => Promise<void>;
}

/** What is known of a request before its response. */
interface Open {
  readonly method: string;
  readonly target: string;
  readonly userAgent: string | undefined;
  readonly hasCredentials: boolean;
  body?: unknown;
  transforms?: readonly string[];
  dropped?: readonly string[];
  adopted?: readonly string[];
}

/**
 * The latest requests of a source. They are gathered in memory and stored behind the responses, at most once a second
 * and 25 in a record; a process writes over its own oldest records. No request waits for it or fails because of it.
 * Requests of strangers have a record of their own, so that they cannot push out others.
 */
export class RequestLog {
  private readonly options: RequestLogOptions;
  private readonly work: WorkInProgress = new WorkInProgress();
  private readonly open: Map<string, Open> = new Map();
  private readonly known: RecentRequests;
  private readonly strangers: RecentRequests;
  private isStoring = false;
  private storedAt: number = Number.NEGATIVE_INFINITY;
  private failedAt: number = Number.NEGATIVE_INFINITY;
  private lastSuccess: string | undefined;

  constructor(options: RequestLogOptions) {
    this.options = options;
    this.known = new RecentRequests(`${options.processId}/known`, options.entries);
    this.strangers = new RecentRequests(`${options.processId}/strangers`, PAGE);
  }

  /** Notes a request that has arrived. */
  received(requestId: string, request: Request, mountPath: string): void {
    if (this.open.size >= MOST_OPEN) return;
    const { pathname, search } = new URL(request.url);
    const path = pathname.startsWith(mountPath) ? pathname.slice(mountPath.length) : pathname;
    const { headers, method } = request;
    const userAgent = headers.get("user-agent")?.slice(0, 200) || undefined;
    const target = path.slice(0, 300) + maskedLiterals(decoded(search));
    this.open.set(requestId, { method, target, userAgent, hasCredentials: headers.has("authorization") });
  }

  /** Notes a request's body, parsed. */
  read(requestId: string, body: unknown): void {
    const open = this.open.get(requestId);
    if (open !== undefined) open.body = body;
  }

  /** Receives the events of the source and of its server. */
  observe(event: ScimEvent): void {
    if (event.type === "server.dialect") {
      const open = this.open.get(event.requestId);
      if (open !== undefined) {
        open.transforms = [...new Set([...(open.transforms ?? []), ...event.transforms])];
        if (event.dropped !== undefined) open.dropped = event.dropped;
      }
    }
    if (event.type === "source.adopted") {
      // An operation of a bulk request has the id of the request, a colon and its index.
      const open = this.open.get(event.requestId) ?? this.open.get(event.requestId.replace(/:\d+$/, ""));
      if (open !== undefined) open.adopted = [...(open.adopted ?? []), event.applicationId];
    }
    if (event.type === "server.response") this.responded(event);
  }

  /** The latest requests of all processes, newest first. */
  async list(take: number): Promise<LoggedRequest[]> {
    await this.idle();
    const found = (await this.pages()).flatMap(({ entries }) => entries);
    return found.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, take);
  }

  /** The last request with credentials, and when the last one succeeded, over all processes. ISO 8601. */
  async lastTimes(): Promise<{ request: LoggedRequest | undefined; success: string | undefined }> {
    await this.idle();
    const pages = await this.pages();
    const entries = pages.flatMap(({ entries }) => entries).filter(({ hasCredentials }) => hasCredentials);
    const request = entries.reduce<LoggedRequest | undefined>(
      (last, entry) => (last !== undefined && last.at >= entry.at ? last : entry),
      undefined,
    );
    const successes = pages.flatMap(({ lastSuccess }) => lastSuccess ?? []).sort();
    return { request, success: successes.at(-1) };
  }

  /** Resolves when all responses until now are stored, or could not be. */
  async idle(): Promise<void> {
    while (!this.work.isNone) await this.work.changed();
    if (!this.hasFailed()) await this.work.run(() => this.store());
  }

  private responded(event: Extract<ScimEvent, { type: "server.response" }>): void {
    const open = this.open.get(event.requestId);
    if (open === undefined) return;
    this.open.delete(event.requestId);
    const now = this.options.now();
    const at = new Date(now).toISOString();
    const isStranger = !open.hasCredentials || event.status === 401;
    if (event.status < 400 && !isStranger) this.lastSuccess = at;
    const { requestId, route, status, ms, detail, scimType } = event;
    const { body, ...known } = open;
    const log = isStranger ? this.strangers : this.known;
    log.add({ requestId, at, route, status, ms, detail, scimType, ...known, body: this.shown(body) });
    if (this.isStoring || this.hasFailed() || !(log.isFull || isDue(this.storedAt + STEP_MS, now, STEP_MS))) return;
    this.isStoring = true;
    void this.work.run(async () => {
      await yieldTurn();
      await this.store();
    });
  }

  /** Whether the storage could not be written in the last minute. */
  private hasFailed(): boolean {
    return !isDue(this.failedAt + AFTER_FAILURE_MS, this.options.now(), AFTER_FAILURE_MS);
  }

  private shown(body: unknown): unknown {
    if (body === undefined) return undefined;
    const shown = this.options.values ? withoutPasswords(body) : masked(body);
    return JSON.stringify(shown).length <= MOST_BODY ? shown : "too long to be kept";
  }

  private async store(): Promise<void> {
    this.storedAt = this.options.now();
    try {
      for (const log of [this.known, this.strangers]) await this.storePages(log);
    } catch (error) {
      this.failedAt = this.options.now();
      await this.options.onFailure(error);
    } finally {
      this.isStoring = false;
    }
  }

  private async storePages(log: RecentRequests): Promise<void> {
    const { state, sourceId, now } = this.options;
    const pages = log.take();
    try {
      for (const { key, entries } of pages) {
        const value: LogPage = { entries, lastSuccess: this.lastSuccess };
        await logPages(state, await sourceId()).put(key, value, { expected: undefined, dueAt: now() + KEEP_MS });
      }
    } catch (error) {
      log.putBack(pages);
      throw error;
    }
  }

  private async pages(): Promise<LogPage[]> {
    const { state, sourceId } = this.options;
    const pages: LogPage[] = [];
    for await (const { value } of logPages(state, await sourceId()).each()) pages.push(value);
    return pages;
  }
}

/** A query as people read it; one that is not encoded correctly stays as it is. */
function decoded(search: string): string {
  try {
    return decodeURIComponent(search.replaceAll("+", " "));
  } catch {
    return search;
  }
}

function withoutPasswords(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (name, value) => (/password/i.test(name) ? "…" : value)));
}
