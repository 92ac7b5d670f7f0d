import {
  InvalidFilterError,
  InvalidPathError,
  InvalidSyntaxError,
  InvalidValueError,
  MutabilityError,
  NoTargetError,
} from "../errors/request-errors.ts";

/** Runs a step of one operation; a fault of the request gets the operation's place in the request, from 0, put before it. */
export function inOperation<T>(index: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw placed(error, `Operations[${index}]: `);
  }
}

function placed(error: unknown, place: string): unknown {
  const { detail, cause } = { detail: placeDetail(error, place), cause: error };
  if (error instanceof InvalidValueError) return new InvalidValueError(detail, { cause, attribute: error.attribute });
  if (error instanceof InvalidPathError) {
    return new InvalidPathError(detail, { cause, path: error.path, position: error.position });
  }
  if (error instanceof InvalidFilterError) return new InvalidFilterError(detail, { cause, position: error.position });
  if (error instanceof NoTargetError) return new NoTargetError(detail, { cause, path: error.path });
  if (error instanceof MutabilityError) return new MutabilityError(error.attribute, detail, { cause });
  if (error instanceof InvalidSyntaxError) return new InvalidSyntaxError(detail, { cause });
  return error;
}

function placeDetail(error: unknown, place: string): string {
  return error instanceof Error ? place + error.message : place;
}
