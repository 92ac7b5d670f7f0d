import { isScimError } from "../../errors/scim-error.ts";

/** A broken guarantee. */
export class ContractViolation extends Error {
  override readonly name: string = "ContractViolation";
}

/** @throws {ContractViolation} unless `condition` holds */
export function expectThat(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new ContractViolation(promise);
}

/** Compares JSON data by value; the order of members does not matter. @throws {ContractViolation} */
export function expectSame(actual: unknown, expected: unknown, promise: string): void {
  const [is, shouldBe] = [canonical(actual), canonical(expected)];
  if (is !== shouldBe) {
    throw new ContractViolation(`${promise}: expected ${excerpt(shouldBe)}, but got ${excerpt(is)}`);
  }
}

/** Waits for a failure with this `name` and returns it. @throws {ContractViolation} when there is none, or another */
export async function expectScimError(work: Promise<unknown>, name: string, promise: string): Promise<Error> {
  const error = await failureOf(work);
  if (error === undefined) throw new ContractViolation(`${promise}: expected ${name}, but nothing was thrown`);
  if (isScimError(error) && error.name === name) return error;
  throw new ContractViolation(`${promise}: expected ${name}, but ${String(error)} was thrown`, { cause: error });
}

/** Waits for a failure of any kind. @throws {ContractViolation} when there is none */
export async function expectFailure(work: Promise<unknown>, promise: string): Promise<void> {
  if ((await failureOf(work)) === undefined) throw new ContractViolation(`${promise}: nothing was thrown`);
}

/** How many of these succeeded; the others must have failed with this `name`. @throws {ContractViolation} */
export async function countWinners(attempts: readonly Promise<unknown>[], name: string): Promise<number> {
  const outcomes = await Promise.allSettled(attempts);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected" && !(isScimError(outcome.reason) && outcome.reason.name === name)) {
      throw new ContractViolation(`A loser gets ${name}, not ${String(outcome.reason)}`, { cause: outcome.reason });
    }
  }
  return outcomes.filter((outcome) => outcome.status === "fulfilled").length;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error ?? new ContractViolation("The thrown value is not an error");
  }
}

/** JSON text with the members of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

function excerpt(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
