export type { FileDirectoryOptions } from "../../directory/file-directory.ts";
export { fileDirectory } from "../../directory/file-directory.ts";
export { DirectoryFileError } from "../../directory/file-error.ts";
