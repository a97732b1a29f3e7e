import type { Blocks } from "@multisession/core";

/**
 * How data lie in packets of a fixed size (MMC, CD-RW). Addresses count the user blocks only: what links a packet to the
 * next one is hidden (addressing method 2).
 */
export interface PacketLayout {
  /** User blocks of a packet. */
  readonly user: Blocks;
  /** Blocks beside them: one that links, four to run in, two to run out. */
  readonly links: Blocks;
  /** Those of the first packet that lie in the pregap. */
  readonly inPregap: Blocks;
}

/** Blocks of the disc that so many addressable blocks take, from the start of their track. */
export function physicalBlocks(packets: PacketLayout | undefined, blocks: Blocks): Blocks {
  if (packets === undefined || blocks === 0) return blocks;
  return (blocks / packets.user) * (packets.user + packets.links) - packets.inPregap;
}

/** Addressable blocks of a track for which the disc has so many blocks left; whole units. */
export function addressableBlocks(packets: PacketLayout | undefined, room: Blocks, unit: Blocks): Blocks {
  if (packets === undefined) return Math.max(0, room - (room % unit));
  return Math.max(0, Math.floor((room + packets.inPregap) / (packets.user + packets.links))) * packets.user;
}
