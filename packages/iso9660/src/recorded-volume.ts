import type {
  Attributes,
  BlockReader,
  CallOptions,
  DirectorySpan,
  Finding,
  Lba,
  Md5Sums,
  NoSharing,
  RecordedBytes,
  RecordedEntry,
  RecordedExtent,
  RecordedVolume,
  Sharing,
  StateRef,
  SummedBlocks,
} from "@multisession/core";
import { NO_BLOCK } from "./both-endian.ts";
import { type DescriptorSet, readBlock } from "./descriptor-set.ts";
import { DirectoryReader, type PlacedRecord } from "./directory-reader.ts";
import { readRecord, recordFlag } from "./directory-record.ts";
import { rememberedEnhanced } from "./enhanced-names.ts";
import type { Findings } from "./findings.ts";
import { FoundDirectories, MAX_LEVELS } from "./found-directories.ts";
import { type IsoNameRules, keyAlone } from "./iso-names.ts";
import type { JolietLookup } from "./joliet-lookup.ts";
import { isJolietName, type JolietUnits, nameAlone } from "./joliet-names.ts";
import { ReadableEnd } from "./readable-end.ts";
import { attributesOf, kindOf } from "./record-node.ts";
import { encodeRecordedAs, type RecordedLinks } from "./recorded-as.ts";
import { type OpenFile, RecordedFiles } from "./recorded-files.ts";
import { decodeEnhancedName, decodeJolietName, decodePlainName, isoKey, NameGuard } from "./recorded-names.ts";
import { RecordedPathTable } from "./recorded-path-table.ts";
import type { RecordedSums } from "./recorded-sums.ts";
import type { RockRidgeReader } from "./rock-ridge-reader.ts";
import { readSummedDirectories } from "./session-tags.ts";
import { type ShareableVolume, shareDirectories } from "./sharing.ts";
import type { HierarchyPointers } from "./volume-descriptor.ts";
import { decompress } from "./zisofs.ts";

/** A directory of a recorded volume. */
type RecordedDirectory = RecordedEntry & { readonly kind: "directory" };

/** How names and attributes of a volume are read. */
export type Reading =
  | {
      readonly kind: "rock-ridge";
      readonly entries: RockRidgeReader;
      /** Rules by which a node's identifier is what it would be alone, or is remembered. */
      readonly names: IsoNameRules;
      readonly jolietUnits: JolietUnits;
      readonly joliet?: JolietLookup;
    }
  | { readonly kind: "joliet" | "enhanced" }
  | { readonly kind: "plain" };

/** A root that can be read, and how. */
export interface OpenRoot {
  readonly pointers: HierarchyPointers;
  readonly reading: Reading;
  readonly attributes: Attributes;
  /** The root's first block. */
  readonly bytes: Uint8Array;
  /** What decides whether the next session may share directories; absent where it never may. */
  readonly shareable?: ShareableVolume;
  /** The MD5 sums that records name; absent where there is no list. */
  readonly sums?: RecordedSums;
}

/** Where genisoimage and libisofs hide directories that lie too deep, in the root (RRIP 4.1.5.1). */
const HIDING_PLACE = /^\.?rr_moved$/i;

/** Where we do, with a number where the tree has folders of these names. */
const OWN_HIDING_PLACE = /^\.?rr_moved(_\d+)?$/i;

/** Names as each hierarchy has them; in the primary one also those that Rock Ridge gives no other name. */
const decodeName: Readonly<Record<Reading["kind"], (name: Uint8Array) => string>> = {
  "rock-ridge": decodePlainName,
  plain: decodePlainName,
  joliet: decodeJolietName,
  enhanced: decodeEnhancedName,
};

/** What a volume is read with. */
interface OpenVolume extends OpenRoot {
  readonly reader: BlockReader;
  readonly set: DescriptorSet;
  readonly findings: Findings;
  readonly name: string;
  readonly state: StateRef;
}

/** A volume of ISO 9660, opened by one of its hierarchies. */
export class IsoVolume implements RecordedVolume {
  readonly volumeName: string;
  readonly root: RecordedDirectory;
  readonly #reader: BlockReader;
  readonly #findings: Findings;
  readonly #directories: DirectoryReader;
  readonly #readableEnd: ReadableEnd;
  readonly #reading: Reading;
  readonly #found: FoundDirectories;
  readonly #files: RecordedFiles;
  readonly #shareable: ShareableVolume | undefined;
  readonly #sums: RecordedSums | undefined;
  readonly #state: StateRef;
  readonly #set: DescriptorSet;
  readonly #pointers: HierarchyPointers;
  #table: RecordedPathTable | undefined;
  /** What folders are called in the place that they were moved to. */
  readonly #movedNames = new Map<Lba, string>();

  constructor({
    reader,
    findings,
    name,
    state,
    set,
    pointers,
    reading,
    attributes,
    bytes,
    shareable,
    sums,
  }: OpenVolume) {
    const { rootAt, rootBytes } = pointers;
    this.#reader = reader;
    this.#findings = findings;
    this.#directories = new DirectoryReader(reader, findings, state.end);
    this.#directories.remember(rootAt, bytes);
    this.#readableEnd = new ReadableEnd(reader, state, (readable) =>
      findings.add(
        set.primary.block,
        `The volume says that it is longer than what is there: nothing can be read from block ${readable} on.`,
      ),
    );
    this.#reading = reading;
    this.volumeName = name;
    this.root = { kind: "directory", name: "", attributes, at: rootAt };
    this.#found = new FoundDirectories(rootAt, rootBytes);
    this.#files = new RecordedFiles(findings, sums);
    this.#shareable = shareable;
    this.#sums = sums;
    this.#state = state;
    this.#set = set;
    this.#pointers = pointers;
  }

  get findings(): readonly Finding[] {
    return this.#findings.list;
  }

  async list(directory: RecordedDirectory, options?: CallOptions): Promise<readonly RecordedEntry[]> {
    const entries: RecordedEntry[] = [];
    // What each entry is called in the hierarchy that is read.
    const keys: string[] = [];
    const linked = new Map<RecordedEntry, RecordedLinks>();
    const names = new NameGuard(this.#findings);
    const found = new Set<Lba>();
    let open: OpenFile | undefined;
    const finish = async (): Promise<void> => {
      if (open !== undefined) {
        const file = this.#files.entryOf(open);
        const fault = await this.#readableEnd.faultOf(file.extents, options);
        if (fault !== undefined) this.#findings.add(open.record.block, `The content of "${open.name}" ${fault}.`);
        entries.push(file);
        keys.push(isoKey(open.record.name, "file"));
        const { links, serial } = open.rockRidge ?? {};
        if (file.inode !== undefined && links !== undefined)
          linked.set(file, { links, ...(serial === undefined ? {} : { serial }) });
      }
      open = undefined;
    };
    const bytes = this.#found.bytesOf(directory.at) ?? (await this.#ownBytes(directory.at, options));
    for await (const record of this.#directories.records(directory.at, bytes, options)) {
      if (isDot(record)) continue;
      if (open !== undefined && isSameName(open.record, record)) {
        open.extents.push(extentOf(record));
      } else {
        if (open !== undefined) this.#findings.add(open.record.block, `The last section of "${open.name}" is missing.`);
        await finish();
        const begun = await this.#begin(record, directory, names, found, options);
        if (begun === undefined) continue;
        if ("kind" in begun) {
          entries.push(begun);
          keys.push(isoKey(record.name, begun.kind));
          continue;
        }
        open = begun;
      }
      if ((record.flags & recordFlag.multiExtent) === 0) await finish();
    }
    if (open !== undefined) this.#findings.add(open.record.block, `The last section of "${open.name}" is missing.`);
    await finish();
    return this.#remembered(directory, entries, { keys, linked }, options);
  }

  /** Entries with what they are called in hierarchies that cannot hold their own names. */
  async #remembered(
    directory: RecordedDirectory,
    entries: readonly RecordedEntry[],
    { keys, linked }: { readonly keys: readonly string[]; readonly linked: ReadonlyMap<RecordedEntry, RecordedLinks> },
    options?: CallOptions,
  ): Promise<readonly RecordedEntry[]> {
    const { kind } = this.#reading;
    if (kind !== "rock-ridge")
      return entries.map((entry) => {
        const enhanced = kind === "enhanced" ? rememberedEnhanced(entry.name) : undefined;
        return { ...entry, recordedAs: encodeRecordedAs({ enhanced }, entry.name) };
      });
    const { names, joliet, jolietUnits } = this.#reading;
    const isAlone = entries.map((entry, index) => keys[index] === keyAlone(entry, names));
    // What Joliet had to tell apart is told apart here too, or has a name that Joliet cannot hold: else nothing is read.
    const isAsked = entries.some((entry, index) => !isAlone[index] || !isJolietName(entry.name, jolietUnits));
    const found = isAsked ? await joliet?.namesIn(directory.at, entries, options) : undefined;
    return entries.map((entry, index) => {
      const alone = nameAlone(entry, jolietUnits);
      const jolietName = found?.get(entry) ?? alone;
      if (entry.kind === "directory") joliet?.note(entry.at, { parent: directory.at, name: jolietName });
      const called = {
        ...(isAlone[index] ? {} : { iso: keys[index] as string }),
        ...(jolietName === alone ? {} : { joliet: jolietName }),
      };
      const remembered =
        entry.kind === "directory" ? { movedAs: this.#movedNames.get(entry.at) } : { links: linked.get(entry) };
      return { ...entry, recordedAs: encodeRecordedAs(called, entry.name, remembered) };
    });
  }

  /** What a record is the start of: an entry, a file whose first section it is, or nothing that is listed. */
  async #begin(
    record: PlacedRecord,
    parent: RecordedDirectory,
    names: NameGuard,
    found: Set<Lba>,
    options?: CallOptions,
  ): Promise<RecordedEntry | OpenFile | undefined> {
    const rockRidge =
      this.#reading.kind === "rock-ridge" ? await this.#reading.entries.read(record, options) : undefined;
    const text = rockRidge?.name ?? decodeName[this.#reading.kind](record.name);
    if (rockRidge?.isRelocated) {
      // Ours is marked as moved itself, so that nobody shows it; xorriso's lie in the root, and are read where they belong.
      const isFolder = (record.flags & recordFlag.directory) !== 0;
      if (isFolder && parent.at === this.root.at && OWN_HIDING_PLACE.test(text))
        await this.#isHidingPlace(record, options);
      return undefined;
    }
    const kind = kindOf(record, rockRidge, text, this.#findings);
    if (kind === undefined) return undefined;
    if (kind === "directory") {
      const at = rockRidge?.childAt ?? record.dataAt;
      if (parent.at === this.root.at && HIDING_PLACE.test(text) && (await this.#isHidingPlace(record, options)))
        return undefined;
      if (this.#found.isDeepest(parent.at)) {
        this.#findings.add(record.block, `The folder "${text}" lies ${MAX_LEVELS} levels deep; it was left out.`);
        return undefined;
      }
      if (!this.#found.claim(at, { parent: parent.at, name: text }, found)) {
        this.#findings.add(
          record.block,
          `The folder "${text}" leads back to one that is listed elsewhere; it was left out.`,
        );
        return undefined;
      }
      if (at >= NO_BLOCK)
        this.#findings.add(record.block, `The folder "${text}" lies at block ${at}, which no disc has.`);
      if (rockRidge?.childAt === undefined) this.#found.noteBytes(at, record.dataLength);
      return { kind, name: names.accept(text, record.block), attributes: attributesOf(record, rockRidge, kind), at };
    }
    const name = names.accept(text, record.block);
    const attributes = attributesOf(record, rockRidge, kind === "symlink" ? kind : "file");
    if (kind === "symlink") return { kind, name, attributes, target: rockRidge?.target ?? "" };
    if (typeof kind === "object") return { kind: "special", name, attributes, ...kind };
    if (record.isInterleaved)
      this.#findings.add(
        record.block,
        `"${text}" is interleaved with other data; its content is not what was recorded.`,
      );
    if (rockRidge?.storage !== undefined)
      this.#findings.add(
        record.block,
        `"${text}" is stored ${rockRidge.storage.kind}; its bytes are shown as they lie on the disc.`,
      );
    return { record, name, attributes, extents: [extentOf(record)], rockRidge };
  }

  /** Whether a directory holds nothing but relocated ones, which are shown where they belong. Notes what they are called. */
  async #isHidingPlace({ dataAt, dataLength }: PlacedRecord, options?: CallOptions): Promise<boolean> {
    if (this.#reading.kind !== "rock-ridge") return false;
    let relocated = 0;
    for await (const record of this.#directories.records(dataAt, dataLength, options)) {
      if (isDot(record)) continue;
      if (!(await this.#reading.entries.read(record, options)).isRelocated) return false;
      this.#movedNames.set(record.dataAt, isoKey(record.name, "directory"));
      relocated += 1;
    }
    return relocated > 0;
  }

  /** Shared are directories of the primary hierarchy, read by Rock Ridge. */
  async share(options?: CallOptions): Promise<Sharing | NoSharing> {
    if (this.#shareable === undefined) return { reason: "the disc is not read by Rock Ridge" };
    return shareDirectories(
      this.#shareable,
      {
        bytesOf: (at) => this.#found.bytesOf(at),
        pathOf: (at) => this.#found.pathOf(at),
        table: () => this.#pathTable(options),
      },
      options,
    );
  }

  /** As libisofs records them. */
  async md5Sums(options?: CallOptions): Promise<Md5Sums> {
    return this.#sums?.load(this.#reader, this.#findings, options) ?? (() => undefined);
  }

  /** By the tags of libisofs. */
  summedDirectories(options?: CallOptions): Promise<SummedBlocks | undefined> {
    return readSummedDirectories(this.#reader, this.#state, this.#set, options);
  }

  /** By the path table of the hierarchy that is read. */
  async directories(options?: CallOptions): Promise<DirectorySpan | undefined> {
    return (await this.#pathTable(options))?.span;
  }

  async #pathTable(options?: CallOptions): Promise<RecordedPathTable | undefined> {
    this.#table ??= await RecordedPathTable.read(this.#reader, this.#pointers, options, this.#findings);
    return this.#table;
  }

  /** Compressed files: see {@link decompress}. */
  decode(content: RecordedBytes, options?: CallOptions): AsyncIterable<Uint8Array> {
    return decompress(this.#reader, content, options);
  }

  async #ownBytes(at: Lba, options?: CallOptions): Promise<number> {
    const block = await readBlock(this.#reader, at, options);
    const record = block && readRecord(block, 0);
    if (block === undefined || record === undefined) this.#findings.add(at, "The start of a directory cannot be read.");
    else this.#directories.remember(at, block);
    return record?.dataLength ?? 0;
  }
}

/** A directory's own record, or its parent's. */
function isDot({ name }: PlacedRecord): boolean {
  return name.length === 1 && (name[0] ?? 0) <= 1;
}

function isSameName(a: PlacedRecord, b: PlacedRecord): boolean {
  return Buffer.from(a.name).equals(b.name);
}

function extentOf({ dataAt, dataLength }: PlacedRecord): RecordedExtent {
  return { at: dataAt, bytes: dataLength };
}
