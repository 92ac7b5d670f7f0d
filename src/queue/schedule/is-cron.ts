/** The largest number of each field: minute, hour, day of the month, month, day of the week. */
const LARGEST: readonly number[] = [59, 23, 31, 12, 7];
const NAMES = /JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT/gi;

/**
 * Whether a value looks like a cron expression of five fields. This finds wrong words and numbers when options are read;
 * `parseCron`, whose library is loaded only when a schedule begins, refuses the rest.
 */
export function isCron(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const fields = value.trim().split(/\s+/);
  return fields.length === LARGEST.length && fields.every((field, index) => isField(field, LARGEST[index] ?? 0));
}

function isField(field: string, largest: number): boolean {
  if (!/^[\d*?,/#+LW-]+$/i.test(field.replace(NAMES, "1"))) return false;
  const numbers = field.replace(/\/\d+/g, "").match(/\d+/g) ?? [];
  return numbers.every((number) => Number(number) <= largest);
}
