import { afterEach, beforeEach } from "vitest";
import type { DirectoryGroup, DirectoryUser } from "../../src/directory/objects.ts";
import type { ScimEvent } from "../../src/observe/events.ts";
import { createSource } from "../../src/source/create-source.ts";
import type {
  DeliveryContext,
  MemberDelta,
  SavedObject,
  SourceDirectory,
} from "../../src/source/delivery/source-directory.ts";
import type { Source } from "../../src/source/source.ts";
import type { SourceOptions } from "../../src/source/source-options.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import type { Answered, App } from "./scim-app.ts";

/** A directory as an application might have one: it remembers what it was told, and can be made to fail. */
export class RecordingDirectory implements SourceDirectory {
  readonly users: Map<string, DirectoryUser> = new Map();
  readonly groups: Map<string, DirectoryGroup> = new Map();
  readonly members: Map<string, Set<string>> = new Map();
  readonly calls: { method: string; id: string; context: DeliveryContext }[] = [];
  /** Called before each call takes effect; what it throws is what the directory throws. */
  before: (method: string, id: string) => void | Promise<void> = () => {};
  /** Called after each call took effect: throwing here is an answer that got lost. */
  after: (method: string, id: string) => void | Promise<void> = () => {};
  /** What `saveUser` and `saveGroup` return. */
  saved: (object: DirectoryUser | DirectoryGroup) => SavedObject | undefined = () => undefined;

  async saveUser(user: DirectoryUser, context: DeliveryContext): Promise<SavedObject | undefined> {
    await this.call("saveUser", user.id, context, () => this.users.set(user.id, user));
    return this.saved(user);
  }

  removeUser(id: string, context: DeliveryContext): Promise<void> {
    return this.call("removeUser", id, context, () => {
      this.users.delete(id);
      for (const members of this.members.values()) members.delete(id);
    });
  }

  async saveGroup(group: DirectoryGroup, context: DeliveryContext): Promise<SavedObject | undefined> {
    await this.call("saveGroup", group.id, context, () => this.groups.set(group.id, group));
    return this.saved(group);
  }

  removeGroup(id: string, context: DeliveryContext): Promise<void> {
    return this.call("removeGroup", id, context, () => {
      this.groups.delete(id);
      this.members.delete(id);
    });
  }

  changeMembers(groupId: string, change: MemberDelta, context: DeliveryContext): Promise<void> {
    return this.call("changeMembers", groupId, context, () => {
      const members = this.members.get(groupId) ?? new Set();
      for (const member of change.added) members.add(member.value);
      for (const id of change.removed) members.delete(id);
      this.members.set(groupId, members);
    });
  }

  private async call(method: string, id: string, context: DeliveryContext, effect: () => void): Promise<void> {
    this.calls.push({ method, id, context });
    await this.before(method, id);
    effect();
    await this.after(method, id);
  }
}

/** A clock that stands still until it is moved. */
export interface TestClock {
  now: () => number;
  advance(ms: number): void;
}

export function createTestClock(): TestClock {
  let time = Date.parse("2026-01-01T00:00:00Z");
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
  };
}

export interface SourceApp extends Pick<App, "send"> {
  readonly source: Source;
  readonly events: ScimEvent[];
  readonly token: string;
}

/** A source with a token, spoken to as an identity provider would. */
export async function createSourceApp(options: Partial<SourceOptions> & { storage: Storage }): Promise<SourceApp> {
  const events: ScimEvent[] = [];
  const source = createSource({
    slug: "people",
    baseUrl: "https://app.example",
    observe: (event) => void events.push(event),
    ...options,
  });
  const { token } = await source.tokens.issue({ name: "test" });
  const send: App["send"] = (method, path, body, headers) => sendTo(source, token, { method, path, body, headers });
  return { source, events, token, send };
}

export async function sendTo(
  source: Source,
  token: string | undefined,
  request: { method: string; path: string; body?: unknown; headers?: Record<string, string> | undefined },
): Promise<Answered> {
  const response = await source.fetch(
    new Request(`${source.baseUrl}${request.path}`, {
      method: request.method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        "content-type": "application/scim+json",
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === "" ? {} : JSON.parse(text) };
}

/** A source over a storage, with a clock; made anew for each test. */
export interface SourceScene {
  readonly storage: Storage;
  readonly clock: TestClock;
  readonly app: SourceApp;
}

/** Makes a scene before each test of a `describe`, and closes its storage after it. */
export function useSource(make: (() => Storage) | undefined, options: Partial<SourceOptions> = {}): SourceScene {
  let scene: SourceScene | undefined;
  const current = (): SourceScene => {
    if (scene === undefined) throw new RangeError("useSource: there is a scene only while a test runs");
    return scene;
  };
  beforeEach(async () => {
    const [storage, clock] = [make?.() ?? memoryStorage(), createTestClock()];
    scene = { storage, clock, app: await createSourceApp({ storage, now: clock.now, ...options }) };
  });
  afterEach(async () => {
    await scene?.app.source.idle();
    await scene?.storage.close();
  });
  return {
    get storage() {
      return current().storage;
    },
    get clock() {
      return current().clock;
    },
    get app() {
      return current().app;
    },
  };
}
