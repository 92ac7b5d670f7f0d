import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { defineResourceTypes } from "../../src/schema/discovery/define-resource-types.ts";
import resourceTypes from "./fixtures/everything-resource-types.json" with { type: "json" };
import schemas from "./fixtures/everything-schemas.json" with { type: "json" };

/** The type's own schema. */
export const EVERYTHING = "urn:example:params:scim:schemas:core:2.0:Everything";
/** An extension that need not be there. */
export const EXTRA = "urn:example:params:scim:schemas:extension:Extra:2.1:Everything";
/** An extension that must be there. */
export const MUST = "urn:example:params:scim:schemas:extension:must:Everything";

const [type] = defineResourceTypes({ resourceTypes, schemas });
if (type === undefined) throw new TypeError("no type");

/** A type with every attribute type and characteristic at every level, read from what another server publishes. */
export const everythingType: ResourceType = type;
