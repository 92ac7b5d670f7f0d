export type { DirectoryGroup, DirectoryUser } from "../directory/objects.ts";
export type { ScimHandler } from "../server/handler.ts";
export type { Source } from "../source/create-source.ts";
export { createSource } from "../source/create-source.ts";
export type { IssueTokenOptions, SourceTokens, TokenInfo } from "../source/credentials/tokens.ts";
export type { DeliveryContext, MemberDelta, SourceDirectory } from "../source/delivery/source-directory.ts";
export type { SourceIdentity } from "../source/identity.ts";
export type { SourceOptions } from "../source/source-options.ts";
