import { type Blocks, checkBlocks } from "@multisession/core";
import { conditionOf, type FormatRule, type MediumTable } from "./medium-table.ts";
import { addressableBlocks, physicalBlocks } from "./packets.ts";

/**
 * Blocks of spare areas on a medium of `blocks` blocks, when one of full size has `clusters` clusters of them: its share,
 * but at least one cluster, so that a small medium behaves as a large one does.
 */
function spareBlocks(table: MediumTable, blocks: Blocks, clusters: number): Blocks {
  if (clusters === 0) return 0;
  const share = Math.floor((blocks / table.unit) * (clusters / (table.blocks / table.unit)) + 1e-9);
  return Math.max(1, share) * table.unit;
}

/** Addressable blocks of a medium of `blocks` blocks after a format with spares of so many clusters. */
export function formattedBlocks(table: MediumTable, blocks: Blocks, becomes: string, clusters: number): Blocks {
  const { packets } = conditionOf(table, becomes);
  if (packets === undefined) return blocks - spareBlocks(table, blocks, clusters);
  // Packets run out by themselves: what is kept free behind other tracks is theirs too.
  return addressableBlocks(packets, blocks + table.recording.reserve, packets.user);
}

/** The smallest medium that has so many addressable blocks in packets. */
export function mediumWithPackets(table: MediumTable, addressable: Blocks, becomes: string): Blocks {
  return physicalBlocks(conditionOf(table, becomes).packets, addressable) - table.recording.reserve;
}

/** One listed size of a format. */
export interface FormatSize {
  /** The rule that lists it. */
  readonly rule: FormatRule;
  /** Addressable blocks after the format. */
  readonly blocks: Blocks;
  /** Type dependent parameter of the listing. */
  readonly parameter: number;
}

/** The formats of a medium of `blocks` blocks as READ FORMAT CAPACITIES lists them. */
export function formatSizes(table: MediumTable, blocks: Blocks): readonly FormatSize[] {
  return table.formats.flatMap((rule) =>
    rule.spares.map((clusters) => {
      const spares = spareBlocks(table, blocks, clusters);
      const becomes = rule.becomes.find((condition) => condition !== undefined) ?? "unformatted";
      return {
        rule,
        blocks: formattedBlocks(table, blocks, becomes, clusters),
        parameter: rule.parameter === "spares" ? spares / table.unit : rule.parameter,
      };
    }),
  );
}

/**
 * The smallest medium that has `addressable` blocks beside spares of `clusters` clusters (of a medium of full size).
 */
export function mediumWith(table: MediumTable, addressable: Blocks, clusters: number): Blocks {
  let blocks =
    Math.floor((addressable * table.blocks) / (table.blocks - clusters * table.unit) / table.unit) * table.unit;
  while (blocks - spareBlocks(table, blocks, clusters) < addressable) blocks += table.unit;
  while (blocks - table.unit - spareBlocks(table, blocks - table.unit, clusters) >= addressable) blocks -= table.unit;
  return blocks;
}

/**
 * Checks a capacity that a caller asks for, and rounds it down to whole units.
 *
 * @throws `TypeError` when it is no whole number, smaller than the minimum or larger than `maximum`.
 */
export function checkCapacity(table: MediumTable, capacity: Blocks, maximum: Blocks): Blocks {
  const minimum = table.minimumUnits * table.unit;
  if (checkBlocks(capacity, "capacity") < minimum || capacity > maximum) {
    throw new TypeError(`capacity must be from ${minimum} to ${maximum} blocks, not ${capacity}`);
  }
  return Math.floor(capacity / table.unit) * table.unit;
}
