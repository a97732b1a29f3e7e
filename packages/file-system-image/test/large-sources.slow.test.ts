import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { hostFolder } from "./host-files.ts";

it("a source larger than 4 GiB is read to its end", async () => {
  const folder = await hostFolder();
  const path = join(folder, "sparse");
  const bytes = 4 * 1024 ** 3 + 7;
  const file = await open(path, "w");
  await file.truncate(bytes);
  await file.write(Buffer.from("the end"), 0, 7, bytes - 7);
  await file.close();
  const { recorder } = await insert(media[0].disc);
  const image = await FileSystemImage.open(recorder, allPlugins());
  await image.add(path);
  let read = 0;
  let last = Buffer.of();
  for await (const piece of image.readFile("/sparse")) {
    read += piece.length;
    last = Buffer.concat([last.subarray(-7), Buffer.from(piece.subarray(-7))]);
  }
  expect([read, last.subarray(-7).toString()]).toEqual([bytes, "the end"]);
});
