import * as z from "zod/mini";
import { functionOption } from "../../options/resolve-options.ts";

/** A new user of the identity provider, for the rule that looks for its account. */
export interface AdoptionRequest {
  /** The source's immutable id. */
  readonly source: string;
  /** The SCIM id that the user will have. */
  readonly id: string;
  readonly externalId: string | undefined;
  /** Of the extension Enterprise User. */
  readonly employeeNumber: string | undefined;
  /** The user as the identity provider sent it, validated. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Addresses outside of the source's `domains`; undefined without the option `domains`. */
  readonly unverified: readonly string[] | undefined;
}

/** Why an account belongs to a new user. An address or a user name does not suffice. */
export type AdoptionEvidence =
  /** Both have the same `externalId`, or the same `employeeNumber` of the extension Enterprise User. */
  | { readonly by: "externalId" | "employeeNumber" }
  /** A person has confirmed that the account belongs to the user with this `externalId`. */
  | { readonly by: "approved"; readonly externalId: string };

/** An account that the application has already, for a new user. */
export interface AdoptableAccount {
  /** The application's own id of the account. */
  readonly id: string;
  /** The customer that the account belongs to, read from the account. */
  readonly tenant: string;
  readonly evidence: AdoptionEvidence;
  /** The account as a SCIM user, at least with `userName`, what the evidence compares, `emails`, and `active` if false. */
  readonly attributes: Readonly<Record<string, unknown>> & { readonly userName: string };
}

/** How a source with a directory takes over accounts that the application has already. */
export interface AdoptionOptions {
  /** The application's name of the customer. Accounts of other customers are refused. */
  readonly tenant: string;
  /** The account of a new user; undefined if it has none. It is called outside of transactions, also repeatedly. */
  readonly find: (request: AdoptionRequest) => AdoptableAccount | undefined | Promise<AdoptableAccount | undefined>;
  /** What a DELETE of an adopted user means for the directory, unless the option `removal` is stricter. @default "deactivate" */
  readonly removal?: "deactivate" | "unlink" | "remove";
}

/** `AdoptionOptions` with all defaults. */
export type ResolvedAdoptionOptions = Required<AdoptionOptions>;

/** A zod type for the option `adopt`. */
export const adoptionOption: z.ZodMiniType<ResolvedAdoptionOptions> = z.strictObject({
  tenant: z.string().check(z.minLength(1)),
  find: functionOption<AdoptionOptions["find"]>(),
  removal: z._default(
    z.enum(["deactivate", "unlink", "remove"], { error: 'must be "deactivate", "unlink" or "remove"' }),
    "deactivate",
  ),
});
