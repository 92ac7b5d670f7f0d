/** The resources of one type of one tenant. Ids, unique values, filters and counts apply within a partition only. */
export interface Partition {
  /**
   * The tenant of the principal; for a source its own immutable id, not its slug. Well-formed Unicode without U+0000:
   * our drivers throw a `TypeError` for anything else, since databases would confuse tenants that differ only in lone
   * surrogates.
   */
  readonly tenant: string;
  /** The resource type's name, such as `User`. */
  readonly type: string;
}

/** A value that must be unique within its partition. */
export interface UniqueValue {
  /** The attribute's name, as an error should show it. */
  readonly attribute: string;
  /**
   * The value in the form in which it is compared: unchanged if `caseExact`, otherwise folded by `foldString`. There is
   * one for every value of an attribute whose `uniqueness` is not `none`, so a driver may use it for `eq`.
   */
  readonly key: string;
}

/** What a driver stores: plain JSON data. A driver copies its arguments and its results. */
export interface StoredResource {
  /** Unique in the tenant, over all types, which the caller ensures. Well-formed Unicode without U+0000. */
  readonly id: string;
  /** Opaque; changes with every effective change. */
  readonly version: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly created: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly lastModified: string;
  /**
   * The resource without `id` and `meta`, and, if the driver has `members`, without a group's `members` and a user's
   * `groups`; never a password.
   */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly unique: readonly UniqueValue[];
}
