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
