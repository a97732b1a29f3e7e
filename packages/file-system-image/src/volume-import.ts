import type { CallOptions, Finding, RecordedEntry, RecordedVolume } from "@multisession/core";
import { Folder } from "./folder.ts";
import type { ImageDirectory, ImageNode } from "./nodes.ts";

type DirectoryEntry = RecordedEntry & { readonly kind: "directory" };

/** A volume on the disc as part of the image: its directories become folders, each read when it is looked at. */
export class VolumeImport {
  readonly root: ImageDirectory;
  readonly #volume: RecordedVolume;
  readonly #findings: Finding[] = [];
  /** Directories by address: one that turns up twice would make the tree endless. */
  readonly #seen: Set<number>;

  constructor(volume: RecordedVolume) {
    this.#volume = volume;
    this.#seen = new Set([volume.root.at]);
    this.root = this.#directory(volume.root, "");
  }

  /** What was found wrong so far, with its address. */
  get findings(): readonly Finding[] {
    return [...this.#volume.findings, ...this.#findings];
  }

  async #list(directory: DirectoryEntry, options?: CallOptions): Promise<Map<string, ImageNode>> {
    const nodes = new Map<string, ImageNode>();
    for (const entry of await this.#volume.list(directory, options)) {
      const name = this.#nameOf(entry, directory);
      if (nodes.has(name)) {
        this.#findings.push({
          at: directory.at,
          what: `The name "${name}" stands twice in one directory; the first counts.`,
        });
        continue;
      }
      const node = this.#node(entry, name);
      if (node !== undefined) nodes.set(name, node);
    }
    return nodes;
  }

  #node(entry: RecordedEntry, name: string): ImageNode | undefined {
    const { attributes } = entry;
    if (entry.kind === "symlink")
      return { kind: "symlink", name, attributes, target: entry.target, ...namesOf(entry), origin: undefined };
    if (entry.kind === "special") {
      const { type, device } = entry;
      const special = { type, ...(device === undefined ? {} : { device }) };
      return { kind: "special", name, attributes, ...special, ...namesOf(entry), origin: undefined };
    }
    if (entry.kind === "file") {
      const { bytes, extents, encoding, remark, md5At, inode, links } = entry;
      return {
        kind: "file",
        name,
        attributes,
        content: {
          kind: "recorded",
          bytes,
          extents,
          ...(encoding === undefined ? {} : { encoding }),
          ...(remark === undefined ? {} : { remark }),
          ...(md5At === undefined ? {} : { md5At }),
        },
        ...(inode === undefined ? {} : { inode }),
        ...(links === undefined ? {} : { links }),
        ...namesOf(entry),
        origin: undefined,
      };
    }
    if (this.#seen.has(entry.at)) {
      this.#findings.push({
        at: entry.at,
        what: `The directory "${name}" stands in the tree twice; it was left out here.`,
      });
      return undefined;
    }
    this.#seen.add(entry.at);
    return this.#directory(entry, name);
  }

  #directory(entry: DirectoryEntry, name: string): ImageDirectory {
    const folder = new Folder({ at: entry.at, list: (options) => this.#list(entry, options) });
    return { kind: "directory", name, attributes: entry.attributes, folder, ...namesOf(entry), origin: undefined };
  }

  /** Names that no path can hold are replaced. */
  #nameOf({ name }: RecordedEntry, { at }: DirectoryEntry): string {
    const usable = name === "" || name === "." || name === ".." ? "_" : name.replaceAll(/[/\0]/g, "_");
    if (usable !== name) this.#findings.push({ at, what: `A name that cannot be used was replaced by "${usable}".` });
    return usable;
  }
}

function namesOf({ recordedAs }: RecordedEntry): { readonly recordedAs?: string } {
  return recordedAs === undefined ? {} : { recordedAs };
}
