import type { Finding, Lba } from "@multisession/core";

/** Most findings that are kept: a disc that is damaged everywhere must not fill the memory. */
const MAX_FINDINGS = 1000;

/** What was found wrong while a volume was read. */
export class Findings {
  readonly #list: Finding[] = [];
  readonly #known = new Set<string>();

  /** Notes something wrong at a block, once. Behind {@link MAX_FINDINGS} only that there is more. */
  add(at: Lba, what: string): void {
    const key = `${at} ${what}`;
    if (this.#list.length > MAX_FINDINGS || this.#known.has(key)) return;
    this.#known.add(key);
    if (this.#list.length < MAX_FINDINGS) this.#list.push({ at, what });
    else if (this.#list.length === MAX_FINDINGS)
      this.#list.push({ at, what: "There is more damage than is listed here." });
  }

  /** All so far. */
  get list(): readonly Finding[] {
    return this.#list;
  }
}
