/**
 * Plugins and services in an Inversify container.
 *
 * @module inversify
 */
export { type ClassMechanism, fromClass } from "./from-class.ts";
export { multisessionModule } from "./multisession-module.ts";
