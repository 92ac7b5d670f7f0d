/** A source that writes into the application's own accounts and teams instead of keeping users to itself. */
import { createSource, memoryStorage } from "scimkit";
import type { Source, SourceDirectory } from "scimkit/source";
import { startedDirectly } from "./started-directly.ts";

/** What the application calls a user. */
export interface Account {
  id: string;
  login: string;
  fullName: string;
  enabled: boolean;
}

/** What the application calls a group. */
export interface Team {
  id: string;
  title: string;
  members: string[];
}

/** An application with accounts and teams of its own, and the source that fills them. */
export function buildApp(): { accounts: Account[]; teams: Team[]; source: Source } {
  const accounts: Account[] = [];
  const teams: Team[] = [];

  // #region directory
  const directory: SourceDirectory = {
    async saveUser(user) {
      const { id, userName = id, displayName = userName, active = true } = user;
      put(accounts, { id, login: userName, fullName: displayName, enabled: active });
    },
    async removeUser(id) {
      drop(accounts, id);
      for (const team of teams) team.members = team.members.filter((member) => member !== id);
    },
    async saveGroup(group) {
      const members = teams.find((team) => team.id === group.id)?.members ?? [];
      put(teams, { id: group.id, title: group.displayName ?? group.id, members });
    },
    async removeGroup(id) {
      drop(teams, id);
    },
    async changeMembers(groupId, { added, removed }) {
      const team = teams.find(({ id }) => id === groupId);
      if (team === undefined) return;
      const members = new Set(team.members);
      for (const member of added) members.add(member.value);
      for (const id of removed) members.delete(id);
      team.members = [...members];
    },
  };
  const source = createSource({
    slug: "people",
    baseUrl: "https://app.example",
    storage: memoryStorage(),
    directory,
  });
  // #endregion directory
  return { accounts, teams, source };
}

// #region idempotent
/** Puts a record in the place of the one with its id, or at the end: doing it twice changes nothing. */
function put<T extends { id: string }>(list: T[], record: T): void {
  const index = list.findIndex(({ id }) => id === record.id);
  if (index === -1) list.push(record);
  else list[index] = record;
}

/** Removes the record with this id from the list; a missing one is not an error. */
function drop(list: { id: string }[], id: string): void {
  const index = list.findIndex((record) => record.id === id);
  if (index !== -1) list.splice(index, 1);
}
// #endregion idempotent

/** Lets an identity provider create a user, and returns the account that came of it. */
export async function main(): Promise<Account | undefined> {
  const { accounts, source } = buildApp();
  const { token } = await source.tokens.issue({ name: "Entra ID" });
  await source.fetch(
    new Request(`${source.baseUrl}/Users`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" },
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        userName: "grace@example.com",
        displayName: "Grace Hopper",
      }),
    }),
  );
  return accounts[0];
}

if (startedDirectly(import.meta.url)) console.log(await main());
