import { resolve } from "node:path";
import { MultisessionError } from "@multisession/core";
import { virtual } from "@multisession/driver-virtual";
import { deviceError } from "../device-error.ts";

const SCHEME = "virtual:";

/**
 * The path of a disc file as the user names it: what other commands take for one.
 *
 * @throws `UNKNOWN_DEVICE` for another file, `DEVICE_NOT_FOUND` for none.
 */
export async function discFile(text: string, cwd: string): Promise<string> {
  const isNamed = text.startsWith(SCHEME);
  const path = resolve(cwd, isNamed ? text.slice(SCHEME.length) : text);
  if (isNamed || (await virtual().create().claims(path))) return path;
  throw deviceError(new MultisessionError("UNKNOWN_DEVICE", `${path} is no disc file.`, { subject: path }), path);
}
