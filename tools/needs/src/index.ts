/**
 * What a test says when it needs a program of the system.
 *
 * @module needs
 */
export { describeWith } from "./describe-with.ts";
export { type Need, needs } from "./programs.ts";
