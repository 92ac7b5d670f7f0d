/** A user of a simulated identity provider. */
export interface SimulatedUser {
  readonly userName: string;
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  readonly displayName?: string | null;
  /** The address of type `work`, which is the primary one. */
  readonly email?: string | null;
  readonly title?: string | null;
  readonly department?: string | null;
  /** The id that the handler gave to the manager. */
  readonly manager?: string | null;
}

/** A group of a simulated identity provider. */
export interface SimulatedGroup {
  readonly displayName: string;
  /** The ids that the handler gave to the members. */
  readonly members?: readonly string[];
}

/** Members that are added to a group and removed from it, by the ids that the handler gave to them. */
export interface SimulatedMemberChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** What an identity provider knows of a user: the attributes, the link between both sides, and whether it is active. */
export interface Person extends SimulatedUser {
  readonly externalId: string;
  readonly active: boolean;
}

/** What an identity provider knows of a group. */
export interface Team {
  readonly externalId: string;
  readonly displayName: string;
  readonly members: readonly string[];
}

/** The attributes of a person that a change can name. */
export type PersonAttribute = keyof Omit<Person, "externalId">;
