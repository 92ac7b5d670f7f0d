import { InvalidValueError } from "../../errors/request-errors.ts";
import { SHORT_ENTERPRISE_URN, URN } from "../../protocol/urns.ts";
import type { MappingVariables } from "./define-mapping.ts";
import { frozenCopy, isPlainObject, tellingKeys } from "./plain-data.ts";

/** The variable that holds the whole object. */
const WHOLE = "scim";

/**
 * The variables that the mappings of a source see: each top-level attribute under its own name, and the whole object as
 * `scim`. The Enterprise extension has its short name too: `urn_scim_schemas_extension_enterprise_2_0`.
 *
 * They are frozen copies: an expression cannot change the resource. An attribute that is not there is `undefined`.
 *
 * @throws {InvalidValueError} when two attributes would become the same variable; it names both
 * @throws {TypeError} when the resource is not plain data, or nests more than 64 levels deep
 */
export function sourceVariables(resource: Readonly<Record<string, unknown>>): MappingVariables {
  const whole = frozenCopy(resource);
  if (!isPlainObject(whole)) throw new TypeError("sourceVariables: the resource must be a plain object");
  // Without a prototype, `constructor` is not a variable unless the resource has an attribute of that name.
  const variables: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const attributes = new Map<string, string>();
  for (const attribute of tellingKeys(whole)) {
    const variable = variableName(attribute);
    const other = attributes.get(variable);
    if (variable === WHOLE || other !== undefined) {
      const rival = other === undefined ? `the whole object, "${WHOLE}"` : `"${other}"`;
      throw new InvalidValueError(`The attribute "${attribute}" and ${rival} would be the same variable of a mapping`, {
        attribute,
      });
    }
    attributes.set(variable, attribute);
    variables[variable] = whole[attribute];
  }
  variables[WHOLE] = whole;
  const short = variableName(SHORT_ENTERPRISE_URN);
  if (whole[URN.enterpriseUser] !== undefined) variables[short] ??= whole[URN.enterpriseUser];
  return Object.freeze(variables);
}

/**
 * The variable of an attribute: what is not a letter of ASCII, a digit or `_` becomes `_`, a digit at the beginning
 * too. So the enterprise extension is `urn_ietf_params_scim_schemas_extension_enterprise_2_0_User`.
 */
export function variableName(attribute: string): string {
  return attribute.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^[0-9]/, "_");
}
