import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import * as z from "zod/mini";
import { resolveOptions } from "../options/resolve-options.ts";
import type { Directory } from "./directory.ts";
import { directoryFileError } from "./directory-file-error.ts";
import type { DirectoryIndex } from "./directory-index.ts";
import { indexFiles, type ReadFile } from "./file-content.ts";
import { indexedDirectory } from "./indexed-directory.ts";

/** Options of `fileDirectory`. */
export interface FileDirectoryOptions {
  /**
   * Path of a `.csv` file of users, or of a `.json` file: a list of users, or an object with lists `users` and
   * `groups`.
   */
  readonly users: string;
  /** Path of a `.csv` or `.json` file of groups. @default those in the file of users */
  readonly groups?: string;
  /** The separator of the cells in CSV: one character. @default "," */
  readonly delimiter?: string;
}

const PATH = z.string().check(z.regex(/\.(csv|json)$/i, { error: "must be the path of a .csv or .json file" }));
const OPTIONS: z.ZodMiniType<FileDirectoryOptions & { readonly delimiter: string }> = z.strictObject({
  users: PATH,
  groups: z.optional(PATH),
  delimiter: z._default(z.string().check(z.length(1, { error: "must be one character" })), ","),
});

/** How often to try again if a file changes while it is read. */
const TRIES = 3;

/**
 * A directory from CSV or JSON files. Columns and fields are attributes; the guide on directories describes the format.
 *
 * Every call checks the files, and reads them again if they have changed. If a file is missing, invalid or empty, every
 * call fails until the file is corrected: it is never read as an empty directory. Write a new file elsewhere and rename
 * it, since a CSV file that is only partly written may look complete.
 *
 * @example
 * ```ts
 * const directory = fileDirectory("people.csv");
 * const page = await directory.users({ take: 100 });
 * ```
 * @throws {TypeError} when an option is wrong; every call {DirectoryFileError}, with the line, when a file is
 */
export function fileDirectory(options: string | FileDirectoryOptions): Directory {
  const given = typeof options === "string" ? { users: options } : options;
  const { users, groups, delimiter } = resolveOptions("fileDirectory", OPTIONS, given);
  const paths = groups === undefined ? [users] : [users, groups];
  let read: { readonly stamp: string; readonly index: Promise<DirectoryIndex> } | undefined;
  return indexedDirectory(async () => {
    const stamp = await stampOf(paths);
    if (read?.stamp !== stamp) {
      const index = readSteadily(paths, stamp).then(([first, second]) => indexFiles(first, second, delimiter));
      read = { stamp, index };
      // A fault may disappear without a change of the file, so it is not cached.
      index.catch(() => {
        if (read?.index === index) read = undefined;
      });
    }
    return read.index;
  });
}

/** What identifies the state of the files without reading them. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map(async (path) => {
      const { mtimeNs, ctimeNs, size, ino } = await attempt(path, () => stat(path, { bigint: true }));
      return [mtimeNs, ctimeNs, size, ino].join(":");
    }),
  );
  return stamps.join(" ");
}

/** Reads all files in the same state. */
async function readSteadily(paths: readonly string[], before: string): Promise<[ReadFile, ReadFile | undefined]> {
  let stamp = before;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const [users, groups] = await Promise.all(paths.map(readText));
    const after = await stampOf(paths);
    if (after === stamp && users !== undefined) return [users, groups];
    stamp = after;
  }
  throw directoryFileError(basename(paths[0] ?? ""), "it changes while it is being read");
}

async function readText(path: string): Promise<ReadFile> {
  const bytes = await attempt(path, () => readFile(path));
  const name = basename(path);
  const format = extname(path).toLowerCase() === ".csv" ? "csv" : "json";
  try {
    return { name, format, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw directoryFileError(name, "this is not UTF-8", { cause });
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw directoryFileError(basename(path), "it cannot be read", { cause });
  }
}
