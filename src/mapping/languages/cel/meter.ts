import type { ASTNode } from "@marcbachmann/cel-js";
import { ExpressionError } from "../../expressions/expression-error.ts";
import type { Patterns } from "./functions.ts";
import { CEL_LIMITS } from "./limits.ts";
import { type Call, callOf, childrenOf, isMacro } from "./tree.ts";

/** Characters of a text that count as one unit of work. */
const CHARACTERS = 32;

/** Conditions of these macros are false where an attribute that they read is missing. */
const CONDITIONS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "filter"]);

/** Methods whose work is that of comparing a text with an argument at every position. */
const SEARCHES: ReadonlySet<string> = new Set(["contains", "indexOf", "lastIndexOf", "split", "replace"]);

/** The codes of errors of the evaluator for a value that is not there. */
const MISSING: ReadonlySet<unknown> = new Set(["no_such_key", "unknown_variable", "index_out_of_bounds"]);

/** Whether an expression failed because something that it reads is missing. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && MISSING.has(error.code);
}

/** The method by which the evaluator computes the value of a node. */
type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown;

interface Evaluated {
  evaluate: Evaluate;
}

interface Watched {
  /** The evaluator's own method. */
  method: Evaluate;
  readonly seen: ((value: unknown) => void)[];
  /** Whether the node is false where something that it reads is missing. */
  isCondition: boolean;
}

/**
 * Counts the work of one evaluation of a mapping, and ends it at the limit: the evaluator itself bounds only the text of an
 * expression. Lists and texts are counted before other functions go through them.
 */
export class Meter {
  #work = 0;
  #fault: ExpressionError | undefined;
  #sizes = new WeakMap<object, number>();
  readonly #patterns: Patterns;
  readonly #nodes = new Map<ASTNode, Watched>();

  constructor(patterns: Patterns) {
    this.#patterns = patterns;
  }

  /** Starts an evaluation. */
  reset(): void {
    this.#work = 0;
    this.#fault = undefined;
    this.#sizes = new WeakMap();
  }

  /** The limit that was exceeded, which an operator such as `||` may have hidden. */
  get fault(): ExpressionError | undefined {
    return this.#fault;
  }

  /** Counts the work of a checked expression from now on. @throws {TypeError} for another version of the evaluator */
  watch(node: ASTNode): void {
    for (const child of childrenOf(node)) this.watch(child);
    this.#wrap(node, (value) => this.#charge(this.#size(value), node));
    const call = callOf(node);
    if (call?.receiver === undefined) return;
    if (isMacro(call)) this.#watchMacro(call, call.receiver);
    else this.#watchMethod(call, call.receiver);
  }

  #watchMacro(call: Call, receiver: ASTNode): void {
    this.#wrap(receiver, (value) => {
      const length = Array.isArray(value) ? value.length : 0;
      if (length <= CEL_LIMITS.elements) return;
      this.#fail(`${call.name}() goes through at most ${CEL_LIMITS.elements} elements; there are ${length}`, receiver);
    });
    const condition = call.arguments[1];
    const isCondition = CONDITIONS.has(call.name) || call.arguments.length === 3;
    if (condition !== undefined && isCondition) this.#falseIfMissing(condition);
  }

  /** Texts are searched in linear time only where what is searched for is short. */
  #watchMethod({ name, arguments: given }: Call, receiver: ASTNode): void {
    let length = 0;
    this.#wrap(receiver, (value) => {
      length = typeof value === "string" ? value.length : Array.isArray(value) ? value.length : 0;
    });
    for (const argument of given) {
      this.#wrap(argument, (value) => {
        if (typeof value !== "string") return;
        const isLong = value.length > CEL_LIMITS.argument && (SEARCHES.has(name) || name === "join");
        if (isLong) this.#fail(`${name}() takes a text of at most ${CEL_LIMITS.argument} characters`, argument);
        if (SEARCHES.has(name) || name === "join") this.#charge(length * (1 + value.length / 256), argument);
        if (name === "like") this.#charge(length * ((this.#patterns.get(value)?.programSize() ?? 0) / 16), argument);
      });
    }
  }

  #falseIfMissing(node: ASTNode): void {
    this.#watched(node).isCondition = true;
  }

  /** Calls `seen` with each value of a node. */
  #wrap(node: ASTNode, seen: (value: unknown) => void): void {
    this.#watched(node).seen.push(seen);
  }

  /** What is watched of a node. The first call replaces the method of the evaluator. */
  #watched(node: ASTNode): Watched {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const own = node as unknown as Evaluated;
    if (typeof own.evaluate !== "function")
      throw new TypeError("this version of @marcbachmann/cel-js is not supported");
    const watched: Watched = { method: own.evaluate, seen: [], isCondition: false };
    const evaluate: Evaluate = (evaluator, self, context) => {
      if (this.#fault !== undefined) throw this.#fault;
      const value = this.#run(watched, () => {
        try {
          return watched.method.call(node, evaluator, self, context);
        } finally {
          // The first evaluation of a node replaces its method by a faster one.
          if (own.evaluate !== evaluate) watched.method = own.evaluate;
          own.evaluate = evaluate;
        }
      });
      for (const seen of watched.seen) seen(value);
      return value;
    };
    own.evaluate = evaluate;
    this.#nodes.set(node, watched);
    return watched;
  }

  #run(watched: Watched, evaluate: () => unknown): unknown {
    if (!watched.isCondition) return evaluate();
    try {
      return evaluate();
    } catch (error) {
      if (this.#fault === undefined && isMissing(error)) return false;
      throw error;
    }
  }

  #charge(units: number, node: ASTNode): void {
    if (this.#fault !== undefined) throw this.#fault;
    if (units > CEL_LIMITS.value) this.#fail("the value computed here is too large", node);
    this.#work += 1 + units;
    if (this.#work > CEL_LIMITS.work) {
      this.#fail("the expression does too much work for one object; make it simpler, or its lists shorter", node);
    }
  }

  #fail(message: string, node: ASTNode): never {
    this.#fault ??= new ExpressionError(message, { position: node.start });
    throw this.#fault;
  }

  /** The size of a value with all that is in it. A part that is in it several times counts several times. */
  #size(value: unknown): number {
    if (typeof value === "string") return value.length / CHARACTERS;
    if (typeof value !== "object" || value === null) return 0;
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    let size = 0;
    for (const part of partsOf(value)) size += 1 + this.#size(part);
    this.#sizes.set(value, size);
    return size;
  }
}

/** What is in a list or in a map. Objects of variables are as large as the application made them: they count as one. */
function partsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.values(value) : [];
}
