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

type Structure = (state: MediumState, access: StoreAccess) => Uint8Array | undefined;

const isFormatted = (state: MediumState): boolean => state.condition.descriptor === 2;

function discInformationUnit({ table, mediumBlocks }: MediumState): Uint8Array {
  const { manufacturer, type, revision } = table.mediaId;
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

function definition(state: MediumState): Uint8Array | undefined {
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
function spareAreas(state: MediumState): Uint8Array | undefined {
  const spares = sparesOf(state);
  return spares && bdSpare.build({ free: spares.free, allocated: spares.allocated });
}

/** Only DVD+R and DVD+RW name themselves there. */
const physicalFormatWithoutName: Structure = (state) =>
  physicalFormat(state, { manufacturer: "", type: "", revision: 0 });

function physicalFormat({ table, mediumBlocks }: MediumState, id?: MediaId): Uint8Array {
  const { mark } = table;
  const { manufacturer, type, revision } = id ?? table.mediaId;
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

function boundary({ table: { mark } }: MediumState): Uint8Array | undefined {
  const blocks = typeof mark === "object" ? mark.layer0Blocks : undefined;
  return blocks === undefined ? undefined : layerBoundary.build({ isSettled: false, layer0Blocks: blocks });
}

/** The name of a DVD-R runs on from the one field to the other. */
function preRecorded({ table }: MediumState): Uint8Array {
  const { manufacturer, type } = table.mediaId;
  return dvdPreRecorded.build({ manufacturer, mediaType: type });
}

const writeProtected: Structure = (_state, access) =>
  writeProtection.build({ softwareUntilPowerOff: access === "protected" });

/** The primary spare area (captured: 12784 of 12800 were free) is used up before what a format takes from the addressable blocks. */
function ramSpares(state: MediumState): Uint8Array | undefined {
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
    [structureFormats.dvdPhysical]: (state) => physicalFormat(state),
    [structureFormats.dvdAdip]: (state) => physicalFormat(state),
    [structureFormats.writeProtection]: writeProtected,
  },
};

/** List entries: format, RDS (readable), length with the header of the reply. */
function listOf(state: MediumState, access: StoreAccess): Uint8Array {
  const entries = Object.entries(structures[state.table.structures]).flatMap(([format, make]) => {
    const data = make(state, access);
    const length = (data?.length ?? 0) + 4;
    return data === undefined ? [] : [Number(format), 0x40, length >> 8, length & 0xff];
  });
  return Uint8Array.from(entries);
}

/** READ DISC STRUCTURE (MMC). */
export const structureCommands: readonly CommandEntry[] = [
  onDisc(readDiscStructure, ({ fields, state, disc }) => {
    const { access } = disc.store;
    const { family } = state.table;
    if (family === "cd") return incompatibleMedium;
    if (fields.mediaType !== structureMedia[family]) return invalidField;
    const make = structures[state.table.structures][fields.format];
    const data = fields.format === LIST ? listOf(state, access) : make?.(state, access);
    return data === undefined ? invalidField : upTo(discStructure.build(data), fields.allocationLength);
  }),
];
