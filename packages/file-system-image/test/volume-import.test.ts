import type { RecordedEntry, RecordedVolume } from "@multisession/core";
import { expect, it } from "vitest";
import { VolumeImport } from "../src/volume-import.ts";

const attributes = { mode: 0o644, uid: 0, gid: 0, modified: 0 };
const root: RecordedEntry & { kind: "directory" } = {
  kind: "directory",
  name: "",
  at: 20,
  attributes: { ...attributes },
};

it("what a volume says of a file's bytes comes into the next session as it is", async () => {
  const said = { bytes: 5, extents: [{ at: 30, bytes: 5 }], encoding: "zipped", remark: "stored", md5At: 7 };
  const volume = {
    volumeName: "V",
    root,
    findings: [],
    list: async () => [{ kind: "file", name: "file", attributes, ...said }],
  } as unknown as RecordedVolume;
  const file = (await new VolumeImport(volume).root.folder.load()).get("file");
  expect(file).toMatchObject({ content: { kind: "recorded", ...said } });
});
