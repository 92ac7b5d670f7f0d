import type { Dialect } from "../patch/dialect.ts";
import { capitalisedOp, quotedBooleans } from "./entra-operations.ts";
import { entraGroupUrn, jsonTextRoles, managerAsString, wrappedScalars } from "./entra-values.ts";
import { grammarTransforms } from "./grammar.ts";
import { legacyUrns } from "./legacy-urns.ts";
import { memberShorthand } from "./member-shorthand.ts";
import { lowerCaseOperations, missingPatchSchemas, missingResourceSchemas } from "./messages.ts";
import { qualifiedKeys } from "./qualified-keys.ts";
import { pathlessReadOnly } from "./read-only.ts";
import { removeWithValue } from "./remove-with-value.ts";
import { dropUnknownAttributes } from "./unknown-attributes.ts";
import { unqualifiedAttributes } from "./unqualified-attributes.ts";
import { numbersAsTexts, numericStrings, singleObjects } from "./values.ts";

/**
 * The quirks of all known identity providers together: one tenant sends several of them. A request without any of them
 * is read exactly as under `strict`.
 *
 * The order matters: names are corrected before they are looked up, and keys become paths before their values are read.
 */
export const compatible: Dialect = Object.freeze({
  name: "compatible",
  transforms: Object.freeze([
    lowerCaseOperations,
    missingPatchSchemas,
    capitalisedOp,
    legacyUrns,
    missingResourceSchemas,
    entraGroupUrn,
    pathlessReadOnly,
    unqualifiedAttributes,
    dropUnknownAttributes,
    qualifiedKeys,
    removeWithValue,
    memberShorthand,
    wrappedScalars,
    singleObjects,
    jsonTextRoles,
    managerAsString,
    quotedBooleans,
    numericStrings,
    numbersAsTexts,
    ...grammarTransforms,
  ]),
});
