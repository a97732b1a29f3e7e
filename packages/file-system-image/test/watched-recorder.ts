import type { DiscRecorder, Lba } from "@multisession/core";

/** A recorder, and every block that was read with it since the medium was last loaded. */
export interface Watched {
  readonly recorder: DiscRecorder;
  readonly blocks: readonly Lba[];
}

/** Notes what is read with a recorder from now on. */
export function watched(recorder: DiscRecorder): Watched {
  const blocks: Lba[] = [];
  const reload: DiscRecorder["reload"] = (options) => {
    blocks.length = 0;
    return recorder.reload(options);
  };
  const read: DiscRecorder["read"] = (at, count, options) => {
    blocks.push(...Array.from({ length: count }, (_, index) => at + index));
    return recorder.read(at, count, options);
  };
  const bound = (target: DiscRecorder, member: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, member, target);
    return typeof value === "function" ? (value.bind(target) as unknown) : value;
  };
  return {
    recorder: new Proxy(recorder, {
      get: (target, member) => {
        if (member === "read") return read;
        return member === "reload" ? reload : bound(target, member);
      },
    }),
    blocks,
  };
}
