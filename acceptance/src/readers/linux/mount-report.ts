import { join } from "node:path";
import { linesOf, type Sections } from "../../machine/sections.ts";
import type { ReadEntry } from "../../reader.ts";

/** What the kernel made of one mount. */
export interface MountReport {
  readonly isMounted: boolean;
  /** What `mount` said when it failed. */
  readonly message: string;
  /** Options in force, as `/proc/mounts` shows them. `norock` and `nojoliet` tell which tree was taken. */
  readonly options: readonly string[];
  readonly entries: readonly ReadEntry[];
  /** What the kernel logged during the mount. */
  readonly log: readonly string[];
}

/**
 * Commands of the guest that define `judge JOB DEVICE OPTIONS`: it mounts, and describes everything that it finds. Names
 * of files end with NUL; everything else is one line an entry, in the same order. Only one at a time: what the kernel
 * logs says not to whom it belongs.
 */
export const MOUNT_COMMAND = `
judge() {
  dmesg -c > /dev/null
  section "$1 mount"
  if mount -t iso9660 -o "ro,$3" "$2" /mnt 2>&1; then
    section "$1 options"; grep ' /mnt ' /proc/mounts
    cd /mnt
    section "$1 paths"; find . -print0
    section "$1 attributes"; find . -print0 | xargs -0 stat -c '%f %s %Y'
    section "$1 links"; find . -type l -print0 | xargs -0 -r stat -c '%N'
    section "$1 sums"; find . -type f -print0 | xargs -0 -r sha256sum
    cd /
    umount /mnt
  fi
  section "$1 kernel"; dmesg -c
}`;

/** What the guest wrote about one job. */
export function mountReport(sections: Sections, job: string): MountReport {
  const lines = (name: string): string[] => linesOf(sections, `${job} ${name}`);
  const [, , , options = ""] = (lines("options")[0] ?? "").split(" ");
  return {
    isMounted: sections.has(`${job} options`),
    message: lines("mount").join("\n"),
    options: options.split(","),
    entries: entriesOf((sections.get(`${job} paths`) ?? "").split("\0").slice(0, -1), lines),
    log: lines("kernel").map((line) => line.replace(/^\[ *[\d.]+\] /, "")),
  };
}

function entriesOf(names: readonly string[], lines: (section: string) => string[]): ReadEntry[] {
  const attributes = lines("attributes");
  const links = lines("links");
  const sums = lines("sums");
  if (attributes.length !== names.length) {
    throw new Error(`The guest names ${names.length} entries and describes ${attributes.length}.`);
  }
  return names.map((name, index) => {
    const [type = "", size, time] = (attributes[index] ?? "").split(" ");
    const bits = Number.parseInt(type, 16);
    const entry = { path: join("/", name), mode: bits & 0o7777, mtime: Number(time) * 1000 };
    if ((bits & 0o170000) === 0o120000) return { ...entry, kind: "symlink", target: linkTarget(name, links.shift()) };
    if ((bits & 0o170000) === 0o040000) return { ...entry, kind: "directory" };
    return { ...entry, kind: "file", bytes: Number(size), sha256: sumOf(name, sums.shift()) };
  });
}

function linkTarget(name: string, line = ""): string {
  const start = `'${name}' -> '`;
  if (!line.startsWith(start)) throw new Error(`The guest describes the link ${name} as: ${line}`);
  return line.slice(start.length, -1);
}

function sumOf(name: string, line = ""): string {
  if (line.slice(66) !== name) throw new Error(`The guest gives no checksum for ${name}: ${line}`);
  return line.slice(0, 64);
}
