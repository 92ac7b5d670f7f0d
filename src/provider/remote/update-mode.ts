/** How an application's resources are written. */
export interface UpdateMode {
  /** Whether updates go by PATCH; otherwise by read, merge and PUT. */
  readonly patches: boolean;
  /** Whether a PUT can be bound to the version that was read. */
  readonly versions: boolean;
}
