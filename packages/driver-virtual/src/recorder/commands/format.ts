import { type Blocks, roundUp, type Sense } from "@multisession/core";
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
import type { MediumState } from "../../medium-state.ts";
import type { StateRecord } from "../../state-record.ts";
import { wholeMedium } from "../../timing/durations.ts";
import { busySenses } from "../../timing/operation.ts";
import { type CommandEntry, invalidField, invalidParameter, onDisc, upTo, wrongListLength } from "../command-entry.ts";

/** Whether FORMAT UNIT is possible now: a write-once medium takes one format, and only while it is blank. */
export function isFormattable(state: MediumState): boolean {
  return state.table.isReformattable || (state.isEmpty && state.condition.id === "unformatted");
}

/** Background formats: the byte behind the type is 1 to go on with one that was stopped (MMC, format 26h). */
const RESTART = 1;
/** "As many as there are" in FORMAT UNIT. */
const ALL_BLOCKS = 0xffff_ffff;

/** The size that is asked for, or nothing when the format cannot give it. */
function sizeOf(sizes: readonly FormatSize[], asked: Blocks, unit: Blocks): Blocks | undefined {
  const [first] = sizes;
  if (first === undefined) return undefined;
  const listed = sizes.map(({ blocks }) => blocks);
  const isFirst = first.rule.size === "ignored" || asked === 0 || asked === ALL_BLOCKS;
  if (first.rule.size !== "any") return isFirst ? first.blocks : listed.find((blocks) => blocks === asked);
  const rounded = roundUp(asked, unit);
  return rounded >= Math.min(...listed) && rounded <= Math.max(...listed) ? rounded : undefined;
}

/** What is recorded goes first: the power can go before the new format is there. */
function erasure({ table, condition, isEmpty, mediumBlocks }: MediumState, becomes: string): readonly StateRecord[] {
  const { erasing } = table;
  const isUsed = !isEmpty || condition.id !== "unformatted";
  if (erasing === undefined || !isUsed || [condition.id, becomes].includes(erasing)) return [];
  return [{ is: "format", condition: erasing, blocks: mediumBlocks, background: 0, erases: true }];
}

/** Blocks by which a quick format whose session was closed can grow again (MMC, format 13h). */
function growthOf({ condition, blocks, mediumBlocks }: MediumState): Blocks {
  return condition.id === "restricted" ? mediumBlocks - blocks : 0;
}

/**
 * Quick grow (MMC, format 13h). On a real disc the session is open again and grows by what is written; here it has its
 * new size at once, in one step, so that no cut can come between the old size and the old contents.
 */
function settleGrowth(state: MediumState, asked: Blocks): FormatWork | Sense {
  const most = growthOf(state);
  const growth = asked === 0 || asked === ALL_BLOCKS ? most : roundUp(asked, state.table.unit);
  if (growth === 0 || growth > most) return invalidParameter;
  return { records: [{ is: "format", condition: state.condition.id, blocks: state.blocks + growth, background: 0 }] };
}

/** What a format does, and what of it goes on in the background. */
interface FormatWork {
  readonly records: readonly StateRecord[];
  readonly background?: readonly StateRecord[];
}

function settleFormat(state: MediumState, list: Uint8Array): FormatWork | Sense {
  const asked = formatParameters.parse(list);
  if (asked.descriptorLength !== 8) return invalidParameter;
  if (asked.type === formatTypes.dvdRwQuickGrow) return settleGrowth(state, asked.blocks);
  const sizes = formatSizes(state.table, state.mediumBlocks).filter(({ rule }) => rule.type === asked.type);
  const condition = sizes[0]?.rule.becomes[asked.subType];
  if (condition === undefined) return invalidParameter;
  const blocks = sizeOf(sizes, asked.blocks, state.table.unit);
  if (blocks === undefined) return invalidParameter;
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

/** Sub-type of a BD-RE format. */
const FULL_CERTIFICATION = 2;

type FormatAsked = Pick<ValuesOf<typeof formatParameters>, "type" | "subType">;

/** READ FORMAT CAPACITIES, FORMAT UNIT and BLANK (MMC). */
export const formatCommands: readonly CommandEntry[] = [
  onDisc(readFormatCapacities, ({ fields, state }) => {
    const { table, mediumBlocks, condition, isEmpty } = state;
    const formats = isFormattable(state) ? formatSizes(table, mediumBlocks) : [];
    const { descriptor } = condition;
    const growth = growthOf(state);
    const isUsed = descriptor === 1 && (!isEmpty || state.isFinalized);
    const reply = formatCapacities.build({
      // Captured on a DVD-RW: what is recorded counts as formatted.
      blocks: isUsed && table.isReformattable ? state.writtenEnd : state.blocks,
      state: isUsed ? 2 : descriptor,
      blockBytes: 2048,
      formats: [
        ...formats.map(({ rule, blocks, parameter }) => ({ blocks, type: rule.type, subType: 0, parameter })),
        ...(growth > 0
          ? [{ blocks: growth, type: formatTypes.dvdRwQuickGrow, subType: 0, parameter: table.unit }]
          : []),
      ],
    });
    return upTo(reply, fields.allocationLength);
  }),

  onDisc(formatUnit, ({ fields, dataOut, state, drive }) => {
    if (!fields.hasParameters || fields.formatCode !== 1) return invalidField;
    if (dataOut.length < formatParameters.size) return wrongListLength;
    if (!isFormattable(state)) return state.table.senses.cannotFormat;
    const work = settleFormat(state, dataOut);
    if ("key" in work) return work;
    const asked = formatParameters.parse(dataOut);
    drive.carryOut({
      ...work,
      sense: busySenses.format,
      // What goes on in the background is begun before the answer.
      isImmediate: asked.immediate && work.background === undefined,
      event: work.background && mediaEvents.backgroundFormatDone,
      more: isFull(state, asked) ? wholeMedium(state, drive.timing.speeds.write) : 0,
    });
    return undefined;
  }),

  onDisc(blank, ({ fields, drive, state }) => {
    const { table, mediumBlocks } = state;
    // Captured on BD-R and CD-R: what cannot be blanked answers as what cannot be formatted.
    if (Object.keys(table.blanks).length === 0) return table.senses.cannotFormat;
    const condition = table.blanks[fields.type];
    if (condition === undefined) return invalidField;
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
