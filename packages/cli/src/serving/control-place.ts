import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { MultisessionError } from "@multisession/core";

/** Longest name of a socket that every system takes, in bytes; longer ones are cut off without a word. */
const LONGEST_PLACE = 103;
/** Rights of the group and of all others. */
const OTHERS = 0o077;

/**
 * Where `serve` on a port listens for `load` and `eject`: a socket in a folder that only its user may enter, and on
 * Windows a named pipe.
 *
 * @throws `multisession/no-control` when somebody else made the folder, or others may enter it.
 */
export function controlPlace(port: number, env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === "win32") return `\\\\.\\pipe\\multisession-${userInfo().username}-${port}`;
  const { XDG_RUNTIME_DIR: runtime } = env;
  const folder = join(runtime || tmpdir(), `multisession-${userInfo().uid}`);
  const place = join(folder, `serve-${port}.sock`);
  if (Buffer.byteLength(place) > LONGEST_PLACE) throw noControl(folder, "its name is too long for a socket in it");
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw noControl(folder, "it cannot be made", cause);
  }
  const { uid, mode } = lstatSync(folder);
  if (uid !== userInfo().uid || (mode & OTHERS) !== 0 || !lstatSync(folder).isDirectory())
    throw noControl(folder, "it belongs to somebody else, or others may enter it");
  return place;
}

function noControl(folder: string, why: string, cause?: unknown): MultisessionError {
  return new MultisessionError("multisession/no-control", `The folder ${folder} cannot be used: ${why}.`, {
    subject: folder,
    advice: "Remove it, or set XDG_RUNTIME_DIR to a folder of your own.",
    ...(cause !== undefined && { cause }),
  });
}
