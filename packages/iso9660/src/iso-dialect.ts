import type {
  Attributes,
  DirectoryNode,
  ExtendedAttribute,
  FileNode,
  Lba,
  RecordedExtent,
  SpecialNode,
  TreeNode,
} from "@multisession/core";
import { attributeEntries, shortEntry, shortEntryBytes } from "./aaip.ts";
import { indexAttribute, listAttribute } from "./checksum-list.ts";
import { Continuations, type SystemUse } from "./continuation.ts";
import { PN_BYTES, putDevice } from "./device-node.ts";
import {
  flagsOf,
  identifierEnd,
  MAX_RECORD_BYTES,
  putRecordHeader,
  RECORD_HEADER_BYTES,
  recordFlag,
} from "./directory-record.ts";
import type { Dialect, ExtentsOf, FolderAreas, NamedNode, RecordTarget } from "./hierarchy.ts";
import { nameAsGiven, nameForIso } from "./iso-names.ts";
import { filesAndFolders, type LeftOut } from "./left-out.ts";
import type { PlacedSums, PlannedSums } from "./planned-sums.ts";
import type { Relocation } from "./relocation.ts";
import { Renamings } from "./renamings.ts";
import {
  type AttributeForm,
  attributeBytes,
  fileType,
  nameEntryBytes,
  putAttributes,
  putContinuation,
  putExtensionId,
  putIsMoved,
  putMovedChild,
  putName,
  putRealParent,
  putSuspStart,
  RELOCATION_BYTES,
  ROOT_ENTRY_BYTES,
  typeOf,
} from "./rock-ridge.ts";
import { countSections, sectionsOf } from "./sections.ts";
import { entryIn } from "./unknown-storage.ts";
import { putUtf8 } from "./utf8.ts";
import type { VolumeOptions } from "./volume-options.ts";
import { zisofsEntry, zisofsOf } from "./zisofs.ts";

/** Version of every file (ECMA-119 7.5.1). */
const VERSION = ";1";

const DOT_IDENTIFIER_END = identifierEnd(1);

const NOTHING = new Uint8Array(0);

/** As long as nothing has a place. */
const NOWHERE: IsoPlaces = { directories: 0, continuations: 0 };

/** What the primary hierarchy could not hold as it is; counted while it is planned. */
export interface IsoChanges extends LeftOut {
  /** Names that are no identifiers. */
  mapped: number;
  /** Compressed files that readers are not told of. */
  compressed: number;
  /** Names of items with extended attributes or an access control list, which are left out. */
  readonly attributed: string[];
}

type Device = NonNullable<SpecialNode["device"]>;

/** Bytes of the entry that names a file's MD5 sum. */
const SUM_ENTRY_BYTES = shortEntryBytes(indexAttribute(0));

/** Where the parts of a hierarchy lie. */
interface IsoPlaces {
  /** The first directory. */
  readonly directories: Lba;
  /** The continuation areas behind the directories. */
  readonly continuations: Lba;
}

/** What a dialect is made of beside options. */
interface DialectParts {
  readonly relocation?: Relocation | undefined;
  readonly continuations?: Continuations;
  /** Where directories and continuation areas lie. */
  readonly places?: IsoPlaces;
  /** Where files have their MD5 sums, if records name them. */
  readonly sums?: (Pick<PlannedSums, "has"> & Pick<PlacedSums, "list" | "indexOf">) | undefined;
}

/** The primary hierarchy: ISO 9660 level 3 names, as a rule with Rock Ridge in the system use fields. */
export class IsoDialect implements Dialect {
  readonly #options: VolumeOptions;
  /** How Rock Ridge is written; nothing without it. */
  readonly #attributes: AttributeForm | undefined;
  readonly #attributeBytes: number;
  readonly changes: IsoChanges = { mapped: 0, links: 0, specials: 0, compressed: 0, attributed: [] };
  /** What the first names of {@link IsoChanges.mapped} became. */
  readonly renamings: Renamings = new Renamings();
  /** The areas for names and targets that do not fit into a record; placed while the hierarchy is planned. */
  readonly continuations: Continuations;
  readonly #places: IsoPlaces;
  readonly #relocation: Relocation | undefined;
  readonly #sums: DialectParts["sums"];

  constructor(
    options: VolumeOptions,
    { relocation, continuations = new Continuations(), places = NOWHERE, sums }: DialectParts = {},
  ) {
    this.#options = options;
    this.#sums = sums;
    const { rockRidge: version, stamps } = options;
    this.#attributes = version === false ? undefined : { version, stamps };
    this.#attributeBytes = this.#attributes === undefined ? 0 : attributeBytes(this.#attributes);
    this.#relocation = relocation;
    this.continuations = continuations;
    this.#places = places;
  }

  /** The same dialect, once it is known where directories, continuation areas and MD5 sums lie. */
  placed(places: IsoPlaces, sums: DialectParts["sums"]): IsoDialect {
    const { continuations } = this;
    return new IsoDialect(this.#options, { relocation: this.#relocation, continuations, places, sums });
  }

  get folderAreas(): FolderAreas {
    return this.continuations;
  }

  /** The same dialect with a count of its own: names are made again. */
  forWriting(): IsoDialect {
    return this.placed(this.#places, this.#sums);
  }

  nameChildren(children: readonly TreeNode[]): NamedNode[] {
    const { names, profile, rockRidge } = this.#options;
    if (rockRidge === false) this.#countLost(children);
    // A profile has proved the names, and remembers none that were told apart.
    if (profile !== undefined) return nameAsGiven(children);
    if (rockRidge !== false) return nameForIso(children, names);
    const named = nameForIso(filesAndFolders(children, this.changes), names);
    this.changes.mapped += named.filter((child) => plainName(child) !== child.node.name).length;
    this.renamings.notice(named, plainName);
    return named;
  }

  #countLost(children: readonly TreeNode[]): void {
    this.changes.compressed += children.filter(isCompressed).length;
    for (const { name, attributes } of children)
      if (attributes.extended !== undefined && attributes.extended.length > 0) this.changes.attributed.push(name);
  }

  dotBytes(which: "self" | "parent", isRoot: boolean, directory: DirectoryNode): number {
    const isMoved = which === "parent" && this.#relocation?.realParents.has(directory) === true;
    return this.#dotBytes(which === "self" && isRoot, isMoved, directory);
  }

  #dotBytes(isStart: boolean, isMoved: boolean, directory: DirectoryNode): number {
    if (this.#options.rockRidge === false) return DOT_IDENTIFIER_END;
    const start = isStart ? ROOT_ENTRY_BYTES + (this.rootAttributes(directory)?.length ?? 0) : 0;
    const link = isMoved ? RELOCATION_BYTES.link : 0;
    return even(DOT_IDENTIFIER_END + this.#attributeBytes + start + link);
  }

  /**
   * The extended attributes of the root as one entry, with the place of the MD5 sums; that alone where the others do not fit
   * into its own record. A continuation area of the root is what newest Linux rejects behind a head with the session's own size.
   */
  rootAttributes(root: DirectoryNode): Buffer | undefined {
    return (
      this.#inRootRecord([...(root.attributes.extended ?? []), ...this.#listPlace]) ??
      this.#inRootRecord(this.#listPlace)
    );
  }

  /** Whether the root's own extended attributes fit. */
  keepsRootAttributes({ attributes: { extended = [] } }: DirectoryNode): boolean {
    return extended.length === 0 || this.#inRootRecord([...extended, ...this.#listPlace]) !== undefined;
  }

  /** What the root says of the MD5 sums. */
  get #listPlace(): readonly ExtendedAttribute[] {
    const list = this.#sums?.list;
    return list === undefined ? [] : [listAttribute(list)];
  }

  #inRootRecord(attributes: readonly ExtendedAttribute[]): Buffer | undefined {
    const [entry, another] = attributeEntries(attributes);
    const bytes = DOT_IDENTIFIER_END + this.#attributeBytes + ROOT_ENTRY_BYTES + (entry?.length ?? 0);
    return another === undefined && even(bytes) <= MAX_RECORD_BYTES ? entry : undefined;
  }

  recordBytes(named: NamedNode): number {
    const { node } = named;
    const special =
      this.#storageBytes(node) + this.#sumBytes(node) + this.#relocationBytes(node) + this.#deviceBytes(node);
    const fixed = identifierEnd(this.#fileIdentifierBytes(named)) + this.#attributeBytes + special;
    if (this.#options.rockRidge === false) return fixed;
    if (isShort(named.node)) {
      const bytes = fixed + nameEntryBytes(named.node.name);
      if (bytes <= MAX_RECORD_BYTES) return even(bytes);
    }
    return even(fixed + this.#systemUse(named, fixed).insideBytes);
  }

  recordCount(node: TreeNode): number {
    return node.kind === "file" ? countSections(node.content, this.#options.sectionBytes) : 1;
  }

  putDot(
    bytes: Uint8Array,
    at: number,
    which: "self" | "parent",
    isRoot: boolean,
    directory: DirectoryNode,
    target: RecordTarget,
  ): void {
    const { attributes } = directory;
    const isStart = which === "self" && isRoot;
    const length = this.#dotBytes(isStart, target.parentAt !== undefined, directory);
    putHeader(bytes, at, length, 1, recordFlag.directory, attributes, target);
    bytes[at + DOT_IDENTIFIER_END - 1] = which === "self" ? 0 : 1;
    const form = this.#attributes;
    if (form === undefined) return;
    let next = at + DOT_IDENTIFIER_END;
    if (isStart) next = putSuspStart(bytes, next);
    next = putAttributes(bytes, next, fileType.directory, attributes, target, form);
    if (isStart) {
      next = putExtensionId(bytes, next, form.version);
      const extended = this.rootAttributes(directory);
      if (extended !== undefined) bytes.set(extended, next);
    }
    if (target.parentAt !== undefined) putRealParent(bytes, next, target.parentAt);
  }

  putRecord(bytes: Buffer, at: number, length: number, named: NamedNode, target: RecordTarget): void {
    const { node } = named;
    const nameLength = this.#fileIdentifierBytes(named);
    // What stands for a moved folder is a file to those who do not know Rock Ridge (RRIP 4.1.5.1).
    const isDirectory = node.kind === "directory" && target.childAt === undefined;
    const flags = flagsOf(node, isDirectory, target);
    putHeader(bytes, at, length, nameLength, flags, node.attributes, target);
    this.putIdentifier(bytes, at + RECORD_HEADER_BYTES, named);
    if (node.kind !== "directory")
      putUtf8(bytes, at + RECORD_HEADER_BYTES + nameLength - VERSION.length, VERSION, VERSION.length);
    const form = this.#attributes;
    if (form === undefined) return;
    let next = putAttributes(bytes, at + identifierEnd(nameLength), typeOf(node), node.attributes, target, form);
    if (this.#deviceBytes(node) > 0) next = putDevice(bytes, next, (node as SpecialNode).device as Device);
    if (this.#sumBytes(node) > 0) next = this.#putSum(bytes, next, node as FileNode);
    if (target.childAt !== undefined) next = putMovedChild(bytes, next, target.childAt);
    else if (this.#relocationBytes(node) > 0) next = putIsMoved(bytes, next);
    const storage = storageEntryOf(node) ?? NOTHING;
    const fixed = next - at + storage.length;
    const nameBytes = nameEntryBytes(node.name);
    const isInside = isShort(node) && fixed + nameBytes <= MAX_RECORD_BYTES;
    // libarchive reads no entry behind one whose signature has a digit (Z2), so the name comes first.
    if (isInside) next = putName(bytes, next, node.name, nameBytes);
    bytes.set(storage, next);
    next += storage.length;
    if (!isInside) this.#putSystemUse(bytes, next, node, this.#systemUse(named, fixed));
  }

  identifierBytes({ key, node }: NamedNode): number {
    return node.kind === "directory" ? key.length - 1 : key.length;
  }

  putIdentifier(bytes: Uint8Array, at: number, named: NamedNode): void {
    for (let index = this.identifierBytes(named) - 1; index >= 0; index -= 1)
      bytes[at + index] = named.key.charCodeAt(index);
  }

  sections(node: TreeNode, extentsOf: ExtentsOf): readonly RecordedExtent[] {
    return sectionsOf(node.kind === "file" ? extentsOf(node) : [], this.#options.sectionBytes);
  }

  #fileIdentifierBytes(named: NamedNode): number {
    return this.identifierBytes(named) + (named.node.kind === "directory" ? 0 : VERSION.length);
  }

  #storageBytes(node: TreeNode): number {
    return this.#options.rockRidge === false ? 0 : (storageEntryOf(node)?.length ?? 0);
  }

  #deviceBytes(node: TreeNode): number {
    return this.#options.rockRidge !== false && node.kind === "special" && node.device !== undefined ? PN_BYTES : 0;
  }

  #sumBytes(node: TreeNode): number {
    return node.kind === "file" && this.#sums?.has(node.content) === true ? SUM_ENTRY_BYTES : 0;
  }

  /** Always in the record, before all that may lie in a continuation area and is made before its index is known. */
  #putSum(bytes: Uint8Array, at: number, { content, attributes }: FileNode): number {
    const index = this.#sums?.indexOf(content) ?? 0;
    bytes.set(shortEntry(indexAttribute(index), (attributes.extended ?? []).length > 0), at);
    return at + SUM_ENTRY_BYTES;
  }

  /** Bytes that say that a folder was moved, or where to: CL in its place, RE where it lies now. */
  #relocationBytes(node: TreeNode): number {
    if (this.#relocation === undefined) return 0;
    const { standIns, realParents, folder } = this.#relocation;
    if (standIns.has(node)) return RELOCATION_BYTES.link;
    return node === folder || realParents.has(node) ? RELOCATION_BYTES.mark : 0;
  }

  #systemUse(named: NamedNode, fixed: number): SystemUse {
    return this.continuations.systemUse(named, MAX_RECORD_BYTES - fixed, this.#isWritten(named.node));
  }

  /** Whether a node is a folder that the session writes: none that was recorded, or stands for one that was moved. */
  #isWritten(node: TreeNode): boolean {
    return node.kind === "directory" && node.sharedAt === undefined && !this.#relocation?.standIns.has(node);
  }

  #putSystemUse(bytes: Uint8Array, at: number, node: TreeNode, { inside, area }: SystemUse): void {
    let next = at;
    for (const entry of inside) {
      bytes.set(entry, next);
      next += entry.length;
    }
    if (area === undefined) return;
    const base = this.#isWritten(node) ? this.#places.directories : this.#places.continuations;
    putContinuation(bytes, next, base + area.block, area.offset, area.length);
  }
}

/** Whether a name is all that a record has to say beside what every record says. */
function isShort({ kind, attributes }: TreeNode): boolean {
  return kind !== "symlink" && attributes.extended === undefined;
}

function isCompressed(node: TreeNode): boolean {
  return node.kind === "file" && node.content.kind === "recorded" && zisofsOf(node.content) !== undefined;
}

/** The entry that tells readers again how a file is stored that is on the disc already; nothing for most. */
function storageEntryOf(node: TreeNode): Uint8Array | undefined {
  if (node.kind !== "file" || node.content.kind !== "recorded") return undefined;
  const { encoding, remark } = node.content;
  const zisofs = encoding === undefined ? undefined : zisofsOf(node.content);
  if (zisofs !== undefined) return zisofsEntry(zisofs);
  return remark === undefined ? undefined : entryIn(remark);
}

function putHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  nameLength: number,
  flags: number,
  { modified }: Attributes,
  target: RecordTarget,
): void {
  putRecordHeader(bytes, at, {
    length,
    extent: target.at,
    dataLength: target.bytes,
    date: modified,
    flags,
    nameLength,
  });
}

/** The name that readers show who know neither Rock Ridge nor Joliet. */
function plainName({ key }: NamedNode): string {
  return key.endsWith(".") ? key.slice(0, -1) : key;
}

function even(bytes: number): number {
  return bytes + (bytes % 2);
}
