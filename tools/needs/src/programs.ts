import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether something that a test needs is on this machine, and if not, what to do about it. */
export interface Need {
  /** True when the test can run here. */
  readonly available: boolean;
  /** A sentence without its full stop that says what is missing and how to get it; empty when nothing is missing. */
  readonly reason: string;
  /** Absolute path of the program; absent when it is missing, or when the need is not a program. */
  readonly path?: string;
}

/** The Debian 12 package of each program that is not named like its package. */
const debianPackages: Readonly<Record<string, string>> = {
  "7z": "p7zip-full",
  "7zz": "7zip",
  blkid: "util-linux",
  bsdtar: "libarchive-tools",
  busybox: "busybox-static",
  "cd-info": "libcdio-utils",
  "grub-fstest": "grub-common",
  "iso-info": "libcdio-utils",
  "iso-read": "libcdio-utils",
  "iscsi-inq": "libiscsi-bin",
  "iscsi-ls": "libiscsi-bin",
  "iscsi-readcapacity16": "libiscsi-bin",
  "iscsi-test-cu": "libiscsi-bin",
  isodump: "genisoimage",
  isoinfo: "genisoimage",
  isovfy: "genisoimage",
  mkisofs: "genisoimage",
  modprobe: "kmod",
  "qemu-system-x86_64": "qemu-system-x86",
  xorrisofs: "xorriso",
  wine: "wine wine64",
  "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64-win32",
  xz: "xz-utils",
};

/** System folders that the path of an ordinary user leaves out, and where Debian keeps some of the programs. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * Looks for a program on the path and in the system folders.
 *
 * @param program - Its name as one types it, for example `xorriso`.
 */
export function needs(program: string): Need {
  const path = locate(program);
  if (path !== undefined) return { available: true, reason: "", path };
  const package_ = debianPackages[program] ?? program;
  return { available: false, reason: `${program} is not installed; on Debian: apt-get install ${package_}` };
}

function locate(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const endings = process.platform === "win32" ? (process.env["PATHEXT"] ?? ".EXE;.CMD;.BAT").split(";") : [""];
  const candidates = [...folders, ...systemFolders].flatMap((folder) =>
    endings.map((ending) => join(folder, program + ending)),
  );
  return candidates.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
