import { MultisessionError } from "@multisession/core";
import type { HostFailure } from "../host/protocol.ts";
import { findHresult } from "./hresult-table.ts";

/** The error for people of a call of COM that failed. `subject` names the drive. */
export function imapiError({ message, hresult, call, owner }: HostFailure, subject: string): MultisessionError {
  if (hresult === undefined) return new MultisessionError("COMMAND_FAILED", `${message}. (${subject})`, { subject });
  const entry = findHresult(hresult);
  const number = `0x${hresult.toString(16).toUpperCase().padStart(8, "0")}`;
  const cause = new Error(`${call ?? "A call"} gave ${number}`);
  if (entry === undefined) {
    const text = `Windows gave an error that is not known here: ${number} from ${call}. (${subject})`;
    return new MultisessionError("COMMAND_FAILED", text, { subject, cause });
  }
  const { name, code, advice, retry, meaning } = entry;
  const details = { subject, advice, retry, imapi: { name, hresult }, cause };
  const text =
    code === "BUSY" && owner !== undefined
      ? `${subject} is held by the program “${owner}”. (${name})`
      : `${meaning} (${subject}, ${name})`;
  return new MultisessionError(code, text, {
    ...details,
    ...(code === "BUSY" && owner !== undefined && { advice: `Wait until “${owner}” is done, or close it.` }),
  });
}
