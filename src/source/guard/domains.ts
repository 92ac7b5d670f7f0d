import { InvalidValueError } from "../../errors/request-errors.ts";
import { isObject } from "../../values/is-object.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** An address of a user, and the attribute that has it. */
interface FoundAddress {
  readonly attribute: string;
  readonly address: string;
  /** Whether it identifies the user: the user name, and primary and work e-mails. */
  readonly identifies: boolean;
}

/** A domain as it is compared: lower case, IDN in its ASCII form; undefined for any other text. */
export function normalDomain(text: string): string | undefined {
  const domain = text.normalize("NFKC").trim().replace(/\.$/, "");
  // The URL parser would ignore or interpret other characters.
  if (!/^[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)*$/u.test(domain)) return undefined;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return undefined;
  }
}

/** The domain of an address: what follows the last `@`, as for guests of Entra ID. */
function domainOf(address: string): string | undefined {
  const text = address.normalize("NFKC").trim();
  const at = text.lastIndexOf("@");
  return at < 0 ? undefined : normalDomain(text.slice(at + 1));
}

/**
 * The addresses outside of the domains: those that identify the user and are new, and all that the domains do not cover.
 * `before` are the attributes as they are stored; undefined for a new user.
 */
export function foreignAddresses(
  domains: ReadonlySet<string>,
  after: Attributes,
  before: Attributes | undefined,
): { readonly refused: readonly FoundAddress[]; readonly unverified: readonly string[] } {
  const isForeign = ({ address }: FoundAddress): boolean => !domains.has(domainOf(address) ?? "");
  const foreign = addressesOf(after).filter(isForeign);
  const known = new Set(addressesOf(before ?? {}).flatMap(keyOf));
  const refused = foreign.filter((each) => each.identifies && !known.has(keyOf(each)[0] ?? ""));
  return { refused, unverified: [...new Set(foreign.map(({ address }) => address))] };
}

/** The error for an address that must not be written. */
export function foreignError({ attribute }: { readonly attribute: string }): InvalidValueError {
  return new InvalidValueError(`${attribute}: its domain is not one of this source`, { attribute });
}

function keyOf({ attribute, address, identifies }: FoundAddress): string[] {
  return identifies ? [`${attribute} ${address.normalize("NFKC").trim().toLowerCase()}`] : [];
}

function addressesOf({ userName, emails }: Attributes): FoundAddress[] {
  const name = typeof userName === "string" && userName.normalize("NFKC").includes("@") ? [userName] : [];
  const listed: readonly unknown[] = Array.isArray(emails) ? emails : [];
  return [
    ...name.map((address) => ({ attribute: "userName", address, identifies: true })),
    ...listed.flatMap((each) => {
      if (!isObject(each) || typeof each.value !== "string") return [];
      const isWork = typeof each.type === "string" && each.type.toLowerCase() === "work";
      // A user with one e-mail has no other that could be the primary one.
      const identifies = each.primary === true || isWork || listed.length === 1;
      return [{ attribute: "emails", address: each.value, identifies }];
    }),
  ];
}
