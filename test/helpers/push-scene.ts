import { arrayDirectory } from "../../src/directory/array-directory.ts";
import type { DirectoryGroup, DirectoryUser } from "../../src/directory/objects.ts";
import { createProvider, type Provider } from "../../src/provider/create-provider.ts";
import type { ProviderOptions } from "../../src/provider/provider-options.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createRemoteApp, type Fault, type RemoteApp } from "./remote-app.ts";

/** A small directory, an application, and a storage, to push one to the other. */
export interface PushScene {
  users: (DirectoryUser & Record<string, unknown>)[];
  groups: (DirectoryGroup & { members: string[] })[];
  readonly storage: Storage;
  readonly remote: RemoteApp;
  /** A provider over what is there, as a new process would make it. */
  provider(options?: Partial<ProviderOptions>): Provider;
  /** Changes attributes of a user; undefined takes one away. */
  change(id: string, attributes: object): void;
  /** A remote user by its name. */
  user(userName: string): Promise<Record<string, unknown> | undefined>;
  /** The names of the members of a remote group, sorted. */
  members(displayName: string): Promise<string[]>;
}

/** Ann, Bob and Cy; the group `staff` with all of them and `few` with Ann. */
export function pushScene(options: Parameters<typeof createRemoteApp>[0] & { storage?: Storage } = {}): PushScene {
  const remote = createRemoteApp(options);
  const storage = options.storage ?? memoryStorage();
  const scene: PushScene = {
    users: ["ann", "bob", "cy"].map((name) => ({ id: name, userName: name, displayName: name, active: true })),
    groups: [
      { id: "staff", displayName: "staff", members: ["ann", "bob", "cy"] },
      { id: "few", displayName: "few", members: ["ann"] },
    ],
    storage,
    remote,
    provider: (more = {}) =>
      createProvider({
        name: "app",
        client: remote.client,
        directory: arrayDirectory({ users: () => scene.users, groups: () => scene.groups }),
        storage,
        sleep: async () => {},
        // What was created a moment ago counts as shown.
        visibleMs: 0,
        ...more,
      }),
    change: (id, attributes) => {
      scene.users = scene.users.map((user) => (user.id === id ? { ...user, ...attributes } : user));
    },
    user: async (userName) => (await remote.all("/Users")).find((user) => user.userName === userName),
    members: async (displayName) => {
      const group = (await remote.all("/Groups")).find((each) => each.displayName === displayName);
      const byId = new Map((await remote.all("/Users")).map((user) => [user.id, user.userName]));
      return ((group?.members ?? []) as { value: string }[]).map(({ value }) => String(byId.get(value))).sort();
    },
  };
  return scene;
}

/** A SCIM error answer. */
export function refusal(status: number, scimType?: string): Response {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return Response.json(
    { schemas, status: String(status), ...(scimType === undefined ? {} : { scimType }) },
    { status },
  );
}

/** A fault that lets requests through with another body, or shows other answers. */
export function between(
  remote: RemoteApp,
  change: {
    readonly body?: (body: Record<string, unknown>, method: string) => unknown;
    readonly answer?: (answer: Response, request: Request) => Response | Promise<Response>;
  },
): Fault {
  return async (request, body) => {
    const url = new URL(request.url);
    const sent = body === "" ? undefined : JSON.parse(body);
    const altered = sent === undefined ? undefined : (change.body?.(sent, request.method) ?? sent);
    const answer = await remote.send(request.method, url.pathname.replace("/scim/v2", "") + url.search, altered);
    return change.answer?.(answer, request) ?? answer;
  };
}
