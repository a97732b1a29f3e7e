import type { CallOptions } from "./recorder.ts";

/** The bytes of one content, in pieces of any size. */
export type ContentPieces = (AsyncIterable<Uint8Array> | Iterable<Uint8Array>) & {
  /**
   * Where the source hashes what it reads, as one that reads in a worker does, so that the burn need not: SHA-256 of the
   * content as planned, which is what the pieces gave, cut or filled up with zeros. Asked for once, after the last piece.
   */
  sha256?(): Uint8Array;
  /** MD5 in the same way, where the burn asked for it. */
  md5?(): Uint8Array;
};

/** How the bytes of a content are asked for. */
export interface ContentOptions extends CallOptions {
  /** Whether the burn needs MD5 too. */
  readonly md5?: boolean;
}

/** Contents that follow each other by their ids, as they will lie on the disc. */
export interface ContentRun {
  /** How many; those without a byte among them take no block. */
  readonly count: number;
  /** The bytes of each, filled up with zeros to whole blocks. Taken before the source is asked for anything else. */
  readonly blocks: Uint8Array;
  /** SHA-256 of each as planned, as {@link ContentPieces} give it, one behind the other. */
  readonly sha256: Uint8Array;
  /** MD5 in the same way, where the burn asked for it. */
  readonly md5?: Uint8Array;
}

/** Gives the burn the bytes of the new contents. Made by the image. */
export interface ContentSource {
  /**
   * Whether every source can be read and is still what was planned: asked once, before the first write.
   *
   * @throws `SOURCE_UNREADABLE`, `SOURCE_CHANGED`.
   */
  check(options?: CallOptions): Promise<void>;
  /**
   * The bytes of one content. Too few are filled up with zeros, too many are cut, and an error
   * while reading ends it: in each case the content counts as damaged and the burn goes on. Contents are read one after
   * another, and a piece is taken before the next is asked for, so a source may use the same memory again.
   */
  open(id: number, options?: ContentOptions): ContentPieces;
  /**
   * Contents from `id` on as a whole, where they are in memory and are what was planned: small ones, of which there can be
   * 100,000, cost the burn almost nothing this way. Resolves to nothing where `id` is to be opened.
   */
  run?(id: number, options?: ContentOptions): Promise<ContentRun | undefined>;
}
