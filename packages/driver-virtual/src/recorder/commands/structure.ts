import { roundUp } from "@multisession/core";
import {
  bdDefinition,
  bdDiscInformation,
  bdSpare,
  discStructure,
  dvdPhysicalFormat,
  dvdPreRecorded,
  dvdSpare,
  layerBoundary,
  readDiscStructure,
  structureFormats,
  structureMedia,
  writeProtection,
} from "@multisession/mmc";
import type { MediaId, MediumTable, StructureSet } from "../../media/medium-table.ts";
import type { MediumState } from "../../medium-state.ts";
import type { StoreAccess } from "../../storage/medium-store.ts";
import { sparesOf } from "../../write-model/spares.ts";
import { type CommandEntry, incompatibleMedium, invalidField, onDisc, upTo } from "../command-entry.ts";

/** First user block as physical sector number: BD layer 0 and DVD. */
const firstSectors = { bd: 0x10_0000, dvd: 0x3_0000 } as const;
/** Sectors in one address unit of BD disc information. */
const SECTORS_IN_UNIT = 8;
const BD_DI_LENGTH = 0x62;
/** Format that lists the others. */
const LIST = 0xff;

/** What a structure is made of. */
interface Shown {
  readonly state: MediumState;
  readonly access: StoreAccess;
  /** As the drive with this disc shows it. */
  readonly mediaId: MediaId;
}

type Structure = (shown: Shown) => Uint8Array | undefined;

const isFormatted = (state: MediumState): boolean => state.condition.descriptor === 2;

function discInformationUnit({ state: { table, mediumBlocks }, mediaId }: Shown): Uint8Array {
  const { manufacturer, type, revision } = mediaId;
  const unit = {
    format: 1,
    unitsPerBlock: 5,
    length: BD_DI_LENGTH,
    discType: String(table.mark),
    version: 2,
    layers: table.layers ?? 1,
    channelLength: 1,
    firstUnit: firstSectors.bd / SECTORS_IN_UNIT,
    // Of the first layer.
    lastUnit: (firstSectors.bd + roundUp(mediumBlocks / (table.layers ?? 1), table.unit)) / SECTORS_IN_UNIT - 2,
    manufacturer,
    mediaType: type,
    revision,
  };
  return bdDiscInformation.build([unit]);
}

function definition({ state }: Shown): Uint8Array | undefined {
  if (!isFormatted(state)) return undefined;
  const spareClusters = (state.mediumBlocks - state.blocks) / state.table.unit;
  return bdDefinition.build({
    format: 1,
    updates: state.table.updates - state.updates,
    firstSector: firstSectors.bd,
    lastBlock: state.blocks - 1,
    innerSpare0: spareClusters,
  });
}

/** Spare areas, in blocks. */
function spareAreas({ state }: Shown): Uint8Array | undefined {
  const spares = sparesOf(state);
  return spares && bdSpare.build({ free: spares.free, allocated: spares.allocated });
}

/** Only DVD+R and DVD+RW name themselves there. */
const physicalFormatWithoutName: Structure = (shown) =>
  physicalFormat({ ...shown, mediaId: { manufacturer: "", type: "", revision: 0 } });

function physicalFormat({ state: { table, mediumBlocks }, mediaId }: Shown): Uint8Array {
  const { mark } = table;
  const { manufacturer, type, revision } = mediaId;
  return dvdPhysicalFormat.build({
    ...(typeof mark === "object" && { book: mark.book, version: mark.version, layerType: mark.layerType }),
    ...layersOf(mark),
    maximumRate: 15,
    lastSector: firstSectors.dvd + mediumBlocks - 1,
    manufacturer,
    mediaType: type,
    revision,
  });
}

function layersOf(mark: MediumTable["mark"]): Parameters<typeof dvdPhysicalFormat.build>[0] {
  const blocks = typeof mark === "object" ? mark.layer0Blocks : undefined;
  if (blocks === undefined) return {};
  return { layers: 1, oppositePath: true, lastSectorOfLayer0: firstSectors.dvd + blocks - 1 };
}

function boundary({
  state: {
    table: { mark },
  },
}: Shown): Uint8Array | undefined {
  const blocks = typeof mark === "object" ? mark.layer0Blocks : undefined;
  return blocks === undefined ? undefined : layerBoundary.build({ isSettled: false, layer0Blocks: blocks });
}

/** The name of a DVD-R runs on from the one field to the other. */
function preRecorded({ mediaId }: Shown): Uint8Array {
  const { manufacturer, type } = mediaId;
  return dvdPreRecorded.build({ manufacturer, mediaType: type });
}

const writeProtected: Structure = ({ access }) =>
  writeProtection.build({ softwareUntilPowerOff: access === "protected" });

/** The primary spare area (captured: 12784 of 12800 were free) is used up before what a format takes from the addressable blocks. */
function ramSpares({ state }: Shown): Uint8Array | undefined {
  const spares = sparesOf(state);
  if (spares === undefined) return undefined;
  const supplementary = spares.allocated - (state.table.defects?.primary ?? 0);
  const supplementaryFree = Math.min(supplementary, spares.free);
  return dvdSpare.build({ primaryFree: spares.free - supplementaryFree, supplementaryFree, supplementary });
}

/** The structures by kind and format. What is not there is refused. */
const structures: Readonly<Record<StructureSet, Readonly<Record<number, Structure>>>> = {
  bd: {
    [structureFormats.bdDiscInformation]: discInformationUnit,
    [structureFormats.bdDefinition]: definition,
    [structureFormats.bdSpare]: spareAreas,
    [structureFormats.writeProtection]: writeProtected,
  },
  "dvd-ram": {
    [structureFormats.dvdPhysical]: physicalFormatWithoutName,
    [structureFormats.dvdSpare]: ramSpares,
    [structureFormats.writeProtection]: writeProtected,
  },
  none: {},
  "dvd-minus": {
    [structureFormats.layerBoundary]: boundary,
    [structureFormats.dvdPhysical]: physicalFormatWithoutName,
    [structureFormats.dvdPreRecorded]: preRecorded,
    [structureFormats.writeProtection]: writeProtected,
  },
  "dvd-plus": {
    [structureFormats.layerBoundary]: boundary,
    [structureFormats.dvdPhysical]: physicalFormat,
    [structureFormats.dvdAdip]: (state) => physicalFormat(state),
    [structureFormats.writeProtection]: writeProtected,
  },
};

/** List entries: format, RDS (readable), length with the header of the reply. */
function listOf(shown: Shown): Uint8Array {
  const entries = Object.entries(structures[shown.state.table.structures]).flatMap(([format, make]) => {
    const data = make(shown);
    const length = (data?.length ?? 0) + 4;
    return data === undefined ? [] : [Number(format), 0x40, length >> 8, length & 0xff];
  });
  return Uint8Array.from(entries);
}

function layersOfMedium({ mark, layers = 1 }: MediumTable): number {
  return typeof mark === "object" && mark.layer0Blocks !== undefined ? 2 : layers;
}

/** READ DISC STRUCTURE (MMC). */
export const structureCommands: readonly CommandEntry[] = [
  onDisc(readDiscStructure, ({ fields, state, disc, drive }) => {
    const { family } = state.table;
    if (family === "cd") return incompatibleMedium;
    if (fields.mediaType !== structureMedia[family]) return invalidField(readDiscStructure, "mediaType");
    if (fields.layer >= layersOfMedium(state.table)) return invalidField(readDiscStructure, "layer");
    const { mediaId, quirks } = drive.traits;
    const shown = { state, access: disc.store.access, mediaId };
    const make = structures[state.table.structures][fields.format];
    const data = fields.format === LIST ? listOf(shown) : make?.(shown);
    if (data !== undefined) return upTo(discStructure.build(data), fields.allocationLength);
    const isSpare = family === "bd" && fields.format === structureFormats.bdSpare;
    return (isSpare ? quirks.unformattedSpare : undefined) ?? invalidField(readDiscStructure, "format");
  }),
];
