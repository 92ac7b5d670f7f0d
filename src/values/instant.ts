/** xsd:dateTime with date and time (RFC 7643 section 2.3.5). */
const DATE_TIME =
  /^-?[0-9]{4,9}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?$/;

const DAY = 86_400_000;
const MINUTE = 60_000;
const ZERO = 0x30;
/** The largest offset of xsd:dateTime, in minutes. */
const MAX_OFFSET = 14 * 60;

/**
 * The instant that a dateTime of RFC 7643 section 2.3.5 names, in milliseconds since 1970 with fractions; undefined for
 * anything else. Exact to the microsecond. Without an offset it is taken for UTC, whatever the zone of the machine.
 */
export function instantOf(text: string): number | undefined {
  if (!DATE_TIME.test(text)) return undefined;
  const dash = text.indexOf("-", 1);
  const days = daysSince1970(Number(text.slice(0, dash)), digits(text, dash + 1), digits(text, dash + 4));
  const seconds = timeOfDay(digits(text, dash + 7), digits(text, dash + 10), digits(text, dash + 13));
  if (days === undefined || seconds === undefined) return undefined;
  const zone = zoneOf(text, dash + 15);
  const fraction = zone === dash + 15 ? 0 : Number(text.slice(dash + 15, zone));
  const offset = offsetAt(text, zone);
  if (offset === undefined || (seconds === DAY / 1000 && fraction > 0)) return undefined;
  // Whole numbers first, so that the same instant has the same result with every offset.
  return days * DAY + seconds * 1000 - offset * MINUTE + fraction * 1000;
}

/** The number written in the two digits at `start`. */
function digits(text: string, start: number): number {
  return (text.charCodeAt(start) - ZERO) * 10 + text.charCodeAt(start + 1) - ZERO;
}

/** The position of the offset, `Z` or the end, after the seconds and their fraction, if any. */
function zoneOf(text: string, start: number): number {
  if (text[start] !== ".") return start;
  let end = start + 1;
  while (text.charCodeAt(end) >= ZERO && text.charCodeAt(end) <= ZERO + 9) end += 1;
  return end;
}

/** Minutes east of UTC. */
function offsetAt(text: string, zone: number): number | undefined {
  const sign = text[zone];
  if (sign !== "+" && sign !== "-") return 0;
  const minutes = digits(text, zone + 4);
  const offset = digits(text, zone + 1) * 60 + minutes;
  if (minutes > 59 || offset > MAX_OFFSET) return undefined;
  return sign === "-" ? -offset : offset;
}

/** Counts in the proleptic Gregorian calendar; years begin in March here, so that a leap day is the last day. */
function daysSince1970(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  const years = month > 2 ? year : year - 1;
  const daysOfYears = 365 * years + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return daysOfYears + Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 719_469;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Seconds since midnight; 24:00:00 is the end of the day. */
function timeOfDay(hour: number, minute: number, second: number): number | undefined {
  const seconds = (hour * 60 + minute) * 60 + second;
  return minute > 59 || second > 59 || seconds > DAY / 1000 ? undefined : seconds;
}
