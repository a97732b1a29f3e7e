/** What keeps one initiator, or somebody who is none, from using up the target. */
export interface Limits {
  /** Connections at once. A further one takes the place of the oldest that has not logged in; without such a one it is closed. */
  readonly connections: number;
  /** Time from the connection to the end of the login, in milliseconds. */
  readonly loginTime: number;
  /** After so long without a word an initiator is asked whether it is still there; milliseconds. */
  readonly idleTime: number;
  /** Time to answer that, in milliseconds. */
  readonly answerTime: number;
  /** Time to log out after the target asked for it, in milliseconds. */
  readonly logoutTime: number;
  /** Most bytes that one command moves. */
  readonly transferBytes: number;
}

/** What counts where nothing else is said. Memory for one connection stays below about 50 MiB with them. */
export const defaultLimits: Limits = {
  connections: 64,
  loginTime: 15_000,
  idleTime: 30_000,
  answerTime: 30_000,
  logoutTime: 3_000,
  transferBytes: 16 * 1024 * 1024,
};
