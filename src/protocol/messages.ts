import type { Resource } from "./resources.ts";

/** The detail keywords of an error response (RFC 7644 table 9, RFC 9865 section 2.1). */
export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue"
  | "invalidVers"
  | "sensitive"
  | "invalidCursor"
  | "expiredCursor"
  | "invalidCount";

/** The body of an error response (RFC 7644 section 3.12). `status` is a string there. */
export interface ErrorMessage {
  schemas: string[];
  status: string;
  scimType?: ScimType;
  detail?: string;
}

/** A page of resources (RFC 7644 section 3.4.2). */
export interface ListResponse<T = Resource> {
  schemas: string[];
  totalResults: number;
  startIndex?: number;
  itemsPerPage?: number;
  Resources: T[];
}

/** One operation of a PATCH request (RFC 7644 section 3.5.2), as a client writes it. */
export interface PatchOperation<Path extends string = string> {
  op: "add" | "remove" | "replace";
  path?: Path;
  value?: unknown;
}

/** The body of a PATCH request (RFC 7644 section 3.5.2). */
export interface PatchRequest {
  schemas: string[];
  Operations: PatchOperation[];
}
