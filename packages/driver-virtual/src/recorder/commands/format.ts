import { BLOCK_BYTES, type Blocks, roundUp, type Sense } from "@multisession/core";
import {
  blank,
  blankTypes,
  formatCapacities,
  formatParameters,
  formatTypes,
  formatUnit,
  mediaEvents,
  readFormatCapacities,
  type ValuesOf,
} from "@multisession/mmc";
import { type FormatSize, formatSizes } from "../../media/geometry.ts";
import { type Condition, conditionOf } from "../../media/medium-table.ts";
import type { MediumState } from "../../medium-state.ts";
import type { StateRecord } from "../../state-record.ts";
import { wholeMedium } from "../../timing/durations.ts";
import { busySenses } from "../../timing/operation.ts";
import { type CommandEntry, invalidField, invalidParameter, onDisc, upTo, wrongListLength } from "../command-entry.ts";
import type { Drive } from "../drive.ts";
import { writeParametersOf } from "../mode-pages.ts";
import { ALL_BLOCKS, extensionsOf, settleExtension } from "./extend.ts";

/** Whether FORMAT UNIT is possible now: a write-once medium takes one format, and only while it is blank. */
export function isFormattable(state: MediumState): boolean {
  if (state.table.formats.length === 0) return false;
  return state.table.isReformattable || (state.isEmpty && state.condition.id === "unformatted");
}

/** Background formats: the byte behind the type is 1 to go on with one that was stopped (MMC, format 26h). */
const RESTART = 1;

/** The size that is asked for, or nothing when the format cannot give it. */
function sizeOf(sizes: readonly FormatSize[], asked: Blocks, unit: Blocks): Blocks | undefined {
  const [first] = sizes;
  if (first === undefined) return undefined;
  const listed = sizes.map(({ blocks }) => blocks);
  const { size } = first.rule;
  const isFirst = size === "ignored" || asked === 0 || asked === ALL_BLOCKS;
  const rounded = roundUp(asked, unit);
  if (size === "up-to" && !isFirst) return rounded <= first.blocks ? rounded : undefined;
  if (size !== "any") return isFirst ? first.blocks : listed.find((blocks) => blocks === asked);
  return rounded >= Math.min(...listed) && rounded <= Math.max(...listed) ? rounded : undefined;
}

/** What is recorded goes first: the power can go before the new format is there. */
function erasure({ table, condition, isEmpty, mediumBlocks }: MediumState, becomes: string): readonly StateRecord[] {
  const { erasing } = table;
  const isUsed = !isEmpty || condition.id !== "unformatted";
  if (erasing === undefined || !isUsed || [condition.id, becomes].includes(erasing)) return [];
  return [{ is: "format", condition: erasing, blocks: mediumBlocks, background: 0, erases: true }];
}

/** What a format does, and what of it goes on in the background. */
interface FormatWork {
  readonly records: readonly StateRecord[];
  readonly background?: readonly StateRecord[];
  /** Blocks that are written over for it. */
  readonly written?: Blocks;
}

/** A CD's tracks are of the mode that mode page 05h says. */
function modeOf({ modePages }: Drive, { page }: Condition): { readonly isMode2?: true } {
  const { dataBlockType } = writeParametersOf(modePages);
  return page?.mode2BlockType !== undefined && page.mode2BlockType === dataBlockType ? { isMode2: true } : {};
}

/**
 * The options of a format: what the drive does not do is refused, not left out. Without FOV there are none but Immed, which
 * growisofs sends alone. Skipping certification or keeping defect lists changes nothing here.
 */
function wrongIn(asked: ValuesOf<typeof formatParameters>): keyof typeof formatParameters.fields | undefined {
  if (asked.descriptorLength !== 8) return "descriptorLength";
  if (asked.initializationPattern) return "initializationPattern";
  if (asked.vendorSpecific) return "vendorSpecific";
  const { disablePrimary, disableCertification, stopFormat, tryOut } = asked;
  const hasOptions = disablePrimary || disableCertification || stopFormat || tryOut;
  return hasOptions && !asked.optionsValid ? "optionsValid" : undefined;
}

function settleFormat(drive: Drive, state: MediumState, list: Uint8Array): FormatWork | Sense {
  const asked = formatParameters.parse(list);
  const wrong = wrongIn(asked);
  if (wrong !== undefined) return invalidParameter(formatParameters, wrong);
  const extension = extensionsOf(state).find(({ rule }) => rule.type === asked.type);
  if (extension !== undefined) {
    const record = settleExtension(state, extension, asked.blocks);
    if ("key" in record) return record;
    const added = record.is === "extend" ? record.blocks - (record.start ?? state.blocks) : 0;
    return { records: [record], ...(extension.rule.certifies && { written: added }) };
  }
  const sizes = formatSizes(state.table, state.mediumBlocks).filter(({ rule }) => rule.type === asked.type);
  const condition = sizes[0]?.rule.becomes[asked.subType];
  if (condition === undefined) return invalidParameter(formatParameters, sizes.length === 0 ? "type" : "subType");
  const formatted = conditionOf(state.table, condition);
  const blocks = sizeOf(sizes, asked.blocks, formatted.packets?.user ?? state.table.unit);
  if (blocks === undefined) return invalidParameter(formatParameters, "blocks");
  // Packets of another size than the listed one would be another disc than was asked for.
  const { parameter = 0 } = sizes[0] ?? {};
  if (formatted.packets !== undefined && asked.parameter !== 0 && asked.parameter !== parameter)
    return invalidParameter(formatParameters, "parameter");
  const { formatsInBackground, isReformattable } = state.table;
  const isRestart = formatsInBackground && (asked.parameter & RESTART) !== 0 && state.background !== 0;
  // The rest of a background format is a step of its own, also where time passes at once: the power can go before it.
  const background: readonly StateRecord[] = [{ is: "background", value: 3 }];
  if (isRestart)
    return state.background === 1 ? { records: [{ is: "background", value: 2 }], background } : { records: [] };
  if (!formatsInBackground) {
    const format: StateRecord = {
      is: "format",
      condition,
      blocks,
      background: 0,
      ...(isReformattable && { erases: true }),
      ...modeOf(drive, formatted),
    };
    return { records: [...erasure(state, condition), format] };
  }
  return { records: [{ is: "format", condition, blocks, background: 2 }], background };
}

/** Formats that write over all blocks (MMC): types 00h and 10h of DVD, and BD-RE with full certification. */
function isFull({ table }: MediumState, { type, subType }: FormatAsked): boolean {
  if (table.family === "bd") return table.isErasable && subType === FULL_CERTIFICATION;
  return !table.formatsInBackground && (type === formatTypes.full || type === formatTypes.packet);
}

/** Blocks that a format writes over before it is done. */
function blocksWritten(state: MediumState, asked: FormatAsked, { written = 0 }: FormatWork): Blocks {
  return isFull(state, asked) ? state.mediumBlocks : written;
}

/** Sub-type of a BD-RE format. */
const FULL_CERTIFICATION = 2;

type FormatAsked = Pick<ValuesOf<typeof formatParameters>, "type" | "subType">;

/** READ FORMAT CAPACITIES, FORMAT UNIT and BLANK (MMC). */
export const formatCommands: readonly CommandEntry[] = [
  onDisc(readFormatCapacities, ({ fields, state }) => {
    const { table, mediumBlocks, condition, isEmpty } = state;
    const formats = isFormattable(state) ? formatSizes(table, mediumBlocks) : [];
    const { descriptor } = condition;
    const extensions = extensionsOf(state);
    const isUsed = descriptor === 1 && (!isEmpty || state.isFinalized);
    const reply = formatCapacities.build({
      // Captured on a DVD-RW: what is recorded counts as formatted. Of a CD-RW nothing was captured.
      blocks: isUsed && table.isReformattable && table.family === "dvd" ? state.writtenEnd : state.blocks,
      state: isUsed ? 2 : descriptor,
      blockBytes: 2048,
      formats: [
        ...formats.map(({ rule, blocks, parameter }) => ({ blocks, type: rule.type, subType: 0, parameter })),
        ...extensions.map(({ rule: { type, parameter }, blocks }) => ({ blocks, type, subType: 0, parameter })),
      ],
    });
    return upTo(reply, fields.allocationLength);
  }),

  onDisc(formatUnit, ({ fields, dataOut, state, drive }) => {
    if (!fields.hasParameters) return invalidField(formatUnit, "hasParameters");
    if (fields.formatCode !== 1) return invalidField(formatUnit, "formatCode");
    if (dataOut.length < formatParameters.size) return wrongListLength;
    if (!isFormattable(state)) return state.table.senses.cannotFormat;
    const work = settleFormat(drive, state, dataOut);
    if ("key" in work) return work;
    const asked = formatParameters.parse(dataOut);
    // All was checked; who only tries must not get a format.
    if (asked.tryOut) return undefined;
    drive.carryOut({
      ...work,
      sense: busySenses.format,
      // What goes on in the background is begun before the answer.
      isImmediate: asked.immediate && work.background === undefined,
      event: work.background && mediaEvents.backgroundFormatDone,
      more: (BLOCK_BYTES * blocksWritten(state, asked, work)) / drive.timing.speeds.write,
    });
    return undefined;
  }),

  onDisc(blank, ({ fields, drive, state }) => {
    const { table, mediumBlocks } = state;
    // Captured on BD-R and CD-R: what cannot be blanked answers as what cannot be formatted.
    if (Object.keys(table.blanks).length === 0) return table.senses.cannotFormat;
    const condition = table.blanks[fields.type];
    if (condition === undefined) return invalidField(blank, "type");
    const blanked: StateRecord = { is: "format", condition, blocks: mediumBlocks, background: 0, erases: true };
    drive.carryOut({
      records: [...erasure(state, condition), blanked],
      sense: busySenses.operation,
      isImmediate: fields.immediate,
      more: fields.type === blankTypes.full ? wholeMedium(state, drive.timing.speeds.write) : 0,
    });
    return undefined;
  }),
];
