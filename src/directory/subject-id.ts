import { sha256Hex } from "../crypto/sha256.ts";
import { InvalidValueError } from "../errors/request-errors.ts";
import { labelOf, nameWithId } from "./object-name.ts";
import type { DirectoryUser } from "./objects.ts";

/** Which value of a user becomes its subject id. `upn` and `uuid` are attributes of these names. */
export type SubjectMode = "hashed" | "id" | "uuid" | "username" | "email" | "upn";

/** Options of `subjectId`. */
export interface SubjectIdOptions {
  /** @default "hashed" */
  readonly mode?: SubjectMode;
  /**
   * Makes hashed ids differ from those of other installations. Use the same everywhere in one. Required for `hashed`.
   */
  readonly secret?: string;
}

/**
 * The one identifier of a user in all protocols: `externalId` here, `sub` in OIDC, a persistent NameID in SAML. By
 * default the SHA-256, in hex, of the user's id, `-` and the secret; the same user and secret always give the same
 * value.
 *
 * @example
 * ```ts
 * const sub = await subjectId({ id: "42" }, { secret: "of this installation" });
 * ```
 * @throws {TypeError} when the mode is unknown, or `hashed` has no secret
 * @throws {InvalidValueError} when the user lacks the attribute that the mode names
 */
export async function subjectId(user: DirectoryUser, options: SubjectIdOptions = {}): Promise<string> {
  const { mode = "hashed", secret } = options;
  if (mode === "hashed") {
    if (typeof secret !== "string" || secret === "") throw new TypeError('subjectId: the mode "hashed" needs a secret');
    return sha256Hex(`${required(user, "id")}-${secret}`);
  }
  if (!Object.hasOwn(ATTRIBUTES, mode)) {
    throw new TypeError(`subjectId: mode must be "hashed", "${Object.keys(ATTRIBUTES).join('", "')}"`);
  }
  return required(user, ATTRIBUTES[mode]);
}

const ATTRIBUTES: Readonly<Record<Exclude<SubjectMode, "hashed">, string>> = {
  id: "id",
  uuid: "uuid",
  username: "userName",
  email: "emails",
  upn: "upn",
};

function required(user: DirectoryUser, attribute: string): string {
  const value = attribute === "emails" ? emailOf(user) : Object.hasOwn(user, attribute) ? user[attribute] : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new InvalidValueError(`The user ${nameWithId(user.id, labelOf(user))} has no ${attribute} for the subject id`, {
    attribute,
  });
}

/** The primary e-mail address, otherwise the first, otherwise `email`, which simple directories have. */
function emailOf(user: DirectoryUser): unknown {
  const { emails, email } = user;
  if (!Array.isArray(emails)) return email;
  return (emails.find((one) => one.primary === true) ?? emails[0])?.value ?? email;
}
