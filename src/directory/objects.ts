import type { Address, MultiValue, Name } from "../protocol/resources.ts";

/**
 * A user of an application's own directory. SCIM-shaped by convention; mappings can use all other properties too.
 */
export interface DirectoryUser {
  readonly id: string;
  readonly userName?: string;
  readonly active?: boolean;
  /** Service accounts are not provisioned by default. */
  readonly kind?: "user" | "service_account";
  readonly displayName?: string;
  readonly name?: Name | string;
  readonly emails?: readonly MultiValue[];
  readonly phoneNumbers?: readonly MultiValue[];
  readonly addresses?: readonly Address[];
  readonly [attribute: string]: unknown;
}

/** A group of an application's own directory. Its members are not part of it: they are read and changed separately. */
export interface DirectoryGroup {
  readonly id: string;
  readonly displayName?: string;
  readonly [attribute: string]: unknown;
}
