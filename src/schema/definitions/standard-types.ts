import type { groupResourceType } from "./group.ts";
import type { userResourceType } from "./user.ts";

/** The resource types of a service provider or a storage that is not given any: User with Enterprise User, and Group. */
export type StandardResourceType = typeof userResourceType | typeof groupResourceType;
