/** The most objects that one run may delete or deactivate without approval. */
export interface GuardOptions {
  /** In percent of all linked objects that are not deactivated or kept already. @default 20 */
  readonly percent?: number;
  /** Always allowed, however few objects there are. @default 10 */
  readonly minimum?: number;
}
