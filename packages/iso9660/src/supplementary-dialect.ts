import type { DirectoryNode, RecordedExtent, TreeNode } from "@multisession/core";
import { flagsOf, identifierEnd, putRecordHeader, RECORD_HEADER_BYTES, recordFlag } from "./directory-record.ts";
import type { Dialect, ExtentsOf, NamedNode, RecordTarget } from "./hierarchy.ts";
import { countSections, sectionsOf } from "./sections.ts";

/** A hierarchy of a supplementary descriptor: files shared with the primary one, no symbolic links, no attributes. */
export abstract class SupplementaryDialect implements Dialect {
  readonly #sectionBytes: number;

  constructor(sectionBytes: number) {
    this.#sectionBytes = sectionBytes;
  }

  abstract nameChildren(children: readonly TreeNode[]): NamedNode[];

  /** Bytes of a directory's identifier, or of a file's with its version if the hierarchy has versions. */
  abstract recordIdentifierBytes(named: NamedNode): number;

  /** Writes what {@link recordIdentifierBytes} counts. */
  abstract putRecordIdentifier(bytes: Uint8Array, at: number, named: NamedNode): void;

  abstract identifierBytes(named: NamedNode): number;

  abstract putIdentifier(bytes: Uint8Array, at: number, named: NamedNode): void;

  dotBytes(): number {
    return identifierEnd(1);
  }

  recordBytes(named: NamedNode): number {
    return identifierEnd(this.recordIdentifierBytes(named));
  }

  recordCount(node: TreeNode): number {
    return node.kind === "file" ? countSections(node.content, this.#sectionBytes) : 1;
  }

  putDot(
    bytes: Uint8Array,
    at: number,
    which: "self" | "parent",
    _isRoot: boolean,
    { attributes }: DirectoryNode,
    target: RecordTarget,
  ): void {
    putRecordHeader(bytes, at, {
      length: this.dotBytes(),
      extent: target.at,
      dataLength: target.bytes,
      date: attributes.modified,
      flags: recordFlag.directory,
      nameLength: 1,
    });
    bytes[at + RECORD_HEADER_BYTES] = which === "self" ? 0 : 1;
  }

  putRecord(bytes: Uint8Array, at: number, length: number, named: NamedNode, target: RecordTarget): void {
    const { node } = named;
    putRecordHeader(bytes, at, {
      length,
      extent: target.at,
      dataLength: target.bytes,
      date: node.attributes.modified,
      flags: flagsOf(node, node.kind === "directory", target),
      nameLength: this.recordIdentifierBytes(named),
    });
    this.putRecordIdentifier(bytes, at + RECORD_HEADER_BYTES, named);
  }

  sections(node: TreeNode, extentsOf: ExtentsOf): readonly RecordedExtent[] {
    return sectionsOf(node.kind === "file" ? extentsOf(node) : [], this.#sectionBytes);
  }
}
