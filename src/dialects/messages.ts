import type { Transform } from "../patch/dialect.ts";
import { URN } from "../protocol/urns.ts";
import { indexOf } from "../schema/attributes/attribute-index.ts";
import { LINKS } from "./links.ts";

/** `operations`, or any other case, for `Operations`. */
export const lowerCaseOperations: Transform = {
  name: "lower-case-operations",
  why: "Some clients write the name of the list of operations in lower case.",
  link: LINKS.entraScim,
  message: (body) => {
    if (Object.hasOwn(body, "Operations")) return undefined;
    const name = Object.keys(body).find((key) => key.toLowerCase() === "operations");
    if (name === undefined) return undefined;
    const { [name]: operations, ...rest } = body;
    return { ...rest, Operations: operations };
  },
};

/** A PATCH without `schemas`. */
export const missingPatchSchemas: Transform = {
  name: "missing-patch-schemas",
  why: "authentik omits schemas when it patches a group.",
  link: LINKS.authentik,
  message: (body) =>
    isMissing(body.schemas) && Array.isArray(body.Operations) ? { ...body, schemas: [URN.patchOp] } : undefined,
};

/** A POST or PUT without `schemas`. */
export const missingResourceSchemas: Transform = {
  name: "missing-resource-schemas",
  why: "Some clients omit schemas in a resource; the endpoint shows what it is.",
  link: LINKS.oneLogin,
  resource: (resource, { type }) => {
    if (!isMissing(resource.schemas)) return undefined;
    const { schemas } = indexOf(type);
    const extensions = Object.keys(resource).flatMap((name) => schemas.get(name.toLowerCase())?.extension ?? []);
    return { ...resource, schemas: [type.schema.id, ...extensions] };
  },
};

function isMissing(schemas: unknown): boolean {
  return schemas === undefined || schemas === null || (Array.isArray(schemas) && schemas.length === 0);
}
