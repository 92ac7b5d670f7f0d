/** How many may be deleted or deactivated in one run before somebody has to say so. */
export interface GuardOptions {
  /** Of all linked objects that are not deactivated or kept already, in percent. @default 20 */
  readonly percent?: number;
  /** Always allowed, however few objects there are. @default 10 */
  readonly minimum?: number;
}
