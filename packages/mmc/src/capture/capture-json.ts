import { MultisessionError, type Sense } from "@multisession/core";
import { senseCode } from "../sense-words.ts";
import type {
  CapturedFeature,
  CapturedIdentity,
  CapturedMedium,
  CapturedSpeed,
  CapturedZone,
  DriveCapture,
  DriveQuirks,
} from "./drive-capture.ts";

/** Version of the document. It changes when a member is removed or means something else, not when one is added. */
export const CAPTURE_VERSION = 1;
const KIND = "drive";

/** Bounds of a document, all beyond what a drive can say. */
const most = { profiles: 64, features: 256, featureBytes: 252, media: 64, speeds: 64, number: 0xffff_ffff } as const;

/** A capture as a JSON document: `version`, `kind`, and the capture; senses in short, such as `5/24/00`. */
export function captureDocument({ identity, profiles, features, media: all }: DriveCapture): object {
  const media = all.map(({ quirks, ...medium }) => ({
    ...medium,
    ...(quirks && {
      quirks: Object.fromEntries(Object.entries(quirks).map(([name, value]) => [name, written(value)])),
    }),
  }));
  const seen = { ...(profiles && { profiles }), ...(features && { features }) };
  return { version: CAPTURE_VERSION, kind: KIND, identity, ...seen, media };
}

function written(value: true | number | Sense): true | number | string {
  return typeof value === "object" ? senseCode(value) : value;
}

/**
 * Reads a capture from the text of a JSON document, and checks all of it. Members that are not known are left out.
 *
 * @throws `mmc/capture-invalid` when it is none; `subject` is what the error names as its source.
 */
export function parseCapture(text: string, subject: string): DriveCapture {
  try {
    return captureOf(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "it is no JSON" : cause instanceof Error ? cause.message : String(cause);
    throw new MultisessionError("mmc/capture-invalid", `${subject} holds no capture of a drive: ${why}.`, {
      subject,
      advice: "Write one with `multisession capture DEVICE -o FILE`.",
      retry: "after-change",
      cause,
    });
  }
}

/** Checks a capture that is plain data already. @throws `TypeError` that says which member is wrong. */
export function captureOf(value: unknown): DriveCapture {
  const document = objectOf(value, "the document");
  if (document["kind"] !== KIND) throw new TypeError(`its kind is not "${KIND}"`);
  if (document["version"] !== CAPTURE_VERSION) throw new TypeError(`only version ${CAPTURE_VERSION} is known`);
  const { profiles, features } = document;
  return {
    identity: identityOf(objectOf(document["identity"], "identity")),
    ...(profiles !== undefined && { profiles: listOf(profiles, "profiles", most.profiles, codeOf) }),
    ...(features !== undefined && { features: featuresOf(features) }),
    media: distinct(listOf(document["media"], "media", most.media, mediumOf), ({ profile }) => profile, "media"),
  };
}

type Members = Readonly<Record<string, unknown>>;

function objectOf(value: unknown, name: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError(`${name} is no object`);
  return value as Members;
}

function listOf<T>(
  value: unknown,
  name: string,
  longest: number,
  item: (value: unknown, name: string) => T,
): readonly T[] {
  if (!Array.isArray(value) || value.length > longest) throw new TypeError(`${name} is no list of at most ${longest}`);
  return value.map((entry: unknown, index) => item(entry, `${name}[${index}]`));
}

function distinct<T>(items: readonly T[], key: (item: T) => string, name: string): readonly T[] {
  if (new Set(items.map(key)).size < items.length) throw new TypeError(`${name} names one thing twice`);
  return items;
}

function textOf(value: unknown, name: string, longest: number): string {
  if (typeof value === "string" && value.length <= longest && /^[\x20-\x7e]*$/.test(value)) return value;
  throw new TypeError(`${name} is not at most ${longest} printable ASCII characters`);
}

function matched(value: unknown, name: string, pattern: RegExp, what: string): string {
  if (typeof value === "string" && pattern.test(value)) return value.toUpperCase();
  throw new TypeError(`${name} is not ${what}`);
}

function codeOf(value: unknown, name: string): string {
  return matched(value, name, /^[0-9a-f]{4}$/i, "four hexadecimal digits");
}

function numberOf(value: unknown, name: string, least = 0, largest: number = most.number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= largest) return value;
  throw new TypeError(`${name} is no whole number from ${least} to ${largest}`);
}

function identityOf({ vendor, product, revision }: Members): CapturedIdentity {
  return {
    vendor: textOf(vendor, "identity.vendor", 8),
    product: textOf(product, "identity.product", 16),
    revision: textOf(revision, "identity.revision", 4),
  };
}

function featuresOf(value: unknown): readonly CapturedFeature[] {
  const all = listOf(value, "features", most.features, featureOf);
  const sorted = [...all].sort((a, b) => Number.parseInt(a.code, 16) - Number.parseInt(b.code, 16));
  return distinct(sorted, ({ code }) => code, "features");
}

function featureOf(value: unknown, name: string): CapturedFeature {
  const { code, version, isPersistent, data } = objectOf(value, name);
  return {
    code: codeOf(code, `${name}.code`),
    ...(version !== undefined && { version: numberOf(version, `${name}.version`, 0, 15) }),
    ...flag(isPersistent, `${name}.isPersistent`, "isPersistent"),
    ...(data !== undefined && { data: bytesOf(data, `${name}.data`) }),
  };
}

function bytesOf(value: unknown, name: string): string {
  const digits = matched(value, name, /^(?:[0-9a-f]{8})*$/i, "hexadecimal digits of whole groups of 4 bytes");
  if (digits.length > 2 * most.featureBytes) throw new TypeError(`${name} is longer than ${most.featureBytes} bytes`);
  return digits;
}

function flag<K extends string>(value: unknown, name: string, key: K): { readonly [P in K]?: true } {
  if (value === undefined || value === false) return {};
  if (value !== true) throw new TypeError(`${name} is neither true nor false`);
  return { [key]: true } as { readonly [P in K]?: true };
}

function mediumOf(value: unknown, name: string): CapturedMedium {
  const { profile, mediaId, writeSpeeds, readSpeed, writeZones, bufferBytes, quirks } = objectOf(value, name);
  return {
    profile: codeOf(profile, `${name}.profile`),
    ...(mediaId !== undefined && { mediaId: textOf(mediaId, `${name}.mediaId`, 32) }),
    ...(writeSpeeds !== undefined && { writeSpeeds: listOf(writeSpeeds, `${name}.writeSpeeds`, most.speeds, speedOf) }),
    ...(readSpeed !== undefined && { readSpeed: numberOf(readSpeed, `${name}.readSpeed`, 1) }),
    ...(writeZones !== undefined && { writeZones: listOf(writeZones, `${name}.writeZones`, most.speeds, zoneOf) }),
    ...(bufferBytes !== undefined && { bufferBytes: numberOf(bufferBytes, `${name}.bufferBytes`, 1) }),
    ...(quirks !== undefined && { quirks: quirksOf(objectOf(quirks, `${name}.quirks`), `${name}.quirks`) }),
  };
}

function speedOf(value: unknown, name: string): CapturedSpeed {
  const { speed, isAngular } = objectOf(value, name);
  return { speed: numberOf(speed, `${name}.speed`, 1), ...flag(isAngular, `${name}.isAngular`, "isAngular") };
}

function zoneOf(value: unknown, name: string): CapturedZone {
  const { from, to, startSpeed, endSpeed } = objectOf(value, name);
  const first = numberOf(from, `${name}.from`);
  return {
    from: first,
    to: numberOf(to, `${name}.to`, first),
    startSpeed: numberOf(startSpeed, `${name}.startSpeed`, 1),
    endSpeed: numberOf(endSpeed, `${name}.endSpeed`, 1),
  };
}

function senseFrom(value: unknown, name: string): Sense {
  const short = matched(value, name, /^[0-9a-f]\/[0-9a-f]{2}\/[0-9a-f]{2}$/i, "a sense such as 5/24/00");
  const [key = 0, asc = 0, ascq = 0] = short.split("/").map((part) => Number.parseInt(part, 16));
  return { key, asc, ascq };
}

/** How each quirk is written. A quirk that is left out here does not compile. */
const quirkForms: Readonly<Record<keyof DriveQuirks, "flag" | "blocks" | "sense">> = {
  startsInPregap: "flag",
  pseudoOverwriteWhileBlank: "flag",
  withoutNextWritable: "flag",
  withoutLastRecorded: "flag",
  unsetCapacity: "flag",
  unsetTrackSize: "flag",
  zeroTrackSize: "flag",
  readCompatibility: "blocks",
  unformattedSpare: "sense",
  writeAfterFormat: "sense",
  busyInformation: "flag",
  busyWhenFull: "flag",
};

function quirksOf(members: Members, name: string): DriveQuirks {
  const entries = Object.entries(quirkForms).flatMap(([quirk, form]): readonly (readonly [string, unknown])[] => {
    const value = Object.hasOwn(members, quirk) ? members[quirk] : undefined;
    const at = `${name}.${quirk}`;
    if (value === undefined) return [];
    if (form === "flag") return Object.entries(flag(value, at, quirk));
    return [[quirk, form === "blocks" ? numberOf(value, at) : senseFrom(value, at)]];
  });
  return Object.fromEntries(entries) as DriveQuirks;
}
