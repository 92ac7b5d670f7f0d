export type { ArrayDirectoryOptions, ListSource } from "../directory/array-directory.ts";
export { arrayDirectory } from "../directory/array-directory.ts";
export type {
  Directory,
  DirectoryChange,
  DirectoryChangePage,
  DirectoryMember,
  DirectoryMemberPage,
  DirectoryPage,
  DirectoryQuery,
} from "../directory/directory.ts";
export type { GroupWithMembers } from "../directory/directory-index.ts";
export type { DirectoryGroup, DirectoryUser } from "../directory/objects.ts";
export type { SubjectIdOptions, SubjectMode } from "../directory/subject-id.ts";
export { subjectId } from "../directory/subject-id.ts";
