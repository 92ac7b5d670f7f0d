import type { MappingVariables } from "../../expressions/define-mapping.ts";
import { ExpressionError, explained, expressionError } from "../../expressions/expression-error.ts";
import { plainResult } from "../definitions/plain-result.ts";
import type { Shape } from "../definitions/shape.ts";
import type { Side } from "../definitions/sides.ts";
import { findTarget, place, type Target } from "../definitions/target.ts";
import { checkNames } from "./check-names.ts";
import { parseExpression } from "./parse.ts";
import { jsonOfVariables } from "./plain-variables.ts";
import type { ThreadQueue } from "./thread-queue.ts";

/** An expression of one attribute, checked. */
interface Checked {
  readonly path: string;
  readonly text: string;
  readonly target: Target;
}

/** The expressions of one mapping, by the paths of the attributes that they set. */
export class CompiledAttributes {
  readonly #variables: ReadonlyMap<string, Shape>;
  readonly #expressions: readonly Checked[];
  readonly #texts: readonly string[];
  readonly #queue: ThreadQueue;

  /** @throws {ExpressionError} for the first fault: the attribute, the position in its text, what is wrong and what to do */
  constructor({ variables, target: whole }: Side, attributes: Readonly<Record<string, string>>, queue: ThreadQueue) {
    this.#variables = variables;
    this.#queue = queue;
    this.#expressions = Object.entries(attributes).map(([path, text]) =>
      explained(path, text, () => {
        const target = findTarget(whole, path);
        checkNames(parseExpression(text), { text, variables, target: target.shape });
        return { path, text, target };
      }),
    );
    this.#texts = this.#expressions.map(({ text }) => text);
  }

  /** The part of the result that the expressions give: what they do not give is left out. @throws {ExpressionError} */
  async evaluate(variables: MappingVariables): Promise<Record<string, unknown>> {
    const response = await this.#queue.evaluate(this.#texts, jsonOfVariables(variables, this.#variables, this.#texts));
    if ("failed" in response) throw this.#fault(response.failed, response.message, response.position);
    const result: Record<string, unknown> = {};
    for (const [index, value] of JSON.parse(response.values) as [number, unknown][]) {
      const expression = this.#expressions[index];
      if (expression === undefined) continue;
      const { path, text, target } = expression;
      const plain = explained(path, text, () => plainResult(asList(value, target.shape), target.shape));
      if (plain !== undefined) place(result, target.keys, plain);
    }
    return result;
  }

  #fault(index: number, message: string, position: number | undefined): unknown {
    const { path = "", text = "" } = this.#expressions[index] ?? {};
    // The evaluator tells where the symbol ends that it was at.
    const at = position === undefined ? undefined : Math.max(position - 1, 0);
    return expressionError(path, text, new ExpressionError(message, { position: at }));
  }
}

/** A list of one element is the element itself in JSONata, so an attribute with several values takes it as a list. */
function asList(value: unknown, shape: Shape): unknown {
  if (shape.many) return value === null || Array.isArray(value) ? value : [value];
  if (shape.kind !== "complex" || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => {
      const own = shape.parts.get(key);
      return [key, own === undefined ? part : asList(part, own)];
    }),
  );
}
