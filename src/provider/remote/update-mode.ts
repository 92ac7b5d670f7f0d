/** How an application's resources are written. */
export interface UpdateMode {
  /** Whether updates are sent by PATCH; otherwise by read, merge and PUT. */
  readonly patches: boolean;
  /** Whether a PUT can be made conditional on the version that was read. */
  readonly versions: boolean;
}
