/**
 * Plugins and services in a tsyringe container.
 *
 * @module tsyringe
 */
export { type ClassMechanism, fromClass } from "./from-class.ts";
export { registerMultisession } from "./register-multisession.ts";
