import { expect } from "vitest";
import { createScimHttp } from "../../examples/accept/scim-http.ts";
import { verifyApplication } from "../../examples/push/verify-application.ts";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import { createScimClient } from "../../src/client/create-client.ts";
import { createProvider, type Provider } from "../../src/provider/create-provider.ts";
import type { ProviderOptions } from "../../src/provider/provider-options.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { type SmallOrganisation, smallOrganisation } from "./small-organisation.ts";

/** A server to push to, as it is reached. */
export interface Server {
  readonly baseUrl: string;
  readonly token: string;
}

export interface Pushed {
  readonly organisation: SmallOrganisation;
  readonly provider: Provider;
  /** Requests that can change something, since this was last asked. */
  writes(): string[];
  /** Syncs, expects success and the application to equal the directory, then a second sync without a request that writes. */
  settle(): Promise<void>;
}

/** A provider for a small organisation and a server that somebody else wrote. */
export async function pushTo(
  server: Server,
  options: {
    readonly client?: Partial<Parameters<typeof createScimClient>[0]>;
    readonly provider?: Partial<ProviderOptions>;
    readonly organisation?: SmallOrganisation;
  } = {},
): Promise<Pushed> {
  const organisation = options.organisation ?? (await smallOrganisation());
  const sent: string[] = [];
  const client = createScimClient({
    baseUrl: server.baseUrl,
    auth: bearerToken(server.token),
    fetch: (request) => {
      const path = new URL(request.url).pathname.slice(new URL(server.baseUrl).pathname.length);
      if (request.method !== "GET") sent.push(`${request.method} ${path.replace(/^(\/\w+)\/.+$/, "$1/{id}")}`);
      return fetch(request);
    },
    ...options.client,
  });
  const { directory } = organisation;
  const provider = createProvider({ name: "app", client, directory, storage: memoryStorage(), ...options.provider });
  const writes = (): string[] => sent.splice(0);
  return {
    organisation,
    provider,
    writes,
    settle: async () => {
      const run = await provider.sync();
      expect(run.failures).toEqual([]);
      expect(run).toMatchObject({ state: "succeeded", reason: undefined });
      const http = createScimHttp({ ...server, userAgent: "test" });
      expect(await verifyApplication(directory, http)).toMatchObject({
        problems: [],
        users: organisation.users.length,
        groups: organisation.groups.length,
        memberships: organisation.groups.reduce((sum, group) => sum + group.members.length, 0),
      });
      const first = sent.splice(0);
      expect((await provider.sync()).counts.writes).toBe(0);
      expect(sent).toEqual([]);
      sent.push(...first);
    },
  };
}

/** Does to the directory what happens to one in a year. */
export function aYear({ organisation }: Pushed): void {
  const { users } = organisation;
  organisation.change("u001", { title: "Somebody else", timezone: undefined });
  organisation.change("u002", { userName: "renamed@halden.example.com", displayName: "Renamed Person" });
  organisation.change("u003", { active: false });
  const [deleted, moved, newcomer] = ["u004", "u005", "u999"];
  organisation.users = [
    ...organisation.users.filter(({ id }) => id !== deleted),
    {
      id: newcomer,
      userName: "new@halden.example.com",
      active: true,
      displayName: "New One",
      name: { formatted: "New One", givenName: "New", familyName: "One" },
      emails: [{ value: "new@halden.example.com", type: "work", primary: true }],
      enterprise: {},
    },
  ];
  // Who had the deleted one as manager gets another.
  for (const { id, enterprise } of users) {
    if ((enterprise.manager as { value?: string } | undefined)?.value !== deleted || id === deleted) continue;
    organisation.change(id, { enterprise: { ...enterprise, manager: { value: moved } } });
  }
  organisation.groups = organisation.groups
    .filter(({ id }) => id !== "g3")
    .map((group) => {
      const members = group.members.filter((id) => id !== deleted && (group.id !== "g1" || id !== "u002"));
      if (group.id === "g6") return { ...group, members: [...members, newcomer] };
      if (group.id === "g2") return { ...group, displayName: "Renamed group", members };
      if (group.id === "g7") return { ...group, members: ["u002", moved] };
      return { ...group, members };
    });
}
