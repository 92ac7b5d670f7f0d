import { ScimError } from "../errors/scim-error.ts";

/**
 * A file of a directory cannot be read, or its content is invalid: 503, since the directory is unavailable until the
 * file is corrected. The detail names file, line and columns, never values.
 */
export class DirectoryFileError extends ScimError {
  override readonly name: string = "DirectoryFileError";
  override readonly code = "SCIM_DIRECTORY_FILE";
  /** The file's name, without its folder. */
  readonly file: string;
  /** Where it is wrong, from 1; undefined where the line is not known. */
  readonly line: number | undefined;

  constructor(
    detail: string,
    options: { readonly file: string; readonly line?: number | undefined; readonly cause?: unknown },
  ) {
    super(detail, { status: 503, cause: options.cause });
    this.file = options.file;
    this.line = options.line;
  }
}

/** The error for a file: its name and line, then the reason. */
export function directoryFileError(
  file: string,
  reason: string,
  { line, cause }: { readonly line?: number; readonly cause?: unknown } = {},
): DirectoryFileError {
  const place = line === undefined ? file : `${file}, line ${line}`;
  return new DirectoryFileError(`${place}: ${reason}`, { file, line, cause });
}
