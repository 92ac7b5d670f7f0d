import { shortened } from "../../values/shortened.ts";

/** What is known about a fault of an expression. */
export interface ExpressionErrorOptions {
  /** The path of the attribute whose expression it is. */
  readonly attribute?: string;
  /** Where it is in the text, in characters from 0; undefined if it is not in a single place. */
  readonly position?: number;
  readonly cause?: unknown;
}

/**
 * An expression that is kept as text is wrong, or failed for an object. The text names the attribute, the position and what
 * to do, and the mapping where it is thrown by `celMapping` or `jsonataMapping`.
 */
export class ExpressionError extends TypeError {
  override readonly name: string = "ExpressionError";
  /** The path of the attribute; undefined if it is not known. */
  readonly attribute: string | undefined;
  /** In characters from 0; undefined if the fault is not in a single place of the text. */
  readonly position: number | undefined;

  constructor(detail: string, options: ExpressionErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.attribute = options.attribute;
    this.position = options.position;
  }
}

/** Adds the attribute and the position in its text to an error of an expression. */
export function explained<T>(attribute: string, text: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw expressionError(attribute, text, cause);
  }
}

/** The error for the expression `text` of an attribute, from one of the parser, the type checker, the evaluator or ours. */
export function expressionError(attribute: string, text: string, cause: unknown): ExpressionError {
  const { position, what } = partsOf(cause);
  const subject = attribute === "" ? "" : `attribute "${attribute}": `;
  const place = position === undefined ? "" : ` (at character ${position} of: ${shortened(text, 120)})`;
  return new ExpressionError(`${subject}${what}${place}`, { attribute: attribute || undefined, position, cause });
}

function partsOf(cause: unknown): { readonly position: number | undefined; readonly what: string } {
  if (cause instanceof ExpressionError) return { position: cause.position, what: cause.message };
  const { summary, range, message } = cause as {
    readonly summary?: string;
    readonly range?: { readonly start: number };
    readonly message?: string;
  };
  return { position: range?.start, what: summary ?? message ?? String(cause) };
}
