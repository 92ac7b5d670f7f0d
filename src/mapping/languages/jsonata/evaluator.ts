import jsonata from "jsonata";
import { guardedFunctions } from "./guarded-functions.ts";
import { JSONATA_LIMITS } from "./limits.ts";
import { Meter } from "./meter.ts";
import { plainOutput } from "./plain-output.ts";
import { regexEngine } from "./regular-expressions.ts";
import type { ThreadRequest, ThreadResponse } from "./thread-messages.ts";

/** The name under which JSONata looks up what it calls after each node. */
const AFTER_NODE = Symbol.for("jsonata.__evaluate_exit");

/** Evaluates requests one after another, each within the limits. */
export class Evaluator {
  readonly #meter: Meter;
  readonly #functions: ReadonlyMap<string, unknown>;
  readonly #engine: RegExpConstructor;
  readonly #compiled = new Map<string, jsonata.Expression>();

  private constructor(meter: Meter, functions: ReadonlyMap<string, unknown>) {
    this.#meter = meter;
    this.#functions = functions;
    // Its type asks for all of JavaScript's own class; JSONata uses the constructor, exec() and lastIndex.
    this.#engine = regexEngine(meter) as unknown as RegExpConstructor;
  }

  /** An evaluator with JSONata's own functions replaced where they have no limit. */
  static async create(): Promise<Evaluator> {
    const meter = new Meter();
    return new Evaluator(meter, await guardedFunctions(meter));
  }

  async evaluate({ id, texts, input }: ThreadRequest): Promise<ThreadResponse> {
    this.#meter.reset();
    const variables: unknown = JSON.parse(input);
    const values: [number, unknown][] = [];
    for (const [index, text] of texts.entries()) {
      try {
        const value = plainOutput(await this.#compile(text).evaluate(variables));
        if (value !== undefined) values.push([index, value]);
      } catch (error) {
        return { id, failed: index, ...faultOf(error) };
      }
    }
    return { id, values: JSON.stringify(values) };
  }

  #compile(text: string): jsonata.Expression {
    const known = this.#compiled.get(text);
    if (known !== undefined) return known;
    const { stack, elements, compiled } = JSONATA_LIMITS;
    const expression = jsonata(text, { stack, sequence: elements, RegexEngine: this.#engine });
    for (const [name, definition] of this.#functions) expression.assign(name, definition);
    const afterNode = (_node: unknown, _input: unknown, _environment: unknown, value: unknown): void =>
      this.#meter.count(value);
    // Its declaration knows no symbols as names, which the evaluator looks this one up by.
    expression.assign(AFTER_NODE as unknown as string, afterNode);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size >= compiled && oldest !== undefined) this.#compiled.delete(oldest);
    this.#compiled.set(text, expression);
    return expression;
  }
}

function faultOf(error: unknown): { readonly message: string; readonly position: number | undefined } {
  const { message, position } = (typeof error === "object" && error !== null ? error : {}) as {
    readonly message?: unknown;
    readonly position?: unknown;
  };
  return {
    message: typeof message === "string" ? message : String(error),
    position: typeof position === "number" ? position : undefined,
  };
}
