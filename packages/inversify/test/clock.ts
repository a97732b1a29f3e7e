import { type Token, token } from "@multisession/core";

/** A dependency of the decorated classes: something that an application has and core does not know. */
export interface Clock {
  readonly year: number;
}

export const CLOCK: Token<Clock> = token("test-clock");

/** What the decorated mechanisms show of the dependency that was injected. */
export interface Dated {
  readonly year: number;
}
