import type { VirtualMediumId } from "@multisession/driver-virtual";

/** A disc as a stranger puts it into a drive. */
export interface DiscKind {
  readonly id: string;
  readonly name: string;
  /** What it is when it comes. */
  readonly comesAs: VirtualMediumId;
  /** Whether a session is recorded on it already, so that it must be blanked. */
  readonly isUsed?: true;
  /** Whether sessions lie in one address space that is written anywhere, and closing the disc means nothing. */
  readonly isOverwritable?: true;
}

type KindName =
  | `cd${"R" | "Rw"}`
  | `dvd${"R" | "Rw" | "RwRestricted" | "PlusR" | "PlusRDl" | "PlusRw" | "Ram"}`
  | `bd${"R" | "RPow" | "Re"}`;

/** The media that programs are tried on. */
export const discKinds: Readonly<Record<KindName, DiscKind>> = {
  cdR: { id: "cd-r", name: "CD-R", comesAs: "cd-r" },
  cdRw: { id: "cd-rw", name: "CD-RW, used", comesAs: "cd-rw", isUsed: true },
  dvdR: { id: "dvd-r", name: "DVD-R", comesAs: "dvd-r" },
  dvdRw: { id: "dvd-rw", name: "DVD-RW, used", comesAs: "dvd-rw", isUsed: true },
  dvdRwRestricted: {
    id: "dvd-rw-ro",
    name: "DVD-RW, restricted overwrite",
    comesAs: "dvd-rw",
    isOverwritable: true,
  },
  dvdPlusR: { id: "dvd+r", name: "DVD+R", comesAs: "dvd+r" },
  dvdPlusRDl: { id: "dvd+r-dl", name: "DVD+R DL", comesAs: "dvd+r-dl" },
  dvdPlusRw: { id: "dvd+rw", name: "DVD+RW", comesAs: "dvd+rw", isOverwritable: true },
  dvdRam: { id: "dvd-ram", name: "DVD-RAM", comesAs: "dvd-ram", isOverwritable: true },
  bdR: { id: "bd-r", name: "BD-R", comesAs: "bd-r" },
  bdRPow: { id: "bd-r-pow", name: "BD-R, pseudo-overwrite", comesAs: "bd-r-pow", isOverwritable: true },
  bdRe: { id: "bd-re", name: "BD-RE", comesAs: "bd-re", isOverwritable: true },
};
