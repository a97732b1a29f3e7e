/** The state file of a disc file. */
export function stateFileOf(path: string): string {
  return `${path}.state`;
}

/** The lock file of a disc file; exists while it is open. */
export function lockFileOf(path: string): string {
  return `${path}.lock`;
}
