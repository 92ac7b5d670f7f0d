import type { AttributeType } from "./definition.ts";

/** A value that is neither an object nor a list. */
export type Scalar = string | number | boolean;

const EXPECTED: Readonly<Record<AttributeType, string>> = {
  string: "a string",
  boolean: "true or false",
  decimal: "a number",
  integer: "a number without fraction and below 2^53",
  dateTime: "a date and time such as 2011-05-13T04:42:34Z",
  binary: "base64",
  reference: "a string holding a URI",
  complex: "an object",
};

/** What was expected instead of a value of another type, in words that complete "must be". */
export function expectedOf(type: AttributeType, value: unknown): string {
  const isOddText = typeof value === "string" && !isText(value);
  return isOddText ? "well-formed Unicode without U+0000" : EXPECTED[type];
}

/**
 * Whether every database can store a text and every client can receive it: Unicode that can be encoded in UTF-8 (RFC
 * 7643 section 2.3.1), so without lone surrogates, and without U+0000, which PostgreSQL refuses.
 */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/**
 * Whether a JSON value is one of the type (RFC 7643 section 2.3). References are not checked further: vendors send any
 * text.
 */
export function isScalarOf(type: AttributeType, value: unknown): value is Scalar {
  switch (type) {
    case "string":
    case "reference":
      return typeof value === "string" && isText(value);
    case "boolean":
      return typeof value === "boolean";
    case "decimal":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "dateTime":
      return typeof value === "string" && isDateTime(value);
    case "binary":
      return typeof value === "string" && isBase64(value);
    case "complex":
      return false;
  }
}

const DATE_TIME =
  /^(-?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,12})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?$/;

/** xsd:dateTime with date and time (RFC 7643 section 2.3.5). */
function isDateTime(text: string): boolean {
  const parts = DATE_TIME.exec(text);
  if (parts === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const daysInMonth = [31, isLeapYear(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (day < 1 || day > daysInMonth) return false;
  const endOfDay = hour === 24 && minute === 0 && second === 0 && Number(parts[7] ?? 0) === 0;
  return endOfDay || (hour < 24 && minute < 60 && second < 60);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Either alphabet of RFC 4648; the padding may be missing (RFC 7643 section 2.3.6). */
function isBase64(text: string): boolean {
  if (!BASE64.test(text)) return false;
  const digits = text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
  return digits % 4 !== 1 && (digits === text.length || text.length % 4 === 0);
}
