import type { SimulatedExchange } from "./exchange.ts";
import type { SimulatedGroup, SimulatedMemberChange, SimulatedUser } from "./simulated-user.ts";

/**
 * The actions of an identity provider with users. Each sends the requests of the product, and throws an
 * `IdentityProviderError` for a response with which the product cannot work.
 */
export interface SimulatedUserProvider {
  /** The name of the product. */
  readonly name: string;
  /** The requests that were sent, with their responses. */
  readonly exchanges: readonly SimulatedExchange[];
  /** Does what the product does when an administrator tests the connection. */
  testConnection(): Promise<void>;
  /** Assigns a user. Returns the id that the handler gave to it, by which the other actions know the user. */
  provision(user: SimulatedUser): Promise<string>;
  /** Changes attributes; null clears one. */
  change(id: string, changes: Partial<SimulatedUser>): Promise<void>;
  rename(id: string, userName: string): Promise<void>;
  deactivate(id: string): Promise<void>;
  reactivate(id: string): Promise<void>;
  /** Deletes a user as the product does. Some products only deactivate it. */
  delete(id: string): Promise<void>;
  /** Assigns a user again that was deactivated or deleted. Returns its id, which can be a new one. */
  restore(id: string): Promise<string>;
}

/** The import of an identity provider that reads users. */
export interface UserListing {
  /** Lists all users page by page, with `count` users on each (default: 100). Returns their ids. */
  listUsers(count?: number): Promise<readonly string[]>;
}

/** The actions of an identity provider with users and groups. */
export interface SimulatedIdentityProvider extends SimulatedUserProvider {
  /** Creates a group with members. Returns the id that the handler gave to it. */
  provisionGroup(group: SimulatedGroup): Promise<string>;
  changeMembers(id: string, change: SimulatedMemberChange): Promise<void>;
  renameGroup(id: string, displayName: string): Promise<void>;
  deleteGroup(id: string): Promise<void>;
}
