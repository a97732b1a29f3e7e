import type { DeviceFacts } from "./host/devices.ts";

/** What names a drive of this driver in a URI. */
export const SCHEME = "imapi:";

/** A drive letter, with or without its root: `D:`, `D:\`. */
export function isDriveLetter(text: string): boolean {
  return /^[a-z]:[\\/]?$/i.test(text);
}

/** `D:` of `d:\`; other paths as they are, for comparison. */
function bare(path: string): string {
  return path.replace(/[\\/]+$/, "").toLowerCase();
}

/** The drive that is named: by a letter or folder under which its disc is mounted, by its volume, or by IMAPI2's identifier. */
export function findDevice(devices: readonly DeviceFacts[], name: string): DeviceFacts | undefined {
  const wanted = bare(name.startsWith(SCHEME) ? name.slice(SCHEME.length) : name);
  return devices.find(({ id, volume, paths }) => [id, volume, ...paths].some((known) => bare(known) === wanted));
}

/** Names a drive for `plugins.open`: by its letter where it has one, as people know it. */
export function uriOf({ id, paths: [first] }: DeviceFacts): string {
  return `${SCHEME}${first === undefined ? id : first.replace(/[\\/]+$/, "")}`;
}

/** Names a drive for people. */
export function textOf({ vendor, product, revision, paths }: DeviceFacts): string {
  return [...paths.map((path) => path.replace(/[\\/]+$/, "")), vendor, product, revision].filter(Boolean).join(" ");
}
