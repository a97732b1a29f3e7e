import { open } from "node:fs/promises";
import { MultisessionError } from "@multisession/core";
import type { ChapSecrets } from "./chap.ts";

/** Shortest secret: 96 bits (RFC 7143, 9.2.1). */
const SHORTEST_SECRET = 12;
/** Longest secret and name that is taken. */
const LONGEST = 255;
/** More is no file of secrets. */
const LONGEST_FILE = 1024 * 1024;
/** Why it cannot be opened, for people. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "you have no permission to read it",
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
};
const NAME_A_FILE = "Name a file of yours with --chap-file.";
/** Rights of the group and of all others. */
const OTHERS = 0o077;

/**
 * Reads the secrets of initiators, and that of the target, from a file that nobody else may read. A line is `initiator NAME
 * SECRET` or, once, `target NAME SECRET`; `#` begins a line that is passed over.
 *
 * @throws `iscsi-target/chap-file` when it cannot be read, others may read it, or it makes no sense. No error tells a secret.
 */
export async function readChapFile(path: string): Promise<ChapSecrets> {
  const text = await contentOf(path);
  const initiators = new Map<string, string>();
  let target: ChapSecrets["target"];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "" || words[0]?.startsWith("#")) continue;
    const [role, name, secret, ...more] = words;
    const place = `line ${index + 1}`;
    if (name === undefined || secret === undefined || more.length > 0)
      throw refuse(path, `${place} is not \`initiator NAME SECRET\` or \`target NAME SECRET\``);
    const bytes = Buffer.byteLength(secret);
    if (bytes < SHORTEST_SECRET || bytes > LONGEST)
      throw refuse(path, `the secret in ${place} has not ${SHORTEST_SECRET} to ${LONGEST} bytes`);
    if (Buffer.byteLength(name) > LONGEST) throw refuse(path, `the name in ${place} is too long`);
    if (role === "initiator" && !initiators.has(name)) initiators.set(name, secret);
    else if (role === "target" && target === undefined) target = { name, secret };
    else throw refuse(path, `${place} says what another one says already, or names neither initiator nor target`);
  }
  if (initiators.size === 0) throw refuse(path, "it names no initiator");
  // The same secret both ways would let an initiator answer with what the target computed (RFC 7143, 9.2.1).
  if (target !== undefined && [...initiators.values()].includes(target.secret))
    throw refuse(path, "the target has the secret of an initiator");
  return { initiators, ...(target && { target }) };
}

async function contentOf(path: string): Promise<string> {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    throw refuse(path, reasons[cause.code ?? ""] ?? cause.message, cause, NAME_A_FILE);
  });
  try {
    // Of the open file, so that nobody can exchange it in between. Windows has no such rights in its mode.
    const stats = await file.stat();
    const { mode, size } = stats;
    if (!stats.isFile()) throw refuse(path, "it is no file", undefined, NAME_A_FILE);
    if (process.platform !== "win32" && (mode & OTHERS) !== 0)
      throw refuse(path, "others than its owner may read or write it", undefined, `Run \`chmod 600\` on it.`);
    if (size > LONGEST_FILE) throw refuse(path, "it is too long");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

function refuse(path: string, why: string, cause?: unknown, advice?: string): MultisessionError {
  return new MultisessionError("iscsi-target/chap-file", `The secrets in ${path} cannot be used: ${why}.`, {
    subject: path,
    advice: advice ?? "Write lines like `initiator NAME SECRET`, with secrets of at least 12 characters.",
    ...(cause !== undefined && { cause }),
  });
}
