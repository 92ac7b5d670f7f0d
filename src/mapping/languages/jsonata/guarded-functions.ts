import jsonata from "jsonata";
import { JSONATA_LIMITS } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { plainOutput } from "./plain-output.ts";
import { REFUSED } from "./refused.ts";

/** A function of JSONata as its evaluator keeps it. */
interface Definition {
  readonly implementation: (this: unknown, ...given: unknown[]) => unknown;
}

type Check = (given: readonly unknown[], meter: Meter) => void;

/** What is checked before functions that run long, or give much, without evaluating anything. */
const CHECKS: Readonly<Record<string, Check>> = {
  contains: checkArgument,
  split: checkArgument,
  replace: checkArgument,
  substringBefore: checkArgument,
  substringAfter: checkArgument,
  pad: ([, width], meter) => meter.checkText(Math.abs(Number(width))),
  join: ([list, separator], meter) => {
    const texts = Array.isArray(list) ? list.map(String) : [];
    meter.checkText(texts.reduce((total, text) => total + text.length + String(separator ?? "").length, 0));
  },
  string: ([value]) => checkSize(value),
  clone: ([value]) => checkSize(value),
};

/** The functions of JSONata that are replaced, by their names: with a check of what they are given, or by an error. */
export async function guardedFunctions(meter: Meter): Promise<ReadonlyMap<string, unknown>> {
  const guarded = new Map<string, unknown>();
  for (const [name, check] of Object.entries(CHECKS)) {
    const definition = (await jsonata(`$${name}`).evaluate(undefined)) as Definition;
    const implementation: Definition["implementation"] = function (...given) {
      check(given, meter);
      return definition.implementation.apply(this, given);
    };
    guarded.set(name, withArguments(definition, implementation));
  }
  for (const name of REFUSED.keys()) {
    guarded.set(name, {
      _jsonata_function: true,
      implementation: () => {
        throw new TypeError(`$${name}() cannot be used here`);
      },
    });
  }
  return guarded;
}

/** The definition with another implementation. The evaluator reads number and names of its parameters. */
function withArguments(definition: Definition, implementation: Definition["implementation"]): unknown {
  Object.defineProperties(implementation, {
    length: { value: definition.implementation.length },
    toString: { value: () => String(definition.implementation) },
  });
  return { ...definition, implementation };
}

function checkArgument([, searched]: readonly unknown[]): void {
  if (typeof searched !== "string" || searched.length <= JSONATA_LIMITS.argument) return;
  throw new RangeError(`a text that is searched for has at most ${JSONATA_LIMITS.argument} characters`);
}

function checkSize(value: unknown): void {
  plainOutput(value, true);
}
