/** What the system says when it refuses something to do with a file, for people. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "you have no permission",
  EBUSY: "it is in use",
  EDQUOT: "your share of the room is used up",
  EEXIST: "something of that name is there",
  EFBIG: "the file would be larger than allowed here",
  EINVAL: "such a name or action is not possible here",
  EIO: "the device it lies on fails",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links lead round in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "there is no room left",
  ENOTDIR: "a file stands where a folder must be",
  EPERM: "it is not allowed",
  EROFS: "what it lies on can only be read",
};

/** Whether an error comes from the system, and not from this program. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && typeof (error as NodeJS.ErrnoException).code === "string";
}

/** Why something failed, as the end of a sentence without its full stop. */
export function reasonOf(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  return reasons[error.code ?? ""] ?? error.message;
}

/** What to do where the system refuses, whatever it was about. */
export function systemAdvice(error: unknown): string {
  const code = isSystemError(error) ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return "Make room where the disc file and its state file lie.";
  if (code === "EIO") return "Copy what can still be read to another device.";
  if (code === "EMFILE") return "Close other programs, or allow more open files.";
  return "Both files of a disc, NAME.disc and NAME.disc.state, must be yours to read, and to write for a burn.";
}
