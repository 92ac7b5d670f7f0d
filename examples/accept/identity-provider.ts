import type { OrganisationGroup, OrganisationUser } from "./organisation.ts";
import type { Json } from "./wire.ts";

/** What was done about a user or group: `found` means that it was there and as it should be. */
export type Outcome = "created" | "found" | "updated";

/** A user or group at the service provider. */
export interface Provisioned {
  readonly outcome: Outcome;
  /** As it was when it was last read or created. */
  readonly resource: Json;
}

/** A member to be: the user's id at the service provider, and a label. */
export interface Member {
  readonly id: string;
  readonly userName: string;
}

/** An identity provider that pushes users and groups, in its own form. Each call looks first and writes only what differs. */
export interface IdentityProvider {
  readonly name: string;
  /** What the provider asks when an administrator presses "Test connection". */
  testConnection(): Promise<void>;
  provisionUser(user: OrganisationUser): Promise<Provisioned>;
  /** Sets a user's manager; false if that is who it was. */
  setManager(resource: Json, manager: string): Promise<boolean>;
  provisionGroup(group: OrganisationGroup): Promise<Provisioned>;
  /** Adds those who are not members yet; how many that were. Members from elsewhere stay. */
  addMembers(group: Provisioned, members: readonly Member[]): Promise<number>;
}

/** `list` in pieces of at most `size`. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
