import type { DirectoryNode, RecordedExtent, TreeNode } from "@multisession/core";
import { identifierEnd, putRecordHeader, RECORD_HEADER_BYTES, recordFlag } from "./directory-record.ts";
import type { Dialect, ExtentsOf, NamedNode, RecordTarget } from "./hierarchy.ts";
import { type JolietChanges, nameForJoliet } from "./joliet-names.ts";
import { countSections, sectionsOf } from "./sections.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** Version of every file, as in the primary hierarchy. */
const VERSION = ";1";

/** What of the options matters to Joliet. */
type JolietOptions = Pick<VolumeOptions, "sectionBytes" | "jolietUnits">;

/** The supplementary hierarchy: names in UTF-16, files shared with the primary one, no symbolic links, no attributes. */
export class JolietDialect implements Dialect {
  readonly #options: JolietOptions;
  /** What Joliet could not hold as it is; counted while the hierarchy is planned. */
  readonly changes: JolietChanges = { mapped: 0, cut: 0, links: 0 };

  constructor(options: JolietOptions) {
    this.#options = options;
  }

  /** The same dialect with a count of its own: names are made again when they are written. */
  forWriting(): JolietDialect {
    return new JolietDialect(this.#options);
  }

  nameChildren(children: readonly TreeNode[]): NamedNode[] {
    return nameForJoliet(children, this.changes, this.#options.jolietUnits);
  }

  dotBytes(): number {
    return identifierEnd(1);
  }

  recordBytes(named: NamedNode): number {
    return identifierEnd(identifierLength(named));
  }

  recordCount(node: TreeNode): number {
    return node.kind === "file" ? countSections(node.content, this.#options.sectionBytes) : 1;
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

  putRecord(bytes: Uint8Array, at: number, named: NamedNode, target: RecordTarget): void {
    const { node } = named;
    putRecordHeader(bytes, at, {
      length: this.recordBytes(named),
      extent: target.at,
      dataLength: target.bytes,
      date: node.attributes.modified,
      flags: (node.kind === "directory" ? recordFlag.directory : 0) | (target.isContinued ? recordFlag.multiExtent : 0),
      nameLength: identifierLength(named),
    });
    this.putIdentifier(bytes, at + RECORD_HEADER_BYTES, named);
    if (node.kind === "file") putUnits(bytes, at + RECORD_HEADER_BYTES + named.key.length * 2, VERSION);
  }

  identifierBytes({ key }: NamedNode): number {
    return key.length * 2;
  }

  putIdentifier(bytes: Uint8Array, at: number, { key }: NamedNode): void {
    putUnits(bytes, at, key);
  }

  sections(node: TreeNode, extentsOf: ExtentsOf): readonly RecordedExtent[] {
    return sectionsOf(node.kind === "file" ? extentsOf(node) : [], this.#options.sectionBytes);
  }
}

function identifierLength({ key, node }: NamedNode): number {
  return (key.length + (node.kind === "file" ? VERSION.length : 0)) * 2;
}

/** Writes UTF-16 units big-endian. */
export function putUnits(bytes: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes[at + index * 2] = unit >>> 8;
    bytes[at + index * 2 + 1] = unit;
  }
}
