import { shortened } from "../../../values/shortened.ts";

/** What is wrong in an expression, and where: `position` counts characters from 0. */
export class CelFault extends TypeError {
  override readonly name: string = "CelFault";
  readonly position: number | undefined;

  constructor(message: string, position: number | undefined, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.position = position;
  }
}

/** A sentence about a fault of the expression `text`. */
export function sentence(fault: unknown, text: string): string {
  const { position, what } = partsOf(fault);
  const place = position === undefined ? "" : ` (at character ${position} of: ${shortened(text, 120)})`;
  return `${what}${place}`;
}

function partsOf(fault: unknown): { readonly position: number | undefined; readonly what: string } {
  if (fault instanceof CelFault) return { position: fault.position, what: fault.message };
  // An error of the parser, the type checker or the evaluator.
  const { summary, range, message } = fault as {
    readonly summary?: string;
    readonly range?: { readonly start: number };
    readonly message?: string;
  };
  return { position: range?.start, what: summary ?? message ?? String(fault) };
}
