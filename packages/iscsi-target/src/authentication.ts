import type { TextPairs } from "./text-keys.ts";

/** What is said to one request of the security stage. */
export interface AuthenticationStep {
  /** A login status: success, or why the login is refused. */
  readonly status: number;
  /** Keys of the answer. */
  readonly reply: TextPairs;
  /** The initiator has proved who it is: the stage may end. */
  readonly isDone: boolean;
}

/** The security stage of one login (RFC 7143, 12): given the keys of each request, it says what to answer. */
export interface Authentication {
  /** Takes the next request. */
  step(pairs: TextPairs): AuthenticationStep;
}
