import { directoryFileError } from "./directory-file-error.ts";
import { type ContentFault, type DirectoryIndex, type GroupWithMembers, indexDirectory } from "./directory-index.ts";
import { type FileRow, readCsv } from "./file-csv.ts";
import { readJson } from "./file-json.ts";
import type { DirectoryUser } from "./objects.ts";

/** A file that has been read. */
export interface ReadFile {
  /** Without its folder. */
  readonly name: string;
  readonly format: "csv" | "json";
  readonly text: string;
}

/** Objects of a file, each with its line if that is known. */
interface FileList<T> {
  readonly file: string;
  readonly objects: readonly T[];
  readonly lines: readonly (number | undefined)[];
}

/** The users of a file, and the groups that the same file names. */
interface UserList extends FileList<DirectoryUser> {
  /** Of CSV: the members, by the name of the group. */
  readonly memberships: ReadonlyMap<string, readonly UserRow[]>;
  /** Of JSON: the groups in the file of users. */
  readonly groups: FileList<GroupWithMembers> | undefined;
}

interface UserRow {
  readonly id: string;
  readonly line: number;
}

/** Indexes the content of files. @throws {DirectoryFileError} with the line of the fault */
export function indexFiles(users: ReadFile, groups: ReadFile | undefined, delimiter: string): DirectoryIndex {
  const people = users.format === "csv" ? csvUsers(users, delimiter) : jsonUsers(users);
  const teams = groups === undefined ? groupsBeside(people) : joined(groupsOf(groups, delimiter), people);
  const fault: ContentFault = (list, index, path, reason) => {
    const { file, lines } = list === "users" ? people : teams;
    const line = lines[index];
    const place = line === undefined ? `${list}[${index}].${path}` : path;
    return directoryFileError(file, `${place} ${reason}`, { line });
  };
  return indexDirectory({ users: people.objects, groups: teams.objects }, fault);
}

function csvUsers(file: ReadFile, delimiter: string): UserList {
  const rows = readCsv(file.name, file.text, { delimiter, lists: ["groups"] });
  const memberships = new Map<string, UserRow[]>();
  for (const { object, line, lists } of rows) {
    for (const group of lists.groups ?? []) {
      const members = memberships.get(group) ?? [];
      members.push({ id: String(object.id ?? ""), line });
      memberships.set(group, members);
    }
  }
  return { ...listOf(file, rows, (row) => row.object as unknown as DirectoryUser), memberships, groups: undefined };
}

function jsonUsers(file: ReadFile): UserList {
  const content = readJson(file.name, file.text);
  const whole = Array.isArray(content) ? { users: content } : content;
  if (typeof whole !== "object" || whole === null) {
    throw directoryFileError(file.name, "it must contain a list of users, or an object with users and groups");
  }
  const { users, groups } = whole as { readonly users?: unknown; readonly groups?: unknown };
  return {
    ...jsonList<DirectoryUser>(file, "users", users),
    memberships: new Map(),
    groups: groups === undefined ? undefined : jsonList<GroupWithMembers>(file, "groups", groups),
  };
}

function groupsOf(file: ReadFile, delimiter: string): FileList<GroupWithMembers> {
  if (file.format === "json") return jsonList(file, "groups", readJson(file.name, file.text));
  const rows = readCsv(file.name, file.text, { delimiter, lists: ["members"] });
  return listOf(
    file,
    rows,
    ({ object, lists }) => ({ ...object, members: lists.members ?? [] }) as unknown as GroupWithMembers,
  );
}

/** The groups of the users' own file; those of CSV are named by their ids. */
function groupsBeside({ file, memberships, groups }: UserList): FileList<GroupWithMembers> {
  if (groups !== undefined) return groups;
  const named = [...memberships];
  return {
    file,
    objects: named.map(([id, members]) => ({ id, displayName: id, members: members.map((member) => member.id) })),
    lines: named.map(([, members]) => members[0]?.line),
  };
}

/** Groups with their own members and the members from the file of users. */
function joined(
  groups: FileList<GroupWithMembers>,
  { file, memberships, groups: others }: UserList,
): FileList<GroupWithMembers> {
  if (others !== undefined) throw directoryFileError(file, "it contains groups although there is a file of groups");
  const known = new Set(groups.objects.map((group) => group?.id));
  for (const [id, members] of memberships) {
    if (known.has(id)) continue;
    throw directoryFileError(file, `groups contains an id that is not in ${groups.file}`, { line: members[0]?.line });
  }
  const objects = groups.objects.map((group) => {
    const more = memberships.get(group?.id) ?? [];
    return more.length === 0 ? group : { ...group, members: [...(group.members ?? []), ...more.map(({ id }) => id)] };
  });
  return { ...groups, objects };
}

function listOf<T>(file: ReadFile, rows: readonly FileRow[], objectOf: (row: FileRow) => T): FileList<T> {
  return { file: file.name, objects: rows.map(objectOf), lines: rows.map((row) => row.line) };
}

function jsonList<T>(file: ReadFile, name: string, list: unknown): FileList<T> {
  if (!Array.isArray(list)) throw directoryFileError(file.name, `${name} must be a list`);
  return { file: file.name, objects: list, lines: [] };
}
