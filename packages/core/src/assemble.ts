import type { Extent, ImageShape, Phase, Source, Written } from "./extent.ts";
import type { Layout, Placement, Rendering } from "./file-system.ts";
import type { SessionRecord, Trailer } from "./history.ts";
import { type ManifestEntry, type ManifestVersion, manifestBlocks, manifestPieces } from "./manifest.ts";
import type { Fixed } from "./plan.ts";
import { encodeTrailer } from "./session-record.ts";
import { type AddressSpace, rangeOf, replacementBlocks } from "./space.ts";
import type { Content, RecordedExtent } from "./tree.ts";
import { type Blocks, blocksOf, type Lba, roundUp } from "./units.ts";

/** A file content that is not on the disc yet. Its id is its place in the list. */
export interface NewContent {
  /** Length; 0 takes no block. */
  readonly bytes: number;
  /** For people: as a rule the path of the first file that has it. */
  readonly label: string;
}

/** What a session is assembled from. */
export interface Assembly {
  /** What the mechanism offers. */
  readonly space: AddressSpace;
  /** Goes into the session's record. */
  readonly fixed: Fixed;
  /** One for each file system; they share the contents. */
  readonly layouts: readonly Layout[];
  /** Placed in this order, behind the front parts. */
  readonly contents: readonly NewContent[];
  /** Volume name, for the state. */
  readonly label: string;
  /** The manifest of the state that the session builds on. */
  readonly previousManifest?: Lba;
  /** With a fresh start on a used disc: an empty volume for the head, written first. */
  readonly clear?: readonly Extent[];
  /** What becomes of blocks in the unit of the commit that are kept and cannot be read; `refuse` without it. */
  readonly unreadable?: "refuse" | "zeros";
  /** Which of the blocks in the unit of the commit that nobody writes are kept; the others become zeros. All without it. */
  readonly keeps?: (block: Uint8Array) => boolean;
  /** Digest of what was laid out, for `ImageShape.imageDigest`. */
  readonly imageDigest: string;
}

/**
 * Puts a session together: the file systems' front parts, the contents, their back parts, the manifest, and the
 * trailer as the last block, filled up to whole units. Contents are placed here once, for all file systems.
 */
export async function assembleSession(assembly: Assembly): Promise<ImageShape> {
  const { fixed, layouts } = assembly;
  const frame = frameOf(assembly);
  const record: SessionRecord = { ...fixed, start: frame.start, end: frame.chainEnd, trailerAt: frame.trailerAt };
  const placements = layouts.map((_, index): Placement => {
    const front = frame.start + sum(layouts.slice(0, index).map(({ front }) => front));
    const back = frame.contentEnd + sum(layouts.slice(0, index).map(({ back }) => back));
    return {
      front,
      back,
      start: frame.start,
      sessionEnd: frame.sessionEnd,
      chainEnd: frame.chainEnd,
      record,
      extentsOf: (content) => extentsOf(content, frame.contentAt),
    };
  });
  const renderings: Rendering[] = [];
  for (const [index, layout] of layouts.entries()) renderings.push(await layout.render(placements[index] as Placement));
  const trailer: Omit<Trailer, "metadataSha256"> = {
    ...record,
    contentStart: frame.contentStart,
    contentEnd: frame.contentEnd,
    manifestAt: frame.manifestAt,
    manifestBlocks: frame.manifestBlocks,
  };
  return {
    phases: phasesOf(assembly, frame, renderings, trailer),
    state: { start: frame.start, end: frame.chainEnd, label: assembly.label },
    imageDigest: assembly.imageDigest,
    ...(takesMd5(layouts) ? { md5: true } : {}),
  };
}

/** Only the unit that publishes. */
export function assembleHead(
  { space, keeps, imageDigest }: Pick<Assembly, "space" | "keeps" | "imageDigest">,
  head: readonly Extent[],
  state: ImageShape["state"],
): ImageShape {
  const phases = [commitPhase(space, head, { unreadable: "zeros", ...(keeps && { keeps }) })].filter(
    (phase) => phase !== undefined,
  );
  return { phases, state, imageDigest };
}

/** Where each part of a session lies. */
interface Frame {
  readonly start: Lba;
  readonly contentStart: Lba;
  readonly contentAt: readonly Lba[];
  readonly contentEnd: Lba;
  readonly manifestAt: Lba;
  readonly manifestBlocks: Blocks;
  readonly trailerAt: Lba;
  readonly sessionEnd: Lba;
  readonly chainEnd: Lba;
}

function frameOf({ space, layouts, contents }: Assembly): Frame {
  const start = space.sessionStart;
  const contentStart = start + sum(layouts.map(({ front }) => front));
  const contentAt: Lba[] = [];
  let at = contentStart;
  for (const { bytes } of contents) {
    contentAt.push(at);
    at += blocksOf(bytes);
  }
  const contentEnd = at;
  const manifestAt = contentEnd + sum(layouts.map(({ back }) => back));
  const blocks = manifestBlocks(countOf(contents), versionFor(layouts));
  const length = roundUp(Math.max(space.minimum, manifestAt + blocks + 1 - start), space.sessionUnit);
  const sessionEnd = start + length;
  const chainEnd = sessionEnd + growthOf(space);
  return {
    start,
    contentStart,
    contentAt,
    contentEnd,
    manifestAt,
    manifestBlocks: blocks,
    trailerAt: sessionEnd - 1,
    sessionEnd,
    chainEnd,
  };
}

function takesMd5(layouts: readonly Layout[]): boolean {
  return layouts.some(({ md5 }) => md5 === true);
}

function versionFor(layouts: readonly Layout[]): ManifestVersion {
  return takesMd5(layouts) ? 2 : 1;
}

/** Blocks behind the session that bridge and commit take on pseudo-overwrite media; they count into the session's size. */
function growthOf(space: AddressSpace): Blocks {
  const bridge =
    space.chainFrom === undefined ? 0 : replacementBlocks(space, space.chainFrom, unitAt(space, space.chainFrom));
  const commit = space.published.by === "head" ? replacementBlocks(space, space.published.at, space.published.unit) : 0;
  return bridge + commit;
}

function extentsOf(content: Content, contentAt: readonly Lba[]): readonly RecordedExtent[] {
  if (content.kind === "recorded") return content.extents;
  if (content.bytes === 0) return [];
  const at = contentAt[content.id];
  if (at === undefined) throw new TypeError(`There is no new content ${content.id}`);
  return [{ at, bytes: content.bytes }];
}

/** An extent and its source in one object, with a label that is made when it is asked for: there can be 100,000 of them. */
class ContentExtent implements Extent {
  readonly from = "content" as const;
  readonly at: Lba;
  readonly id: number;
  readonly #content: NewContent;

  constructor(at: Lba, id: number, content: NewContent) {
    this.at = at;
    this.id = id;
    this.#content = content;
  }

  get bytes(): number {
    return this.#content.bytes;
  }

  get blocks(): Blocks {
    return blocksOf(this.#content.bytes);
  }

  get label(): string {
    return this.#content.label;
  }

  get source(): Source {
    return this;
  }
}

function phasesOf(
  assembly: Assembly,
  frame: Frame,
  renderings: readonly Rendering[],
  trailer: Omit<Trailer, "metadataSha256">,
): readonly Phase[] {
  const { space, contents, clear } = assembly;
  const payload: Extent[] = renderings.flatMap(({ front }) => front);
  for (const [id, content] of contents.entries())
    if (content.bytes > 0) payload.push(new ContentExtent(frame.contentAt[id] as Lba, id, content));
  payload.push(...renderings.flatMap(({ back }) => back), {
    at: frame.manifestAt,
    blocks: frame.manifestBlocks,
    source: { from: "derived", produce: (written) => manifestOf(assembly, frame, written) },
    label: "manifest",
  });
  const padAt = frame.manifestAt + frame.manifestBlocks;
  if (padAt < frame.trailerAt)
    payload.push({ at: padAt, blocks: frame.trailerAt - padAt, source: { from: "zero" }, label: "padding" });
  payload.push({
    at: frame.trailerAt,
    blocks: 1,
    source: {
      from: "derived",
      produce: (written) => [
        encodeTrailer({ ...trailer, metadataSha256: Buffer.from(written.metadata()).toString("hex") }),
      ],
    },
    label: "trailer",
  });
  const isByHead = space.published.by === "head";
  const { keeps } = assembly;
  const cleared = clear && commitPhase(space, clear, { unreadable: "zeros", ...(keeps && { keeps }) });
  const phases: (Phase | undefined)[] = [
    cleared && { ...cleared, kind: "invalidate" },
    { kind: "payload", extents: payload, then: isByHead ? "durable" : "none" },
    bridgePhase(
      space,
      renderings.flatMap(({ bridge }) => bridge ?? []),
    ),
    commitPhase(
      space,
      renderings.flatMap(({ commit }) => commit ?? []),
      assembly,
    ),
  ];
  return phases.filter((phase) => phase !== undefined);
}

function manifestOf(
  { contents, layouts, previousManifest }: Assembly,
  frame: Frame,
  written: Written,
): Iterable<Uint8Array> {
  function* entries(): Generator<ManifestEntry> {
    for (const [id, at] of frame.contentAt.entries()) {
      const { bytes } = contents[id] as NewContent;
      if (bytes === 0) continue;
      const { sha256, md5, isDamaged } = written.content(id);
      yield md5 === undefined ? { at, bytes, sha256, isDamaged } : { at, bytes, sha256, md5, isDamaged };
    }
  }
  return manifestPieces(countOf(contents), entries, previousManifest, versionFor(layouts));
}

/** How many contents have a place. */
function countOf(contents: readonly NewContent[]): number {
  return contents.reduce((count, { bytes }) => count + Number(bytes > 0), 0);
}

function commitPhase(
  space: AddressSpace,
  extents: readonly Extent[],
  { unreadable = "refuse", keeps }: Pick<Assembly, "unreadable" | "keeps">,
): Phase | undefined {
  if (space.published.by !== "head" || extents.length === 0) return undefined;
  const { at, unit } = space.published;
  // What else lies in the unit, a system area for example, is kept; where nothing was ever written there are zeros.
  const isNew = rangeOf(space, at, unit)?.rule === "append";
  const filler: Source = isNew ? { from: "zero" } : { from: "medium", unreadable, ...(keeps && { keeps }) };
  return { kind: "commit", extents: fillUnit(at, unit, extents, filler), then: "durable" };
}

function bridgePhase(space: AddressSpace, extents: readonly Extent[]): Phase | undefined {
  if (space.chainFrom === undefined || extents.length === 0) return undefined;
  return {
    kind: "bridge",
    extents: fillUnit(space.chainFrom, unitAt(space, space.chainFrom), extents, { from: "zero" }),
    then: "durable",
  };
}

function unitAt(space: AddressSpace, at: Lba): Blocks {
  return space.ranges.find(({ start, end }) => at >= start && at < end)?.unit ?? space.sessionUnit;
}

function fillUnit(start: Lba, unit: Blocks, extents: readonly Extent[], filler: Source): readonly Extent[] {
  const filled: Extent[] = [];
  let at = start;
  const fillTo = (end: Lba): void => {
    if (end > at) filled.push({ at, blocks: end - at, source: filler, label: "rest of the unit" });
  };
  for (const extent of extents.toSorted((a, b) => a.at - b.at)) {
    fillTo(extent.at);
    filled.push(extent);
    at = extent.at + extent.blocks;
  }
  fillTo(start + unit);
  return filled;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
