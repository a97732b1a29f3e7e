import { defineFileSystem, type Plugins, type Probe } from "@multisession/core";
import { Iso9660 } from "@multisession/iso9660";
import { pluginsOf } from "./discs.ts";

/** Records MD5 sums, and takes its own discs for those of another program: it does not see its records. */
class Foreign extends Iso9660 {
  override readonly probe: Probe = {
    fileSystem: this.id,
    head: async (reader, start) => {
      const head = await new Iso9660().probe.head(reader, start);
      if (head === undefined) return undefined;
      const { record: _, ...found } = head;
      return found;
    },
  };

  constructor() {
    super({ md5: true });
  }
}

/** Plugins that record MD5 sums. */
export const withSums: Plugins = pluginsOf(
  defineFileSystem({ id: "iso9660", contract: 1, create: () => new Iso9660({ md5: true }) }),
);

/** Plugins that know a disc of {@link withSums} by its MD5 sums only. */
export const foreign: Plugins = pluginsOf(
  defineFileSystem({ id: "iso9660", contract: 1, create: () => new Foreign() }),
);
