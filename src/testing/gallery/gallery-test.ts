import type { SimulatedIdentityProvider } from "../identity-providers/simulated-identity-provider.ts";

/** What a step expects of a response. Paths have slashes between names and positions: `Resources/0/id`. */
export interface Expectation {
  readonly status: readonly number[];
  /** A part of the body: an element of an array is in any place, and objects can have more members. */
  readonly match?: unknown;
  /** Paths that have a value that is not empty. */
  readonly present?: readonly string[];
  /** Paths without a value: absent, null, or empty. */
  readonly absent?: readonly string[];
  /** Paths with a number. */
  readonly numbers?: readonly string[];
}

/** A request to the SCIM endpoint. `{{name}}` is a variable in its path and body, and in what is expected. */
export interface RequestStep {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How often it is sent; `{{index}}` counts from 1. */
  readonly times?: number;
  readonly expect: Expectation;
  /** Variables, with the path of their value. */
  readonly save?: Readonly<Record<string, string>>;
}

/** Something that an administrator does in the identity provider, which then provisions it. */
export interface ActionStep {
  readonly action: Exclude<keyof SimulatedIdentityProvider, "name" | "exchanges">;
  readonly with: readonly unknown[];
  /** The variable for the id that the action returns. */
  readonly save?: string;
}

/** A test of a gallery, as data. */
export interface GalleryTest {
  /** What it validates, as a sentence. */
  readonly title: string;
  /** If an optional test fails, the vendor shows a warning. */
  readonly isOptional?: boolean;
  /** The credentials without which it does not apply. */
  readonly needs?: "client secret" | "federation";
  readonly steps: readonly (RequestStep | ActionStep)[];
}

/** The tests of a gallery, by the names that the vendor gives them. */
export type GalleryTests = Readonly<Record<string, GalleryTest>>;
