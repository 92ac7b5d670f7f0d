import type { ExpressionLanguage, Mapping, MappingSide } from "../../expressions/define-mapping.ts";
import {
  type AttributeMappingOptions,
  attributeMapping,
  definitionsOf,
  type LanguageOptions,
  named,
} from "../definitions/attribute-mapping.ts";
import { CompiledAttributes } from "./compile.ts";
import type { JsonataWorker } from "./jsonata-worker.ts";
import { ThreadQueue } from "./thread-queue.ts";

/** Options of `jsonataMapping`. */
export interface JsonataMappingOptions<Side extends MappingSide> extends AttributeMappingOptions<Side> {
  /** Where it is evaluated: one worker for all mappings. */
  readonly worker: JsonataWorker;
}

/** Options of `jsonataLanguage`. */
export interface JsonataLanguageOptions extends LanguageOptions {
  /** Where its expressions are evaluated: one worker for all mappings. */
  readonly worker: JsonataWorker;
}

/**
 * Defines a mapping of which each attribute is an expression in JSONata (https://jsonata.org), kept as text. An expression
 * that gives nothing leaves its attribute out; `null` clears it.
 *
 * Syntax, functions and names are checked here. The expressions run in a thread with limits, so that an expression that is
 * wrong ends. JSONata is a programming language: let only operators write it, and use `celMapping` for what customers
 * write.
 *
 * @example
 * ```ts
 * jsonataMapping({
 *   name: "acme: names",
 *   side: "provider",
 *   worker: jsonataWorker(),
 *   properties: { surname: "string" },
 *   attributes: { "name.familyName": "user.surname", userName: "$lowercase(user.userName)" },
 * });
 * ```
 * @throws {ExpressionError} when an expression has a fault: it names the mapping, the attribute and the position, and says
 * what to do
 * @throws {TypeError} when an option is missing or wrong
 */
export function jsonataMapping<Side extends MappingSide>(options: JsonataMappingOptions<Side>): Mapping<Side> {
  return attributeMapping("jsonataMapping", options, (definitions, attributes) => {
    const compiled = new CompiledAttributes(definitions, attributes, queueOf(options.worker));
    return (variables) => compiled.evaluate(variables);
  });
}

/**
 * JSONata as the language of a mapping of `defineMapping`: one expression that gives all attributes as an object, such as
 * `{"title": user.job}`. It is checked and bounded as those of `jsonataMapping`.
 *
 * @throws {TypeError} when an option is wrong
 */
export function jsonataLanguage(options: JsonataLanguageOptions): ExpressionLanguage {
  const [definitions, queue] = named("jsonataLanguage", () => [definitionsOf(options), queueOf(options.worker)]);
  return {
    name: "JSONata",
    compile: (source) => {
      const compiled = new CompiledAttributes(definitions, { "": source }, queue);
      return async (variables) => (await compiled.evaluate(variables))[""];
    },
  };
}

function queueOf(worker: unknown): ThreadQueue {
  if (worker instanceof ThreadQueue) return worker;
  throw new TypeError("worker must be made by jsonataWorker()");
}
