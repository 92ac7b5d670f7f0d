import { Environment } from "@marcbachmann/cel-js";
import type { MappingVariables } from "../../expressions/define-mapping.ts";
import { ExpressionError, explained } from "../../expressions/expression-error.ts";
import { plainResult } from "../definitions/plain-result.ts";
import type { Side } from "../definitions/sides.ts";
import { findTarget, place, type Target } from "../definitions/target.ts";
import { checkType } from "./check-type.ts";
import { addFunctions, compilePatterns, type Patterns } from "./functions.ts";
import { CEL_LIMITS } from "./limits.ts";
import { isMissing, Meter } from "./meter.ts";
import { type Reads, readsOf, readsOfAll } from "./reads.ts";
import { checkCalls } from "./tree.ts";
import { type Conversion, declareVariables } from "./typed-values.ts";

/** An expression of one attribute, ready to be evaluated. */
interface Compiled {
  readonly path: string;
  readonly text: string;
  readonly target: Target;
  /** The variables that it reads. */
  readonly reads: Reads;
  readonly evaluate: (variables: Record<string, unknown>) => unknown;
}

/** The expressions of one mapping, by the paths of the attributes that they set. */
export class CompiledAttributes {
  readonly #meter: Meter;
  readonly #conversions: ReadonlyMap<string, Conversion>;
  readonly #expressions: readonly Compiled[];
  readonly #reads: Reads;

  /** @throws {ExpressionError} for the first fault: the attribute, the position in its text, what is wrong and what to do */
  constructor(side: Side, attributes: Readonly<Record<string, string>>) {
    const { depth, nodes } = CEL_LIMITS;
    const environment = new Environment({
      enableOptionalTypes: true,
      homogeneousAggregateLiterals: false,
      limits: { maxDepth: depth, maxAstNodes: nodes },
    });
    const patterns: Patterns = new Map();
    addFunctions(environment, patterns);
    const texts = Object.values(attributes);
    // A type takes a while to declare, and most expressions read few variables.
    const named = [...side.variables].filter(([name]) => texts.some((text) => text.includes(name)));
    this.#conversions = declareVariables(environment, new Map(named));
    this.#meter = new Meter(patterns);
    this.#expressions = Object.entries(attributes).map(([path, text]) =>
      explained(path, text, () => {
        const target = findTarget(side.target, path);
        return { path, text, target, ...this.#compile(environment, { text, target, patterns, side }) };
      }),
    );
    this.#reads = readsOfAll(this.#expressions.map(({ reads }) => reads));
  }

  /** The part of the result that the expressions give: what is missing is left out. @throws {ExpressionError} */
  evaluate(variables: MappingVariables): Record<string, unknown> {
    this.#meter.reset();
    const converted = new Map<string, unknown>();
    const result: Record<string, unknown> = {};
    for (const { path, text, target, reads, evaluate } of this.#expressions) {
      const value = explained(path, text, () => {
        const seen: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
        for (const name of reads.keys()) seen[name] = this.#variable(name, variables, converted);
        return this.#run(() => plainResult(evaluate(seen), target.shape));
      });
      if (value !== undefined) place(result, target.keys, value);
    }
    return result;
  }

  #compile(
    environment: Environment,
    given: { readonly text: string; readonly target: Target; readonly patterns: Patterns; readonly side: Side },
  ): Pick<Compiled, "reads" | "evaluate"> {
    const { text, target, patterns, side } = given;
    if (text.length > CEL_LIMITS.length) {
      throw new ExpressionError(
        `an expression has at most ${CEL_LIMITS.length} characters; this one has ${text.length}`,
        { position: 0 },
      );
    }
    const parsed = environment.parse(text);
    checkCalls(parsed.ast);
    const { valid, type = "dyn", error } = parsed.check();
    if (!valid) throw withHint(error, side);
    checkType(type, target.shape, parsed.ast);
    compilePatterns(parsed.ast, patterns);
    this.#meter.watch(parsed.ast);
    return { reads: readsOf(parsed.ast, this.#conversions), evaluate: (variables) => parsed(variables) as unknown };
  }

  #variable(name: string, variables: MappingVariables, converted: Map<string, unknown>): unknown {
    if (converted.has(name)) return converted.get(name);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    const own =
      value === undefined || value === null
        ? undefined
        : this.#conversions.get(name)?.(value, name, this.#reads.get(name));
    converted.set(name, own);
    return own;
  }

  /** Undefined where something that the expression reads is missing. */
  #run(evaluate: () => unknown): unknown {
    try {
      const value = evaluate();
      if (this.#meter.fault !== undefined) throw this.#meter.fault;
      return value;
    } catch (error) {
      if (this.#meter.fault !== undefined) throw this.#meter.fault;
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/** What to do about an error of the type checker, where its own text does not say it. */
function withHint(error: unknown, side: Side): unknown {
  const { code, summary, range } = error as { code?: string; summary?: string; range?: { readonly start: number } };
  if (code === "no_such_key") {
    return new ExpressionError(`${summary}; if the directory has it, declare it in "properties"`, {
      position: range?.start,
      cause: error,
    });
  }
  if (code !== "unknown_variable") return error;
  const names = [...side.variables.keys()].join(", ");
  return new ExpressionError(`${summary}; there are ${names}`, { position: range?.start, cause: error });
}
