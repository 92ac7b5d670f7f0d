const CHANGES = "a mapping gives the same for the same object each time";
const DATES = "its pictures of dates can take too long; send dates as the directory has them";

/** Functions of JSONata that expressions may not use, with the reason or what to use instead. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ["eval", "write what it evaluates as an expression"],
  ["toMillis", DATES],
  ["fromMillis", DATES],
  ["now", CHANGES],
  ["millis", CHANGES],
  ["random", CHANGES],
  ["shuffle", CHANGES],
  ["parseInteger", "use $number()"],
  ["formatInteger", "use $string()"],
]);
