import type { TreeNode } from "@multisession/core";
import type { NamedNode } from "./hierarchy.ts";
import { type JolietChanges, namedAsTheyAre, nameForJoliet } from "./joliet-names.ts";
import { Renamings } from "./renamings.ts";
import { SupplementaryDialect } from "./supplementary-dialect.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** Version of every file, as in the primary hierarchy. */
const VERSION = ";1";

/** What of the options matters to Joliet. */
type JolietOptions = Pick<VolumeOptions, "sectionBytes" | "jolietUnits">;

/** Joliet's hierarchy: names in UTF-16. */
export class JolietDialect extends SupplementaryDialect {
  readonly #options: JolietOptions;
  readonly #plain: WeakSet<readonly TreeNode[]>;
  /** What Joliet could not hold as it is; counted while the hierarchy is planned. */
  readonly changes: JolietChanges = { mapped: 0, cut: 0, links: 0, specials: 0 };
  /** What the first names that were mapped, and the first that were cut, became. */
  readonly renamings: { readonly mapped: Renamings; readonly cut: Renamings } = {
    mapped: new Renamings(),
    cut: new Renamings(),
  };

  /** `plain`: of which folders it is known that all children keep their names. */
  constructor(options: JolietOptions, plain: WeakSet<readonly TreeNode[]> = new WeakSet()) {
    super(options.sectionBytes);
    this.#options = options;
    this.#plain = plain;
  }

  /** The same dialect with a count of its own: names are made again when they are written. */
  forWriting(): JolietDialect {
    return new JolietDialect(this.#options, this.#plain);
  }

  nameChildren(children: readonly TreeNode[]): NamedNode[] {
    if (!this.#plain.has(children)) return this.#nameAll(children);
    const named = namedAsTheyAre(children);
    if (named === undefined) throw new TypeError("A folder has other children than when it was planned");
    return named;
  }

  #nameAll(children: readonly TreeNode[]): NamedNode[] {
    const { changes, renamings } = this;
    const { jolietUnits } = this.#options;
    const { mapped, cut } = changes;
    const named = nameForJoliet(children, changes, jolietUnits);
    const isPlain = named.length === children.length && named.every(({ key, node }) => key === node.name);
    if (isPlain) this.#plain.add(children);
    const isCut = ({ node }: NamedNode): boolean => node.name.length > jolietUnits;
    if (changes.mapped > mapped)
      renamings.mapped.notice(named, (child) => (isCut(child) ? child.node.name : child.key));
    if (changes.cut > cut) renamings.cut.notice(named, (child) => (isCut(child) ? child.key : child.node.name));
    return named;
  }

  recordIdentifierBytes({ key, node }: NamedNode): number {
    return (key.length + (node.kind === "file" ? VERSION.length : 0)) * 2;
  }

  putRecordIdentifier(bytes: Uint8Array, at: number, named: NamedNode): void {
    this.putIdentifier(bytes, at, named);
    if (named.node.kind === "file") putUnits(bytes, at + named.key.length * 2, VERSION);
  }

  identifierBytes({ key }: NamedNode): number {
    return key.length * 2;
  }

  putIdentifier(bytes: Uint8Array, at: number, { key }: NamedNode): void {
    putUnits(bytes, at, key);
  }
}

/** Writes UTF-16 units big-endian. */
export function putUnits(bytes: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes[at + index * 2] = unit >>> 8;
    bytes[at + index * 2 + 1] = unit;
  }
}
