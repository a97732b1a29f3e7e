/**
 * The command `multisession`, for programs that run it in their own process.
 *
 * @module multisession
 */

export { commandNames } from "./commands.ts";
export { CONFIGURATION_FILE, type Configuration } from "./configuration.ts";
export { DOCUMENT_VERSION, type DocumentHead, type DocumentKind } from "./documents.ts";
export type { ErrorDocument } from "./error-text.ts";
export { type ExitCode, exitCodes } from "./exit-codes.ts";
export type { CommandIo, StopRequest, TextOutput } from "./io.ts";
export { run } from "./run.ts";
