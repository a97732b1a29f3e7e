/**
 * Programs that none of us wrote, one reader a file.
 *
 * @module
 */
export { blkidPrograms, type ProbedVolume, probeVolume } from "./blkid.ts";
export { bsdtar, bsdtarJoliet } from "./bsdtar.ts";
export { grub } from "./grub.ts";
export { isoinfo } from "./isoinfo.ts";
export { libcdio, libcdioJoliet } from "./libcdio.ts";
export { type LinuxOptions, linux, STRICT_KERNEL } from "./linux.ts";
export { sevenZip } from "./seven-zip.ts";
export { type ListedSession, listSessions, xorriso } from "./xorriso.ts";
export { checkFiles, checkMedia, type FileSums, type SummedSession } from "./xorriso-sums.ts";
