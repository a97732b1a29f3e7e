import { isUtf8 } from "node:buffer";
import type { Lba, RecordedEntry } from "@multisession/core";
import { ENHANCED_NAME_BYTES } from "./enhanced-names.ts";
import type { Findings } from "./findings.ts";

/** A name of the primary hierarchy: without version, and without the dot of an empty extension where a name is left. */
export function decodePlainName(name: Uint8Array): string {
  const whole = Buffer.from(name).toString("latin1").replace(/;\d*$/, "");
  const text = whole.replace(/\.$/, "");
  return /^\.{0,2}$/.test(text) ? whole : text;
}

/** An identifier of the primary hierarchy as names are told apart there: name, dot, extension, without version. */
export function isoKey(name: Uint8Array, kind: RecordedEntry["kind"]): string {
  const identifier = Buffer.from(name).toString("latin1").replace(/;\d*$/, "");
  return kind === "directory" || !identifier.includes(".") ? `${identifier}.` : identifier;
}

/** A name of Joliet's hierarchy, without version. */
export function decodeJolietName(name: Uint8Array): string {
  // A copy, because the bytes are swapped in place; an odd last byte belongs to no character.
  const units = Buffer.from(name.subarray(0, name.length & ~1));
  return units.swap16().toString("utf16le").replace(/;\d*$/, "");
}

/** A name of the enhanced hierarchy: without a version, in no character set that is told (ECMA-119, 4th edition, 8.5.4). */
export function decodeEnhancedName(name: Uint8Array): string {
  const bytes = Buffer.from(name);
  if (isUtf8(bytes)) return bytes.toString();
  // genisoimage cuts a long name also inside a character.
  const cuts = bytes.length < ENHANCED_NAME_BYTES ? [] : [1, 2, 3].map((cut) => bytes.subarray(0, -cut));
  return cuts.find((text) => isUtf8(text))?.toString() ?? bytes.toString("latin1");
}

/** Takes care that the names of one directory can be used as such: no path, nothing empty, none twice. */
export class NameGuard {
  readonly #findings: Findings;
  readonly #used = new Set<string>();
  /** The last count that was tried behind a name: a thousand equal names must not be counted a million times. */
  readonly #counts = new Map<string, number>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** The name as it is listed; a change is a finding. */
  accept(name: string, at: Lba): string {
    const usable = usableName(name);
    if (this.#used.size !== this.#used.add(usable).size) {
      if (usable !== name)
        this.#findings.add(at, `The name ${JSON.stringify(name)} cannot be used; "${usable}" is shown in its place.`);
      return usable;
    }
    for (let count = (this.#counts.get(usable) ?? 1) + 1; ; count += 1) {
      const other = `${usable}~${count}`;
      this.#counts.set(usable, count);
      if (this.#used.size === this.#used.add(other).size) continue;
      this.#findings.add(
        at,
        `The name ${JSON.stringify(name)} is there more than once; "${other}" is shown in its place.`,
      );
      return other;
    }
  }
}

function usableName(name: string): string {
  if (name === "" || name === "." || name === "..") return `_${name}`;
  return /[/\0]|\p{Surrogate}/u.test(name) ? name.replaceAll(/[/\0]|\p{Surrogate}/gu, "_") : name;
}
