import * as z from "zod/mini";
import { objectOption } from "../../options/resolve-options.ts";
import type { AnyMapping, Mapping, MappingSide } from "./define-mapping.ts";

const DEFINED_BY: Readonly<Record<MappingSide, string>> = {
  source: "defineSourceUserMapping or defineSourceGroupMapping",
  provider: "defineProviderUserMapping or defineProviderGroupMapping",
};

/** A zod type for the mappings of a source or a provider. It rejects the mappings of the other side by name. */
export function mappingsOption<Side extends MappingSide>(
  side: Side,
  builtIn: readonly Mapping<Side>[],
): z.ZodMiniDefault<z.ZodMiniType<readonly Mapping<Side>[]>> {
  const isOfSide = (mapping: unknown): boolean => [undefined, side].includes((mapping as AnyMapping).side as Side);
  const ofSide = z.refine(isOfSide, {
    error: ({ input }) => {
      const { name, side: other } = input as AnyMapping;
      return `"${name}" is a mapping of a ${other}; define it with ${DEFINED_BY[side]}, or with defineMapping`;
    },
    abort: true,
  });
  const mapping = objectOption<Mapping<Side>>("a mapping made by defineMapping", ["name", "expression", "apply"]);
  return z._default(z.array(mapping.check(ofSide)), [...builtIn]);
}
