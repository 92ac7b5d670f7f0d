import { CsvError, parse } from "csv-parse/sync";
import { directoryFileError } from "./directory-file-error.ts";
import { cellList, columnWriters } from "./file-columns.ts";

/** A row of a CSV file as an object, and its line. */
export interface FileRow {
  readonly object: Record<string, unknown>;
  /** The line on which it ends, from 1. */
  readonly line: number;
  /** The values of the columns in `lists`, which are not attributes. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** What a record of csv-parse is with `info`. */
interface InfoRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a CSV file (RFC 4180) whose first line has the names of the columns. An empty cell sets nothing. Columns in
 * `lists` have values separated by `;` and are not attributes.
 *
 * @throws {DirectoryFileError} with the line of the fault
 */
export function readCsv(
  file: string,
  text: string,
  options: { readonly delimiter: string; readonly lists: readonly string[] },
): FileRow[] {
  const [header, ...rows] = recordsOf(file, text, options.delimiter);
  if (header === undefined)
    throw directoryFileError(file, "the first line with the names of the columns is missing", { line: 1 });
  const names = header.record;
  const reject = (line: number) => (reason: string) => directoryFileError(file, reason, { line });
  const writers = columnWriters(names, reject(header.info.lines));
  return rows.map(({ record, info: { lines: line } }) => {
    const object: Record<string, unknown> = {};
    const lists: Record<string, readonly string[]> = {};
    for (const [index, cell] of record.entries()) {
      const name = names[index] ?? "";
      if (cell === "") continue;
      if (options.lists.includes(name)) lists[name] = cellList(cell);
      else writers[index]?.(object, cell, reject(line));
    }
    return { object, line, lists };
  });
}

function recordsOf(file: string, text: string, delimiter: string): readonly InfoRecord[] {
  try {
    // With `info`, records have their line, which the types of the library do not declare.
    return parse(text, { delimiter, info: true, skip_empty_lines: true, trim: true }) as unknown as InfoRecord[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as { readonly lines?: unknown };
    throw directoryFileError(file, REASONS[cause.code] ?? "this is not CSV", {
      cause,
      ...(typeof lines === "number" ? { line: lines } : {}),
    });
  }
}

/** The faults that the library finds, described without the content of the file. */
const REASONS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "the number of cells differs from the number of columns",
  CSV_QUOTE_NOT_CLOSED: "a quotation mark is not closed",
  INVALID_OPENING_QUOTE: "a cell that does not begin with a quotation mark contains one",
  CSV_INVALID_CLOSING_QUOTE: "a quotation mark is not followed by a delimiter",
};
