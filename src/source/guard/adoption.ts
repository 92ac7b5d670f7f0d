import * as z from "zod/mini";
import { ForbiddenError, UniquenessError } from "../../errors/request-errors.ts";
import { readAs } from "../../options/read-as.ts";
import { sameValue } from "../../patch/equal.ts";
import { URN } from "../../protocol/urns.ts";
import type { Write } from "../../server/requests/write.ts";
import { anyObject } from "../../storage/state/codec.ts";
import { foldString } from "../../values/fold.ts";
import { isObject } from "../../values/is-object.ts";
import type {
  AdoptableAccount,
  AdoptionEvidence,
  AdoptionRequest,
  ResolvedAdoptionOptions,
} from "./adoption-options.ts";
import type { SourceGuardOptions } from "./guard-options.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** An account that a new user takes over. */
export interface Adoption {
  /** The application's own id of the account. */
  readonly applicationId: string;
  /** Which evidence there is. */
  readonly by: AdoptionEvidence["by"];
  /** The account as it was. */
  readonly before: Attributes;
  /** The attributes that keep the account's values. */
  readonly kept: Attributes;
}

const account: z.ZodMiniType<AdoptableAccount> = z.strictObject({
  id: z.string().check(z.minLength(1)),
  tenant: z.string(),
  evidence: z.union(
    [
      z.strictObject({ by: z.enum(["externalId", "employeeNumber"]) }),
      z.strictObject({ by: z.literal("approved"), externalId: z.string() }),
    ],
    {
      error:
        'must be { by: "externalId" }, { by: "employeeNumber" } or { by: "approved", externalId }; an account is never matched by an address or a user name alone',
    },
  ),
  attributes: anyObject<AdoptableAccount["attributes"]>().check(
    z.refine(({ userName }) => typeof userName === "string" && userName !== "", { error: "must have a userName" }),
  ),
});

/** What checking an adoption needs. */
export interface AdoptionContext {
  readonly adopt: ResolvedAdoptionOptions;
  readonly protect: SourceGuardOptions["protect"] | undefined;
  readonly unverified: readonly string[] | undefined;
}

/**
 * The account that a new user takes over by the application's rule; undefined if it has none. Whether another resource
 * has the account is checked later, in the transaction that reserves it.
 *
 * @throws {TypeError} if the rule returns something else than an account with evidence
 * @throws {UniquenessError} if the account may not be adopted by this user, saying why
 * @throws {ForbiddenError} if the account is protected
 */
export async function adoptionOf(write: Write, context: AdoptionContext): Promise<Adoption | undefined> {
  const { adopt, protect, unverified } = context;
  const attributes = write.after?.attributes ?? {};
  const request: AdoptionRequest = {
    ...{ source: write.partition.tenant, id: write.id, attributes, unverified },
    externalId: textOf(attributes.externalId),
    employeeNumber: employeeNumberOf(attributes),
  };
  const returned = await adopt.find(request);
  if (returned === undefined) return undefined;
  const found = readAs(account, returned, "createSource: adopt: find");
  const reason = refusalReason(request, found, adopt);
  if (reason !== undefined) {
    throw new UniquenessError(`The user matches an account outside of this source that cannot be adopted: ${reason}`);
  }
  const guarded = { type: "User", id: write.id, applicationId: found.id, attributes: found.attributes };
  if (await protect?.(guarded)) throw new ForbiddenError("The user matches an account that is protected");
  return {
    ...{ applicationId: found.id, by: found.evidence.by, before: found.attributes },
    kept: keptOf(attributes, found.attributes),
  };
}

/** Why a user must not get an account; undefined if it may. */
function refusalReason(
  request: AdoptionRequest,
  { tenant, evidence, attributes }: AdoptableAccount,
  adopt: ResolvedAdoptionOptions,
): string | undefined {
  if (tenant !== adopt.tenant) return "it belongs to another customer";
  const given = evidence.by === "employeeNumber" ? request.employeeNumber : request.externalId;
  const known = evidence.by === "approved" ? evidence.externalId : knownValue(attributes, evidence.by);
  if (given === undefined || given !== known) return `the evidence "${evidence.by}" does not hold for this user`;
  if (evidence.by !== "approved" && isAddress(given, request.attributes))
    return "an address or a user name is not sufficient evidence";
  const other = textOf(attributes.externalId);
  if (evidence.by !== "approved" && other !== undefined && other !== request.externalId) {
    return "it has another externalId";
  }
  if ((attributes.active === false) === (request.attributes.active === false)) return undefined;
  return attributes.active === false
    ? "it is deactivated, and the user is active"
    : "it is active, and the user is not";
}

/** Whether a value is an address, or nothing else than the name of the user. Anybody can know these. */
function isAddress(value: string, { userName }: Attributes): boolean {
  const text = foldString(value.normalize("NFKC").trim());
  return text.includes("@") || text === foldString(String(userName).normalize("NFKC").trim());
}

/** The values that the account keeps where the user has others. */
function keptOf(attributes: Attributes, before: Attributes): Attributes {
  const own: Attributes = { userName: before.userName, emails: before.emails ?? [] };
  return Object.fromEntries(Object.entries(own).filter(([name, value]) => !sameValue(value, attributes[name])));
}

function knownValue(attributes: Attributes, name: "externalId" | "employeeNumber"): string | undefined {
  return name === "externalId" ? textOf(attributes.externalId) : employeeNumberOf(attributes);
}

function employeeNumberOf(attributes: Attributes): string | undefined {
  const enterprise = attributes[URN.enterpriseUser];
  return isObject(enterprise) ? textOf(enterprise.employeeNumber) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
