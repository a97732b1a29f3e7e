import { isUtf8 } from "node:buffer";
import type { Lba, RecordedEntry } from "@multisession/core";
import type { Findings } from "./findings.ts";

/** A name of the primary hierarchy: without version, and without the dot of an empty extension. */
export function decodePlainName(name: Uint8Array): string {
  return Buffer.from(name).toString("latin1").replace(/;\d*$/, "").replace(/\.$/, "");
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

/** A name of the enhanced hierarchy; UTF-8, and Latin-1 where it is none. Old writers give versions here too. */
export function decodeEnhancedName(name: Uint8Array): string {
  const bytes = Buffer.from(name);
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1").replace(/;\d*$/, "");
}

/** Takes care that the names of one directory can be used as such: no path, nothing empty, none twice. */
export class NameGuard {
  readonly #findings: Findings;
  readonly #used = new Set<string>();

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
    for (let count = 2; ; count += 1) {
      const other = `${usable}~${count}`;
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
