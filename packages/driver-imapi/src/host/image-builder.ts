import { open } from "node:fs/promises";
import type { Com } from "../com/com.ts";
import type { ComObject } from "../com/com-object.ts";
import type { ComServer } from "../com/com-server.ts";
import { ComError, hresults } from "../com/hresult.ts";
import { iStream } from "../interfaces/automation.ts";
import { classIds } from "../interfaces/class-ids.ts";
import {
  iFileSystemImage,
  iFileSystemImageResult,
  iFileSystemImageResult2,
  iFsiDirectoryItem,
} from "../interfaces/file-system-image.ts";
import { iBlockRange, iBlockRangeList } from "../interfaces/format.ts";
import type { RecorderObject } from "./devices.ts";
import { multisessionObjects } from "./multisession-objects.ts";
import { type OfferedMechanism, serveMultisession } from "./multisession-server.ts";
import type { SpoolRun } from "./spool.ts";

/** Bytes of a block, and of one read of a result. */
const BLOCK = 2048;
const READ = 512 * BLOCK;

/** How Windows' image is begun. */
export interface ImageStart {
  /** Mechanisms to build on the disc with; `drive`: those of the drive. Without them the image is of a disc of its own. */
  readonly multisession?: "drive" | readonly OfferedMechanism[];
  /** Bits of `FsiFileSystems`; what Windows chooses for the disc without it. Not with `multisession`. */
  readonly fileSystems?: number;
  readonly volumeName?: string;
}

/** Windows' image once it is begun. */
export interface ImageFacts {
  /** Bit of `FsiFileSystems` that was imported; 0 for none. */
  readonly imported: number;
  /** Bits of `FsiFileSystems` that will be written. */
  readonly fileSystems: number;
  readonly sessionStart: number;
  readonly volumeName: string;
}

/** A built session, lying in a file. */
export interface BuiltSession {
  readonly runs: readonly SpoolRun[];
  /** Windows' signature of the disc with this session. */
  readonly discId: string;
}

/** What can be done with the image's tree. Paths are separated by backslashes, the root is not named. */
export type ImageEdit =
  | { readonly edit: "add-tree"; readonly folder: string; readonly withFolder: boolean }
  | { readonly edit: "add-file"; readonly path: string; readonly file: string }
  | { readonly edit: "add-directory"; readonly path: string }
  | { readonly edit: "remove"; readonly path: string }
  | { readonly edit: "remove-tree"; readonly path: string };

type ImageObject = ComObject<(typeof iFileSystemImage)["methods"]>;

/** Windows' own builder of file systems, `MsftFileSystemImage`. */
export class ImageBuilder {
  readonly #com: Com;
  readonly #server: ComServer;
  readonly #image: ImageObject;

  private constructor(com: Com, server: ComServer) {
    this.#com = com;
    this.#server = server;
    this.#image = com.create(classIds.fileSystemImage, iFileSystemImage);
  }

  /** Begins an image: for a disc of its own, or with what the disc in the drive holds. @throws ComError */
  static async begin(
    com: Com,
    server: ComServer,
    recorder: RecorderObject,
    { multisession, fileSystems, volumeName }: ImageStart,
  ): Promise<{ readonly builder: ImageBuilder; readonly facts: ImageFacts }> {
    const builder = new ImageBuilder(com, server);
    try {
      const image = builder.#image;
      let imported = 0;
      if (multisession === undefined) await image.callAsync("ChooseImageDefaults", recorder);
      else imported = await builder.#import(recorder, multisession);
      if (fileSystems !== undefined) await image.callAsync("put_FileSystemsToCreate", fileSystems);
      if (volumeName !== undefined) await image.callAsync("put_VolumeName", volumeName);
      return { builder, facts: await builder.#facts(imported) };
    } catch (error) {
      builder.release();
      throw error;
    }
  }

  /** Changes the tree. @throws ComError */
  async edit(change: ImageEdit): Promise<void> {
    using root = this.#com.object(await this.#image.callAsync("get_Root"), iFsiDirectoryItem);
    switch (change.edit) {
      case "add-tree":
        await root.callAsync("AddTree", change.folder, change.withFolder);
        return;
      case "add-file": {
        using stream = this.#com.openFileStream(change.file);
        await root.callAsync("AddFile", change.path, stream);
        return;
      }
      case "add-directory":
        await root.callAsync("AddDirectory", change.path);
        return;
      case "remove":
        await root.callAsync("Remove", change.path);
        return;
      case "remove-tree":
        await root.callAsync("RemoveTree", change.path);
    }
  }

  /** Builds the session and puts its blocks into a file, one run behind another. @throws ComError */
  async build(path: string): Promise<BuiltSession> {
    using result = this.#com.object(await this.#image.callAsync("CreateResultImage"), iFileSystemImageResult);
    using stream = this.#com.object(await result.callAsync("get_ImageStream"), iStream);
    const modified = await this.#modifiedRuns(result);
    const start = await this.#image.callAsync("get_SessionStartBlock");
    const total = await result.callAsync("get_TotalBlocks");
    // Of a random-write disc the stream is the whole disc; of a sequential one it is the session alone.
    const runs = modified ?? [{ at: start, blocks: total }];
    await copyRuns(stream, runs, modified === undefined ? start : 0, path);
    return { runs, discId: await result.callAsync("get_DiscId") };
  }

  release(): void {
    this.#image.release();
  }

  async #import(recorder: RecorderObject, mechanisms: "drive" | readonly OfferedMechanism[]): Promise<number> {
    const objects =
      mechanisms === "drive"
        ? await multisessionObjects(this.#com, recorder)
        : mechanisms.map((offered) => serveMultisession(this.#com, this.#server, recorder, offered).pointer);
    // The references go to the array, which gives them back when it is destroyed.
    await this.#image.callAsync("put_MultisessionInterfaces", objects);
    return this.#image.callAsync("ImportFileSystem");
  }

  async #facts(imported: number): Promise<ImageFacts> {
    return {
      imported,
      fileSystems: await this.#image.callAsync("get_FileSystemsToCreate"),
      sessionStart: await this.#image.callAsync("get_SessionStartBlock"),
      volumeName: await this.#image.callAsync("get_VolumeName"),
    };
  }

  /** The blocks that must be written, in order; nothing when that is all of them. */
  async #modifiedRuns(
    result: ComObject<(typeof iFileSystemImageResult)["methods"]>,
  ): Promise<readonly SpoolRun[] | undefined> {
    try {
      using newer = result.query(iFileSystemImageResult2);
      using list = this.#com.object(await newer.callAsync("get_ModifiedBlocks"), iBlockRangeList);
      const runs: SpoolRun[] = [];
      for (const pointer of await list.callAsync("get_BlockRanges")) {
        using range = this.#com.object(pointer as bigint, iBlockRange);
        const at = await range.callAsync("get_StartLba");
        runs.push({ at, blocks: (await range.callAsync("get_EndLba")) - at + 1 });
      }
      return runs;
    } catch (error) {
      if (error instanceof ComError && meansEverything.has(error.hresult)) return undefined;
      throw error;
    }
  }
}

/** Before Windows 7 there is no list of ranges; `E_NOTIMPL` says that all blocks are to be written. */
const meansEverything: ReadonlySet<number> = new Set([hresults.notImplemented, hresults.noInterface]);

/** Copies runs of blocks to a file. `origin`: the block that the stream begins with. */
async function copyRuns(
  stream: ComObject<(typeof iStream)["methods"]>,
  runs: readonly SpoolRun[],
  origin: number,
  path: string,
): Promise<void> {
  const file = await open(path, "w");
  try {
    const buffer = new Uint8Array(READ);
    for (const { at, blocks } of runs) {
      await stream.callAsync("Seek", BigInt((at - origin) * BLOCK), 0);
      for (let left = blocks * BLOCK; left > 0; ) {
        const bytes = await stream.callAsync("Read", buffer, Math.min(left, buffer.length));
        if (bytes === 0) throw new ComError(hresults.streamReadFault, "IStream::Read");
        await file.writeFile(buffer.subarray(0, bytes));
        left -= bytes;
      }
    }
  } finally {
    await file.close();
  }
}
