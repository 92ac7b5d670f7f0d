import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";

/** What the system's error codes mean for a database file. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its directory does not exist",
  ENOTDIR: "a part of its path is not a directory",
  EACCES: "the process has no permission to read and write it",
  EPERM: "the process has no permission to read and write it",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "its path is too long",
  ELOOP: "its path has too many symbolic links",
};

/**
 * Why a database file cannot be opened or created; undefined if no reason is known. Without the path: the text is
 * in responses. The file is not opened: closing it would release the locks that SQLite holds on it in this process.
 */
export function whyNotOpened(file: string): string | undefined {
  const missing = faultOf(() => accessSync(file, constants.R_OK | constants.W_OK));
  if (missing === undefined) {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true ? "it is a directory" : undefined;
  }
  const code =
    missing === "ENOENT" ? faultOf(() => accessSync(dirname(file), constants.W_OK | constants.X_OK)) : missing;
  return code && (REASONS[code] ?? code);
}

/** The system's code of what was thrown. */
function faultOf(look: () => void): string | undefined {
  try {
    look();
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
