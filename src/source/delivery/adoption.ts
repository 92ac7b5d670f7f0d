import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { ForbiddenError, UniquenessError } from "../../errors/request-errors.ts";
import type { Write } from "../../server/requests/write.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { isObject } from "../../values/is-object.ts";
import type { ApplicationIds } from "../changes/application-ids.ts";
import type { GuardedResource } from "../guard/guard-options.ts";

/** A new user of the identity provider, as a rule of adoption sees it. */
export interface IncomingUser {
  /** The new SCIM id. */
  readonly id: string;
  /** As the identity provider sent them, validated. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Addresses that `domains` does not cover; undefined without the option `domains`. */
  readonly unverified: readonly string[] | undefined;
}

/** An account of the application that a new user is linked to. */
export interface AdoptedAccount {
  /** The application's own id of the account. */
  readonly id: string;
  /** The evidence, such as `externalId` or `approved`. Names and addresses do not count as evidence. */
  readonly by: string;
  /**
   * What identifies the account now, in the form of the mapped object: `userName`, and for example `emails`. The directory
   * gets these values, and not those of the identity provider, in the first `saveUser`.
   */
  readonly identity: Readonly<Record<string, unknown>> & { readonly userName: string };
}

/** Finds the account of a new user; undefined if it has none. */
export type AdoptRule = (incoming: IncomingUser) => AdoptedAccount | undefined | Promise<AdoptedAccount | undefined>;

/** An adoption as it is stored with its change. */
export interface Adoption {
  /** The application's own id of the account. */
  readonly id: string;
  readonly by: string;
}

/** What deciding about an adoption needs. */
export interface AdoptionContext {
  readonly rule: AdoptRule;
  readonly protect: ((resource: GuardedResource) => unknown) | undefined;
  readonly ids: ApplicationIds;
  readonly unverified: readonly string[] | undefined;
}

/** Evidence that is only a name or an address: somebody else can have had it before. */
const NO_EVIDENCE = /^(user_?name|login|e-?mails?|mail|upn|phone|display_?name|name)/i;

/**
 * The account that a new user is linked to, by the rule of the application.
 *
 * @throws {ForbiddenError} when the account is protected
 * @throws {UniquenessError} when another user of the source has the account
 * @throws {TypeError} when the rule returns something else, or an address as the evidence
 */
export async function adoptedAccount(write: Write, context: AdoptionContext): Promise<AdoptedAccount | undefined> {
  const { rule, protect, ids, unverified } = context;
  const { action, partition, id, after } = write;
  if (action !== "create" || partition.type !== "User" || after === undefined) return undefined;
  const account = await rule({ id, attributes: after.attributes, unverified });
  if (account === undefined) return undefined;
  checkAccount(account);
  await requireFree(ids, account, id);
  const resource = { type: "User", id, attributes: after.attributes, account: account.id };
  if (await protect?.(resource)) {
    throw new ForbiddenError("The account of this user is protected: it cannot be linked through this source");
  }
  return account;
}

/** The mapped user, with what identifies the account. */
export function withIdentity(
  mapped: DirectoryUser | DirectoryGroup | undefined,
  { identity }: AdoptedAccount,
): DirectoryUser | DirectoryGroup | undefined {
  return mapped && { ...mapped, ...identity, id: mapped.id };
}

/** What an adoption reserves while it is delivered. */
export function accountKey({ id }: Adoption): string {
  return joinKey("account", "User", id);
}

/** @throws {UniquenessError} when another user of the source has the account, as a transaction sees it */
export async function requireFree(ids: ApplicationIds, { id }: Adoption, scimId: string): Promise<void> {
  if ((await ids.holderOf({ type: "User", id }, scimId)) === undefined) return;
  throw new UniquenessError("The account of this user belongs to another user of this source");
}

function checkAccount(account: AdoptedAccount): void {
  const { id, by, identity } = account;
  if (typeof id !== "string" || id === "" || !isObject(identity) || typeof identity.userName !== "string") {
    throw new TypeError("adopt: must return { id, by, identity: { userName, … } }, or undefined");
  }
  if (typeof by !== "string" || by.trim() === "" || NO_EVIDENCE.test(by.trim())) {
    throw new TypeError("adopt: by: must name the evidence, such as externalId; a name or an address is none");
  }
}
