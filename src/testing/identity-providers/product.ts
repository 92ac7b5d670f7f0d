import type { Write } from "./patch-body.ts";
import type { Json } from "./person-document.ts";
import type { Person, PersonAttribute, SimulatedMemberChange, Team } from "./simulated-user.ts";
import type { Consequences } from "./simulation-check.ts";

/** A change of a user. */
export interface PersonChange {
  readonly id: string;
  readonly after: Person;
  readonly changed: readonly PersonAttribute[];
  /** The resource as the handler showed it before the change, if the product reads it. */
  readonly current: Json;
}

/** A change of the members of a group. */
export interface TeamChange extends Required<SimulatedMemberChange> {
  readonly id: string;
  readonly team: Team;
}

/** How a product reads and writes users. */
export interface UserDialect {
  /** When the product searches for an existing user. */
  readonly lookUp: "before-create" | "after-conflict";
  /** The query of the search. */
  readonly query: (person: Person) => string;
  readonly create: (person: Person) => Json;
  /** Whether it reads a user before it changes it. */
  readonly readsFirst: boolean;
  readonly update: (change: PersonChange) => Write;
  /** What it sends when a user is deleted. */
  readonly departure: readonly ("deactivate" | "delete")[];
}

/** How a product reads and writes groups. */
export interface GroupDialect {
  /** The query of the search before a create; without it, there is no search. */
  readonly query?: (team: Team) => string;
  /** The body of a create. Members that it does not have are added afterwards. */
  readonly create: (team: Team) => Json;
  readonly createHasMembers: boolean;
  /** The query with which a group is read before a change; without it, it is not read. */
  readonly readQuery?: string;
  readonly rename: (team: Team & { readonly id: string }) => Write;
  readonly changeMembers: (change: TeamChange) => readonly Write[];
}

/** A request of the test of the connection. */
export interface Probe {
  /** `{guid}` is replaced with a random GUID. */
  readonly path: string;
  /** What it must return: a list, an empty list, or a resource such as the configuration. */
  readonly returns: "list" | "empty list" | "resource";
}

/** A product that provisions users, as data: its requests, and what it does with responses that it does not expect. */
export interface Product {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly consequences: Consequences;
  readonly probes: readonly Probe[];
  /** Whether the test of the connection creates a user and a group, changes them, and deletes them. */
  readonly hasTestObjects?: boolean;
  readonly user: UserDialect;
  readonly group?: GroupDialect;
  /** The query of a page of a listing; without it, the product lists nothing. */
  readonly page?: (startIndex: number, count: number) => string;
}
