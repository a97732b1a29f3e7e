import { MultisessionError } from "@multisession/core";

/** Whether Windows' functions can be called. A host program of the application's own knows where it runs. */
export function isWindows(program: URL | undefined): boolean {
  return process.platform === "win32" || program !== undefined;
}

/** @throws `UNKNOWN_DEVICE` on other systems than Windows. `what`: what only Windows has. */
export function requireWindows(subject: string, what: string, program: URL | undefined): void {
  if (isWindows(program)) return;
  throw new MultisessionError("UNKNOWN_DEVICE", `${what}, and this is ${process.platform}.`, {
    subject,
    advice: "Use a driver of this system; `multisession devices` lists what is there.",
  });
}
