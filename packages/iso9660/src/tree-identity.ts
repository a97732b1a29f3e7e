import type { Lba } from "@multisession/core";
import {
  decodeVolumeId,
  encodeVolumeId,
  type HierarchyPointers,
  VOLUME_ID_BYTES,
  type VolumeDescriptor,
} from "./volume-descriptor.ts";

/** What a head leads to: the trees that it shows, under which names. */
export interface TreeIdentity {
  readonly primary: Pick<VolumeDescriptor, "volumeId" | "pointers">;
  readonly joliet?: Pick<VolumeDescriptor, "volumeId" | "pointers">;
  /** Where the boot catalog lies, if there is one. */
  readonly bootCatalog?: Lba;
}

const PREFIX = "iso9660:";
const CATALOG_BYTES = 4;
const HIERARCHY_BYTES = VOLUME_ID_BYTES + 5 * 4;

/**
 * A head's digest: what identifies a tree on a disc is where its roots and path tables lie and how the volume is called, so
 * the digest spells that out in 52 or 104 bytes, base64url, and four more for the address of a boot catalog. Equal for a session's head, the disc's head and a republished
 * copy. That it can be read back lets a bridge show the base state's tree, and a session stay bootable, without reading the
 * disc.
 */
export function digestOf({ primary, joliet, bootCatalog }: TreeIdentity): string {
  const parts = [primary, joliet].flatMap((hierarchy) => (hierarchy === undefined ? [] : [encodeHierarchy(hierarchy)]));
  if (bootCatalog !== undefined) {
    const catalog = Buffer.alloc(CATALOG_BYTES);
    catalog.writeUInt32LE(bootCatalog);
    parts.push(catalog);
  }
  return PREFIX + Buffer.concat(parts).toString("base64url");
}

/** The trees that a digest names; nothing when it is another file system's. */
export function identityOf(digest: string): TreeIdentity | undefined {
  if (!digest.startsWith(PREFIX)) return undefined;
  const bytes = Buffer.from(digest.slice(PREFIX.length), "base64url");
  const hierarchies = Math.floor(bytes.length / HIERARCHY_BYTES);
  const rest = bytes.length % HIERARCHY_BYTES;
  if (hierarchies < 1 || hierarchies > 2 || (rest !== 0 && rest !== CATALOG_BYTES)) return undefined;
  return {
    primary: decodeHierarchy(bytes.subarray(0, HIERARCHY_BYTES)),
    ...(hierarchies === 2 && { joliet: decodeHierarchy(bytes.subarray(HIERARCHY_BYTES)) }),
    ...(rest !== 0 && { bootCatalog: bytes.readUInt32LE(bytes.length - CATALOG_BYTES) }),
  };
}

/** The volume's name: Joliet's, which keeps lower case, where it is whole; else the primary descriptor's. */
export function volumeNameOf({ primary, joliet }: TreeIdentity): string {
  const name = decodeVolumeId(primary.volumeId, "primary");
  if (joliet === undefined) return name;
  const jolietName = decodeVolumeId(joliet.volumeId, "joliet");
  return decodeVolumeId(encodeVolumeId(jolietName, "primary"), "primary") === name ? jolietName : name;
}

function encodeHierarchy({ volumeId, pointers }: Pick<VolumeDescriptor, "volumeId" | "pointers">): Buffer {
  const bytes = Buffer.alloc(HIERARCHY_BYTES);
  bytes.set(volumeId);
  const { rootAt, rootBytes, pathTableBytes, pathTableL, pathTableM } = pointers;
  for (const [index, value] of [rootAt, rootBytes, pathTableBytes, pathTableL, pathTableM].entries())
    bytes.writeUInt32LE(value, VOLUME_ID_BYTES + index * 4);
  return bytes;
}

function decodeHierarchy(bytes: Buffer): { volumeId: Uint8Array; pointers: HierarchyPointers } {
  const number = (index: number): number => bytes.readUInt32LE(VOLUME_ID_BYTES + index * 4);
  return {
    volumeId: new Uint8Array(bytes.subarray(0, VOLUME_ID_BYTES)),
    pointers: {
      rootAt: number(0),
      rootBytes: number(1),
      pathTableBytes: number(2),
      pathTableL: number(3),
      pathTableM: number(4),
    },
  };
}
