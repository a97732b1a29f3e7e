import type { CallOptions, ContentSource } from "@multisession/core";
import { SMALL } from "./file-source.ts";
import type { Source } from "./source.ts";
import { TimeSlices } from "./time-slices.ts";

/** Gives a burn the bytes of the image's new contents. */
export class ImageContents implements ContentSource {
  readonly #sources: readonly Source[];
  readonly #slices: TimeSlices;
  /** Holds a small file while it is read: the burn reads one at a time and takes each piece before it asks for the next. */
  readonly #scratch = Buffer.alloc(SMALL + 1);

  constructor(sources: readonly Source[], options?: CallOptions) {
    this.#sources = sources;
    this.#slices = new TimeSlices(options);
  }

  async check(options?: CallOptions): Promise<void> {
    const slices = new TimeSlices(options);
    for (const source of this.#sources) {
      source.check();
      if (slices.isOver) await slices.next();
    }
  }

  open(id: number): AsyncIterable<Uint8Array> {
    const source = this.#sources[id];
    if (source === undefined) throw new TypeError(`There is no new content ${id}`);
    return source.read(this.#slices, this.#scratch);
  }
}
