import type { TreeNode } from "@multisession/core";
import { type EnhancedChanges, nameForEnhanced } from "./enhanced-names.ts";
import type { NamedNode } from "./hierarchy.ts";
import { Renamings } from "./renamings.ts";
import { SupplementaryDialect } from "./supplementary-dialect.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** What of the options matters to the enhanced hierarchy. */
type EnhancedOptions = Pick<VolumeOptions, "sectionBytes">;

/** The hierarchy of ISO 9660:1999's enhanced descriptor: names in UTF-8 up to 207 bytes, as they are, without versions. */
export class EnhancedDialect extends SupplementaryDialect {
  readonly #options: EnhancedOptions;
  /** What the hierarchy could not hold as it is; counted while it is planned. */
  readonly changes: EnhancedChanges = { mapped: 0, links: 0, specials: 0 };
  /** What the first of these names became. */
  readonly renamings: Renamings = new Renamings();

  constructor(options: EnhancedOptions) {
    super(options.sectionBytes);
    this.#options = options;
  }

  /** The same dialect with a count of its own: names are made again when they are written. */
  forWriting(): EnhancedDialect {
    return new EnhancedDialect(this.#options);
  }

  nameChildren(children: readonly TreeNode[]): NamedNode[] {
    const { mapped } = this.changes;
    const named = nameForEnhanced(children, this.changes);
    if (this.changes.mapped > mapped) this.renamings.notice(named, shownName);
    return named;
  }

  recordIdentifierBytes(named: NamedNode): number {
    return this.identifierBytes(named);
  }

  putRecordIdentifier(bytes: Uint8Array, at: number, named: NamedNode): void {
    this.putIdentifier(bytes, at, named);
  }

  identifierBytes({ key }: NamedNode): number {
    return key.length;
  }

  putIdentifier(bytes: Uint8Array, at: number, { key }: NamedNode): void {
    for (let index = key.length - 1; index >= 0; index -= 1) bytes[at + index] = key.charCodeAt(index);
  }
}

/** The identifier as readers show it. */
function shownName({ key }: NamedNode): string {
  return Buffer.from(key, "latin1").toString("utf8");
}
