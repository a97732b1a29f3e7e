/** Bits of `FsiFileSystems`. */
const bits: Readonly<Record<WindowsFileSystem, number>> = { iso9660: 1, joliet: 2, udf: 4 };

/** A file system that Windows' image can write. */
export type WindowsFileSystem = "iso9660" | "joliet" | "udf";

/** The bits of some file systems. */
export function bitsOf(names: readonly WindowsFileSystem[]): number {
  return names.reduce((mask, name) => mask | bits[name], 0);
}

/** The file systems of a mask. */
export function namesOf(mask: number): readonly WindowsFileSystem[] {
  return (Object.keys(bits) as WindowsFileSystem[]).filter((name) => (mask & bits[name]) !== 0);
}
