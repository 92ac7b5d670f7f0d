import type { ChangeListener } from "../directory/changes.ts";
import { NotFoundError, UnavailableError, UniquenessError } from "../errors/request-errors.ts";
import { asScimError, isPreconditionFailed } from "../errors/scim-error.ts";
import { createTeller, type ScimEvent } from "../observe/events.ts";
import { readAs } from "../options/read-as.ts";
import { type DirectResponse, RESPOND_DIRECTLY, type RespondsDirectly } from "../protocol/direct-response.ts";
import type { ScimHandler } from "../server/handler.ts";
import { requestTarget } from "../server/requests/request-target.ts";
import { directResponse, errorResponse, toResponse } from "../server/responses/respond.ts";
import { isDue } from "../timing/due.ts";
import type { AnnouncedIds } from "./changes/subscribers.ts";
import { makeSource } from "./create-source.ts";
import { removeCredentials } from "./credentials/remove-credentials.ts";
import { deactivateAll } from "./deactivate-all.ts";
import { SettleTask } from "./delivery/settle-task.ts";
import { removeExpired } from "./history/visibility.ts";
import { type SourceIdentity, type SourceRecord, SourceRecords } from "./identity.ts";
import { type LoadedSource, LoadedSources } from "./loaded-sources.ts";
import { resolveSourceOptions, slugOption } from "./source-options.ts";
import { pathOf, slugIn } from "./source-path.ts";
import type { Sources } from "./sources.ts";
import {
  type ResolvedSourcesOptions,
  resolveSourcesOptions,
  type SourcesOptions,
  type TenantSourceOptions,
} from "./sources-options.ts";

/** How long a client waits after `resolve` failed, in milliseconds. */
const RETRY_MS = 10_000;
/** After which time an interrupted removal is continued, in milliseconds. */
const RESUME_MS = 60_000;
/** After which time a removal is tried again that lacks the options of its source, in milliseconds. */
const RETRY_REMOVAL_MS = 3_600_000;

/**
 * Makes any number of sources behind one handler. A source is loaded when its slug is first used, and forgotten when
 * others are used more.
 *
 * @example
 * ```ts
 * const sources = createSources({
 *   storage: memoryStorage(),
 *   baseUrl: "https://app.example",
 *   resolve: async (slug) => (slug.startsWith("customer-") ? { dialect: "compatible" } : undefined),
 * });
 * const source = await sources.get("customer-7");
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createSources(options: SourcesOptions): Sources {
  const resolved = resolveSourcesOptions(options);
  const many = new ManySources(resolved);
  const task = new SettleTask({
    name: "sources",
    settle: (signal) => many.settle(signal),
    expire: (signal) => many.tidy(signal),
    now: resolved.now,
  });
  const startTimer = (): void => {
    if (resolved.timer !== false) task.startTimer(resolved.timer);
  };
  startTimer();
  const respondDirectly = (request: Request): Promise<DirectResponse> => {
    startTimer();
    return many.respond(request);
  };
  const fetch: ScimHandler & RespondsDirectly = Object.assign(
    async (request: Request): Promise<Response> => toResponse(await respondDirectly(request)),
    { [RESPOND_DIRECTLY]: respondDirectly },
  );
  return Object.freeze<Sources>({
    ...{ fetch, task, storage: resolved.storage },
    get: async (slug) => (await many.load(slug))?.source,
    list: () => new SourceRecords(resolved.storage.state).slugs(),
    rename: (slug, to) => many.rename(slug, to),
    remove: (slug, { objects }) => many.remove(slug, objects),
    subscribe: (listener, options) => many.subscribe(listener, options?.ids),
    idle: () => many.idle(),
  });
}

class ManySources {
  private readonly options: ResolvedSourcesOptions;
  private readonly loaded: LoadedSources;
  /** Loads in progress, so that parallel first requests load a source once. */
  private readonly loading: Map<string, Promise<LoadedSource | undefined>> = new Map();
  private readonly listeners: Map<ChangeListener, AnnouncedIds> = new Map();
  private readonly records: SourceRecords;
  private readonly tell: (event: () => ScimEvent) => void;
  /** The path of the endpoints in the requests that arrive. */
  private readonly mountPath: string;

  constructor(options: ResolvedSourcesOptions) {
    this.options = options;
    this.loaded = new LoadedSources(options.maxLoaded);
    this.records = new SourceRecords(options.storage.state);
    this.tell = createTeller(options.observe);
    this.mountPath = options.mountPath ?? new URL(options.baseUrl).pathname.replace(/\/+$/, "") + options.path;
  }

  async respond(request: Request): Promise<DirectResponse> {
    const { method } = request;
    try {
      const slug = slugIn(this.mountPath, requestTarget(request.url).pathname);
      const found = slug === undefined ? undefined : await this.load(slug);
      if (found === undefined) throw new NotFoundError("There is no source at this address");
      return await found.handler[RESPOND_DIRECTLY](request);
    } catch (error) {
      const fault = asScimError(error);
      const requestId = this.options.newId();
      if (fault.status >= 500) this.tell(() => ({ type: "server.error", requestId, method, route: "unknown", error }));
      return directResponse(errorResponse(fault), requestId, method !== "HEAD");
    }
  }

  /** The source with a slug, loaded now if it is not in memory. */
  async load(slug: string): Promise<LoadedSource | undefined> {
    const found = this.loaded.get(slug);
    if (found !== undefined && (await this.isCurrent(slug, found))) return found;
    const { checkMs, now } = this.options;
    const unknownSince = this.loaded.unknownSince(slug);
    if (unknownSince !== undefined && !isDue(unknownSince + checkMs, now(), checkMs)) return undefined;
    const loading = this.loading.get(slug) ?? this.loadNow(slug).finally(() => this.loading.delete(slug));
    this.loading.set(slug, loading);
    return loading;
  }

  async rename(slug: string, to: string): Promise<void> {
    readAs(slugOption(), to, "rename: to");
    if (slug === to) return;
    const { storage } = this.options;
    const record = await this.requireRecord(slug);
    const move = async (): Promise<void> =>
      storage.transaction(
        async (tx) => {
          const records = new SourceRecords(tx.state);
          await records.take(to, record.id);
          await records.free(slug);
          await records.put({ ...record, slug: to });
        },
        { tenant: record.id },
      );
    await move().catch((error: unknown) => {
      throw isPreconditionFailed(error) ? new UniquenessError(`Another source has the slug "${to}"`) : error;
    });
    this.loaded.drop(slug);
    this.loaded.drop(to);
  }

  async remove(slug: string, objects: "keep" | "deactivate"): Promise<void> {
    const { storage, now } = this.options;
    const record = await this.requireRecord(slug);
    // Loaded first: once the slug is free, `resolve` may not know it any more.
    const made = await this.load(slug);
    const removed: SourceRecord = { ...record, removed: { at: new Date(now()).toISOString(), objects } };
    await storage.transaction(
      async (tx) => {
        const records = new SourceRecords(tx.state);
        await records.free(slug);
        await records.put(removed, now() + RESUME_MS);
      },
      { tenant: record.id },
    );
    this.loaded.drop(slug);
    await this.finishRemoval(removed, made);
  }

  /** Settles the changes of all sources that are due, and finishes removals. Returns how many changes are settled. */
  async settle(signal: AbortSignal): Promise<number> {
    const { storage, now } = this.options;
    const held = {
      holds: () => true,
      deliveryOf: async (id: string) => (await this.byId(id))?.parts.delivery(),
    };
    const { settleDeliveries } = await import("./delivery/settle.ts");
    const settled = await settleDeliveries(storage.state, held, { now, signal });
    for (const record of await this.records.unfinishedRemovals(storage.state, now())) {
      if (signal.aborted) break;
      const isNeeded = record.removed?.objects === "deactivate";
      await this.finishRemoval(record, isNeeded ? await this.makeRemoved(record) : undefined, signal);
    }
    return settled;
  }

  /** Removes what was kept long enough, and looks after the credentials of all sources. */
  async tidy(signal: AbortSignal): Promise<void> {
    await removeExpired(this.options.storage.state, this.options.now());
    for await (const { slug } of this.records.slugs()) {
      if (signal.aborted) return;
      const found = await this.load(slug);
      await found?.parts.credentials.tidy(signal);
    }
  }

  subscribe(listener: ChangeListener, ids: AnnouncedIds = "scim"): () => void {
    this.listeners.set(listener, ids);
    return () => void this.listeners.delete(listener);
  }

  async idle(): Promise<void> {
    await Promise.all(this.loaded.values().map(({ source }) => source.idle()));
  }

  /** Whether a loaded source still has its slug. The slug is read at most once in `checkMs`. */
  private async isCurrent(slug: string, found: LoadedSource): Promise<boolean> {
    const { checkMs, now } = this.options;
    if (!isDue(found.checkedAt + checkMs, now(), checkMs)) return true;
    const id = await this.records.idOf(slug);
    if (id !== found.id) {
      this.loaded.drop(slug);
      return false;
    }
    found.checkedAt = now();
    return true;
  }

  private async loadNow(slug: string): Promise<LoadedSource | undefined> {
    const { now } = this.options;
    if (!SLUG.test(slug)) return undefined;
    const made = await this.make(slug);
    if (made === undefined) {
      this.loaded.addUnknown(slug, now());
      return undefined;
    }
    this.loaded.add(slug, made);
    return made;
  }

  /** Makes the source with a slug; with `known` one that was removed. */
  private async make(slug: string, known?: SourceIdentity): Promise<LoadedSource | undefined> {
    const { storage, baseUrl, path, now, newId } = this.options;
    const tenant = await this.resolve(slug);
    if (tenant === undefined) return undefined;
    const shared = { slug, storage, baseUrl, path, mountPath: pathOf(this.mountPath, slug), timer: false as const };
    const made = makeSource(resolveSourceOptions({ ...tenant, ...shared, now, newId }), known);
    const { id } = await made.source.identity();
    for (const ids of ["scim", "application"] as const) {
      const announce: ChangeListener = async (changes, tx) => {
        for (const [listener, wanted] of this.listeners) if (wanted === ids) await listener(changes, tx);
      };
      made.source.subscribe(announce, { ids });
    }
    return { ...made, id, checkedAt: now() };
  }

  private async resolve(slug: string): Promise<TenantSourceOptions | undefined> {
    try {
      return await this.options.resolve(slug);
    } catch (error) {
      this.tell(() => ({ type: "source.error", source: slug, tenant: slug, error }));
      throw new UnavailableError("The options of this source cannot be read now", {
        cause: error,
        retryAfterMs: RETRY_MS,
      });
    }
  }

  private async byId(id: string): Promise<LoadedSource | undefined> {
    const record = await this.records.byId(id);
    if (record === undefined) return undefined;
    return record.removed === undefined ? this.load(record.slug) : this.makeRemoved(record);
  }

  /** A source that was removed, with the options of its slug; undefined if another source has that slug now. */
  private async makeRemoved(record: SourceRecord): Promise<LoadedSource | undefined> {
    return (await this.records.idOf(record.slug)) === undefined ? this.make(record.slug, record) : undefined;
  }

  private async requireRecord(slug: string): Promise<SourceRecord> {
    const record = await this.records.bySlug(slug);
    if (record === undefined) throw new NotFoundError(`No source has the slug "${slug}"`);
    return record;
  }

  /** Ends the credentials of a removed source and, if so removed, deactivates its users. */
  private async finishRemoval(
    record: SourceRecord,
    made: LoadedSource | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    const { storage, now } = this.options;
    await removeCredentials(storage.state, record.id);
    if (record.removed?.objects === "deactivate") {
      if (made === undefined) {
        const error = new UnavailableError(
          `The users of the removed source ${record.id} cannot be deactivated: resolve has no options for its slug "${record.slug}"`,
        );
        this.tell(() => ({ type: "source.error", source: record.id, tenant: record.id, error }));
        await this.records.put(record, now() + RETRY_REMOVAL_MS);
        return;
      }
      await deactivateAll(made.parts, signal);
    }
    if (signal?.aborted !== true) await this.records.put(record);
  }
}

const SLUG = /^[a-z0-9-]{1,63}$/;
