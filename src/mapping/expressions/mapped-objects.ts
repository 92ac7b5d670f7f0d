import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import type { Address, EnterpriseUser, MultiValue, Name } from "../../protocol/resources.ts";
import type { Mapping } from "./define-mapping.ts";
import type { SourceMapping } from "./source-mappings.ts";

/** A user as the default mappings of a source make it. Extensions other than Enterprise User stand under their URNs. */
export interface MappedUser extends DirectoryUser {
  readonly externalId?: string;
  readonly userName: string;
  readonly active: boolean;
  readonly kind: "user" | "service_account";
  readonly displayName: string;
  readonly name?: Name;
  readonly nickName?: string;
  readonly profileUrl?: string;
  readonly title?: string;
  readonly userType?: string;
  readonly preferredLanguage?: string;
  readonly locale?: string;
  readonly timezone?: string;
  readonly ims?: readonly MultiValue[];
  readonly photos?: readonly MultiValue[];
  readonly roles?: readonly MultiValue[];
  readonly entitlements?: readonly MultiValue[];
  readonly x509Certificates?: readonly MultiValue[];
  readonly addresses?: readonly Address[];
  readonly enterprise?: EnterpriseUser;
}

/** A group as the default mappings of a source make it. Its members are delivered separately. */
export interface MappedGroup extends DirectoryGroup {
  readonly externalId?: string;
  readonly displayName: string;
}

/** The mappings of a source that is not given any. */
export type DefaultSourceMappings = readonly (
  | SourceMapping<"user", MappedUser>
  | SourceMapping<"group", MappedGroup>
)[];

/** The user that the mappings `M` of a source make together. Of mappings that say nothing of it, it is `DirectoryUser`. */
export type MappedUserOf<M extends readonly Mapping<"source">[]> =
  ResultOf<M[number], "user"> extends infer R ? Together<MappedUser, DirectoryUser, R> : never;

/** The group that the mappings `M` of a source make together. Of mappings that say nothing of it, it is `DirectoryGroup`. */
export type MappedGroupOf<M extends readonly Mapping<"source">[]> =
  ResultOf<M[number], "group"> extends infer R ? Together<MappedGroup, DirectoryGroup, R> : never;

type ResultOf<M, Kind extends string> =
  M extends SourceMapping<Kind, infer R> ? (unknown extends R ? never : R) : never;

/** `Default` if it is among the results, else `Plain`; with what the other results add. */
type Together<Default, Plain, R> = [Extract<R, Default>] extends [never]
  ? Extended<Plain, AllOf<R>>
  : Extended<Default, AllOf<Exclude<R, Default>>>;

type AllOf<R> = (R extends unknown ? (each: R) => void : never) extends (all: infer All) => void ? All : never;

/** `Base` with what `More` adds. Where they disagree about the type of an attribute, its value may be of either. */
type Extended<Base, More> = unknown extends More
  ? Base
  : [Clashes<Base, More>] extends [never]
    ? Base & Additions<Base, More>
    : { readonly [K in keyof Base as K extends Clashes<Base, More> ? never : K]: Base[K] } & Additions<Base, More> & {
          readonly [K in Clashes<Base, More>]: Joined<Base[K], More[K]>;
        };

/** Objects are merged deeply. Any other value is the one of either mapping. */
type Joined<B, M> = [NonNullable<B | M>] extends [object]
  ? [Extract<B | M, readonly unknown[]>] extends [never]
    ? Extended<PartsOf<B>, PartsOf<M>> | Extract<B | M, null> | Extract<B & M, undefined>
    : B | Exclude<M, undefined>
  : B | Exclude<M, undefined>;

/** What is certainly there of an object that may be missing. */
type PartsOf<V> = [Extract<V, null | undefined>] extends [never] ? V : Partial<NonNullable<V>>;

type Names<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: true };

type Clashes<Base, More> = {
  [K in keyof More & Names<Base>]-?: NonNullable<More[K]> extends NonNullable<Base[K]>
    ? null extends More[K]
      ? K
      : never
    : K;
}[keyof More & Names<Base>];

type Additions<Base, More> = { readonly [K in keyof More as K extends Names<Base> ? never : K]: More[K] } & {};
