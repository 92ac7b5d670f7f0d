import { ScimError } from "../errors/scim-error.ts";

/**
 * A file of a directory cannot be read, or holds what no directory holds: 503, since nothing is known of the directory
 * until it is mended. The detail names file, place and columns, never what stands in them.
 */
export class DirectoryFileError extends ScimError {
  override readonly name: string = "DirectoryFileError";
  /** The file's name, without its folder. */
  readonly file: string;
  /** Where it is wrong, from 1; undefined where no line can be told. */
  readonly line: number | undefined;

  constructor(file: string, reason: string, options: { readonly line?: number; readonly cause?: unknown } = {}) {
    const { line, cause } = options;
    super(503, `${file}${line === undefined ? "" : `, line ${line}`}: ${reason}`, { cause });
    this.file = file;
    this.line = line;
  }
}
