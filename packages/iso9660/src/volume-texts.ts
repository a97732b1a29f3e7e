import { SHORT_DATE_RANGE } from "./dates.ts";
import { cutUnits } from "./joliet-names.ts";
import type { DescriptorKind } from "./volume-descriptor.ts";

/** Texts of a volume for people and programs (ECMA-119 8.4.5 and 8.4.18 to 8.4.25). What is left out stays blank. */
export interface VolumeTexts {
  /** The system that the first 16 blocks are for; 32 characters. */
  readonly system?: string;
  /** The set that the volume belongs to; 128 characters. */
  readonly volumeSet?: string;
  /** Who published it; 128 characters. */
  readonly publisher?: string;
  /** Who put its data together; 128 characters. */
  readonly preparer?: string;
  /** The program that its data is for; 128 characters, `MULTISESSION` where none is given. */
  readonly application?: string;
  /** Name of a file in the root with the copyright statement. */
  readonly copyright?: string;
  /** Name of a file in the root with an abstract. */
  readonly abstract?: string;
  /** Name of a file in the root with bibliographic records. */
  readonly bibliographic?: string;
}

/** Dates of a volume in milliseconds since 1970 (ECMA-119 8.4.26 to 8.4.29). */
export interface VolumeDates {
  /** When the volume was made; the time of the burn where none is given. */
  readonly created?: number;
  /** When it was changed last; the time of the burn where none is given. */
  readonly modified?: number;
  /** From when on it is out of date; never where none is given. */
  readonly expires?: number;
  /** From when on it may be used; at once where none is given. */
  readonly effective?: number;
}

/** A text of a descriptor. */
export type TextName = keyof VolumeTexts;

/** Where texts lie in a descriptor, and how long they are in bytes. A Joliet character takes two. */
export const textField: Readonly<Record<TextName, { readonly at: number; readonly bytes: number }>> = {
  system: { at: 8, bytes: 32 },
  volumeSet: { at: 190, bytes: 128 },
  publisher: { at: 318, bytes: 128 },
  preparer: { at: 446, bytes: 128 },
  application: { at: 574, bytes: 128 },
  copyright: { at: 702, bytes: 37 },
  abstract: { at: 739, bytes: 37 },
  bibliographic: { at: 776, bytes: 37 },
};

/** Texts that name files of the root. */
export const fileTexts = ["copyright", "abstract", "bibliographic"] as const;

/** Who wrote the volume, where the application does not say. */
const APPLICATION = "MULTISESSION";

/** Everything outside the a-characters (ECMA-119 7.4.1). */
const OUTSIDE = /[^A-Z0-9_ !"%&'()*+,\-./:;<=>?]/g;

/** Texts as a descriptor holds them. */
export type EncodedTexts = Readonly<Partial<Record<TextName, string>>>;

/** Texts that no file is named by: the first half of a long one in Joliet's descriptor, capital a-characters in others. */
export function plainTexts(texts: VolumeTexts, kind: DescriptorKind): EncodedTexts {
  const encoded: Partial<Record<TextName, string>> = {};
  for (const name of Object.keys(textField) as TextName[]) {
    const text = name === "application" ? (texts.application ?? APPLICATION) : texts[name];
    if (text === undefined || (fileTexts as readonly TextName[]).includes(name)) continue;
    encoded[name] =
      kind !== "joliet" ? text.toUpperCase().replaceAll(OUTSIDE, "_") : cutUnits(text, textField[name].bytes >> 1);
  }
  return encoded;
}

/** @throws `TypeError` when a text is none, or longer than its field. */
export function checkTexts(texts: VolumeTexts): void {
  checkIsObject("texts", texts);
  for (const [name, text] of Object.entries(texts) as [TextName, unknown][]) {
    const field = Object.hasOwn(textField, name) ? textField[name] : undefined;
    if (field === undefined) throw new TypeError(`A volume has no text "${name}"`);
    const isFile = (fileTexts as readonly TextName[]).includes(name);
    if (typeof text !== "string" || text === "" || (!isFile && text.toUpperCase().length > field.bytes))
      throw new TypeError(`The text "${name}" must have 1 to ${field.bytes} characters`);
  }
}

/** Names of all dates. */
const dateNames: Readonly<Record<keyof VolumeDates, true>> = {
  created: true,
  modified: true,
  expires: true,
  effective: true,
};

/** @throws `TypeError` when a date is none, or cannot be stored. */
export function checkDates(dates: VolumeDates): void {
  checkIsObject("dates", dates);
  for (const [name, time] of Object.entries(dates) as [string, unknown][]) {
    if (!Object.hasOwn(dateNames, name)) throw new TypeError(`A volume has no date "${name}"`);
    if (typeof time !== "number" || !(time >= SHORT_DATE_RANGE.first && time <= SHORT_DATE_RANGE.last))
      throw new TypeError(`The date "${name}" must be a time in the years 1900 to 2155, not ${String(time)}`);
  }
}

function checkIsObject(option: string, value: unknown): void {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${option} must be an object, not ${String(value)}`);
}
