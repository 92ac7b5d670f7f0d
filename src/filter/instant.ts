/** xsd:dateTime with date and time (RFC 7643 section 2.3.5). */
const DATE_TIME =
  /^(-?[0-9]{4,9})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))?$/;

const DAY = 86_400_000;
const MINUTE = 60_000;

/**
 * The instant that a dateTime of RFC 7643 section 2.3.5 names, in milliseconds since 1970 with fractions; undefined for
 * anything else. Exact to the microsecond. Without an offset it is taken for UTC, whatever the zone of the machine.
 */
export function instantOf(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes] = match;
  const days = daysSince1970(Number(year), Number(month), Number(day));
  const time = timeOfDay(Number(hour), Number(minute), Number(second), Number(fraction ?? 0));
  if (days === undefined || time === undefined) return undefined;
  if (sign === undefined) return days * DAY + time;
  const offset = Number(offsetHours) * 60 + Number(offsetMinutes);
  if (offset > 14 * 60 || Number(offsetMinutes) > 59) return undefined;
  return days * DAY + time - (sign === "-" ? -offset : offset) * MINUTE;
}

/** Counts in the calendar that has always been Gregorian; years begin in March here, so that a leap day comes last. */
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

function timeOfDay(hour: number, minute: number, second: number, fraction: number): number | undefined {
  const isEndOfDay = hour === 24 && minute === 0 && second === 0 && fraction === 0;
  if ((hour > 23 && !isEndOfDay) || minute > 59 || second > 59) return undefined;
  return (hour * 60 + minute) * MINUTE + second * 1000 + fraction * 1000;
}
