import type { Attributes } from "@multisession/core";

const modeText = /^(?:[0-7]{3,4}|[ugoa]*[-+=][rwxX]*(?:,[ugoa]*[-+=][rwxX]*)*)$/;
const whoBits: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007, a: 0o777 };
const permissionBits: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };

/** Whether a text is a mode as chmod(1) takes it: octal, or changes such as `a+rX,go-w`. */
export function isMode(text: string): boolean {
  return modeText.test(text);
}

/**
 * What becomes of a mode. `X` means x for folders, and for files that somebody may execute already; a change without
 * letters before its sign is for all.
 */
export function changedMode(mode: number, text: string, isFolder: boolean): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return text.split(",").reduce((before, change) => {
    const [, who = "", sign = "", permissions = ""] = /^([ugoa]*)([-+=])([rwxX]*)$/.exec(change) ?? [];
    const isExecutable = isFolder || (before & 0o111) !== 0;
    const whose = bitsOf(who === "" ? "a" : who, whoBits);
    const named = whose & bitsOf(permissions.replaceAll("X", isExecutable ? "x" : ""), permissionBits);
    if (sign === "+") return before | named;
    if (sign === "-") return before & ~named;
    return (before & ~whose) | named;
  }, mode);
}

function bitsOf(letters: string, bits: Readonly<Record<string, number>>): number {
  return [...letters].reduce((sum, letter) => sum | (bits[letter] ?? 0), 0);
}

/** Rock Ridge has 32 bits for an owner. */
const LARGEST_NUMBER = 2 ** 32 - 1;

/** The owner, the group or both that a text such as `1000:100`, `1000` or `:100` names; nothing where it is no such text. */
export function ownerOf(text: string): Partial<Pick<Attributes, "uid" | "gid">> | undefined {
  const [, uid, gid] = /^(?=.)([0-9]+)?(?::([0-9]+))?$/.exec(text) ?? [];
  if (![uid, gid].every((digits) => Number(digits ?? 0) <= LARGEST_NUMBER)) return undefined;
  if (uid === undefined && gid === undefined) return undefined;
  return { ...(uid !== undefined && { uid: Number(uid) }), ...(gid !== undefined && { gid: Number(gid) }) };
}
