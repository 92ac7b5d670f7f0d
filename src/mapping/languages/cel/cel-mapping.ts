import type { ExpressionLanguage, Mapping, MappingSide } from "../../expressions/define-mapping.ts";
import {
  type AttributeMappingOptions,
  attributeMapping,
  definitionsOf,
  type LanguageOptions,
  named,
} from "../definitions/attribute-mapping.ts";
import { CompiledAttributes } from "./compile.ts";

/**
 * Defines a mapping of which each attribute is an expression in CEL (https://cel.dev), kept as text. An expression that
 * reads something that is missing leaves its attribute out; `null` clears it.
 *
 * Expressions are checked against the definitions of both sides here, not when they run. They reach nothing but their
 * variables, and each evaluation is bounded, so text that customers write can be used.
 *
 * @example
 * ```ts
 * celMapping({
 *   name: "acme: names",
 *   side: "provider",
 *   properties: { surname: "string" },
 *   attributes: { "name.familyName": "user.surname", userName: "user.userName.lowerAscii()" },
 * });
 * ```
 * @throws {ExpressionError} when an expression has a fault: it names the mapping, the attribute and the position, and says
 * what to do
 * @throws {TypeError} when an option is missing or wrong
 */
export function celMapping<Side extends MappingSide>(options: AttributeMappingOptions<Side>): Mapping<Side> {
  return attributeMapping("celMapping", options, (definitions, attributes) => {
    const compiled = new CompiledAttributes(definitions, attributes);
    return (variables) => compiled.evaluate(variables);
  });
}

/**
 * CEL as the language of a mapping of `defineMapping`: one expression that gives all attributes as a map, such as
 * `{"title": user.job}`. It is checked and bounded as those of `celMapping`; if anything that it reads is missing, it
 * gives nothing.
 *
 * @throws {TypeError} when an option is wrong
 */
export function celLanguage(options: LanguageOptions): ExpressionLanguage {
  const definitions = named("celLanguage", () => definitionsOf(options));
  return {
    name: "CEL",
    compile: (source) => {
      const compiled = new CompiledAttributes(definitions, { "": source });
      return (variables) => compiled.evaluate(variables)[""];
    },
  };
}
