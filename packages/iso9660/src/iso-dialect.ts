import type { Attributes, DirectoryNode, Lba, RecordedExtent, TreeNode } from "@multisession/core";
import { Continuations, type SystemUse } from "./continuation.ts";
import {
  identifierEnd,
  MAX_RECORD_BYTES,
  putRecordHeader,
  RECORD_HEADER_BYTES,
  recordFlag,
} from "./directory-record.ts";
import type { Dialect, ExtentsOf, NamedNode, RecordTarget } from "./hierarchy.ts";
import { nameForIso } from "./iso-names.ts";
import {
  ATTRIBUTE_BYTES,
  nameEntryBytes,
  putAttributes,
  putContinuation,
  putExtensionId,
  putName,
  putSuspStart,
  ROOT_ENTRY_BYTES,
} from "./rock-ridge.ts";
import { countSections, sectionsOf } from "./sections.ts";

/** Version of every file (ECMA-119 7.5.1). */
const VERSION = ";1";

const DOT_IDENTIFIER_END = identifierEnd(1);

/** The primary hierarchy: ISO 9660 level 3 names, with Rock Ridge in the system use fields. */
export class IsoDialect implements Dialect {
  readonly #sectionBytes: number;
  /** The areas for names and targets that do not fit into a record; placed while the hierarchy is planned. */
  readonly continuations: Continuations;
  readonly #continuationsAt: Lba;

  constructor(sectionBytes: number, continuations: Continuations = new Continuations(), continuationsAt: Lba = 0) {
    this.#sectionBytes = sectionBytes;
    this.continuations = continuations;
    this.#continuationsAt = continuationsAt;
  }

  /** The same dialect, once it is known where the continuation areas lie. */
  placed(continuationsAt: Lba): IsoDialect {
    return new IsoDialect(this.#sectionBytes, this.continuations, continuationsAt);
  }

  nameChildren(children: readonly TreeNode[]): NamedNode[] {
    return nameForIso(children);
  }

  dotBytes(which: "self" | "parent", isRoot: boolean): number {
    return even(DOT_IDENTIFIER_END + ATTRIBUTE_BYTES + (which === "self" && isRoot ? ROOT_ENTRY_BYTES : 0));
  }

  recordBytes(named: NamedNode): number {
    const fixed = identifierEnd(this.#fileIdentifierBytes(named)) + ATTRIBUTE_BYTES;
    if (named.node.kind !== "symlink") {
      const bytes = fixed + nameEntryBytes(named.node.name);
      if (bytes <= MAX_RECORD_BYTES) return even(bytes);
    }
    return even(fixed + this.#systemUse(named, fixed).insideBytes);
  }

  recordCount(node: TreeNode): number {
    return node.kind === "file" ? countSections(node.content, this.#sectionBytes) : 1;
  }

  putDot(
    bytes: Uint8Array,
    at: number,
    which: "self" | "parent",
    isRoot: boolean,
    { attributes }: DirectoryNode,
    target: RecordTarget,
  ): void {
    putHeader(bytes, at, this.dotBytes(which, isRoot), 1, recordFlag.directory, attributes, target);
    bytes[at + DOT_IDENTIFIER_END - 1] = which === "self" ? 0 : 1;
    let next = at + DOT_IDENTIFIER_END;
    const isStart = which === "self" && isRoot;
    if (isStart) next = putSuspStart(bytes, next);
    next = putAttributes(bytes, next, "directory", attributes, target.links);
    if (isStart) putExtensionId(bytes, next);
  }

  putRecord(bytes: Uint8Array, at: number, named: NamedNode, target: RecordTarget): void {
    const { node } = named;
    const nameLength = this.#fileIdentifierBytes(named);
    const fixed = identifierEnd(nameLength) + ATTRIBUTE_BYTES;
    const length = this.recordBytes(named);
    const flags =
      (node.kind === "directory" ? recordFlag.directory : 0) | (target.isContinued ? recordFlag.multiExtent : 0);
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    putHeader(bytes, at, length, nameLength, flags, node.attributes, target);
    this.putIdentifier(bytes, at + RECORD_HEADER_BYTES, named);
    if (node.kind !== "directory")
      view.write(VERSION, at + RECORD_HEADER_BYTES + nameLength - VERSION.length, "latin1");
    const next = putAttributes(bytes, at + identifierEnd(nameLength), node.kind, node.attributes, target.links);
    const nameBytes = nameEntryBytes(node.name);
    if (node.kind !== "symlink" && fixed + nameBytes <= MAX_RECORD_BYTES) putName(view, next, node.name, nameBytes);
    else this.#putSystemUse(bytes, next, this.#systemUse(named, fixed));
  }

  identifierBytes({ key, node }: NamedNode): number {
    return node.kind === "directory" ? key.length - 1 : key.length;
  }

  putIdentifier(bytes: Uint8Array, at: number, named: NamedNode): void {
    for (let index = this.identifierBytes(named) - 1; index >= 0; index -= 1)
      bytes[at + index] = named.key.charCodeAt(index);
  }

  sections(node: TreeNode, extentsOf: ExtentsOf): readonly RecordedExtent[] {
    return sectionsOf(node.kind === "file" ? extentsOf(node) : [], this.#sectionBytes);
  }

  #fileIdentifierBytes(named: NamedNode): number {
    return this.identifierBytes(named) + (named.node.kind === "directory" ? 0 : VERSION.length);
  }

  #systemUse(named: NamedNode, fixed: number): SystemUse {
    return this.continuations.systemUse(named, MAX_RECORD_BYTES - fixed);
  }

  #putSystemUse(bytes: Uint8Array, at: number, { inside, areas }: SystemUse): void {
    let next = at;
    for (const entry of inside) {
      bytes.set(entry, next);
      next += entry.length;
    }
    const area = areas[0];
    if (area !== undefined) putContinuation(bytes, next, this.#continuationsAt + area.block, area.offset, area.length);
  }
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

function even(bytes: number): number {
  return bytes + (bytes % 2);
}
