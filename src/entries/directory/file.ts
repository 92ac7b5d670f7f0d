export { DirectoryFileError } from "../../directory/directory-file-error.ts";
export type { FileDirectoryOptions } from "../../directory/file-directory.ts";
export { fileDirectory } from "../../directory/file-directory.ts";
