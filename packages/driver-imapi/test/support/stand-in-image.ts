import type { Com } from "../../src/com/com.ts";
import type { ComObject } from "../../src/com/com-object.ts";
import { type ComServer, face } from "../../src/com/com-server.ts";
import { ComError } from "../../src/com/hresult.ts";
import type { Pointer } from "../../src/com/runtime.ts";
import { serveStream } from "../../src/com/stream-server.ts";
import { blockRangeFace } from "../../src/host/block-ranges.ts";
import { iStream } from "../../src/interfaces/automation.ts";
import {
  iFileSystemImage,
  iFileSystemImageResult2,
  iFsiDirectoryItem,
} from "../../src/interfaces/file-system-image.ts";
import {
  iMultisession,
  iMultisessionRandomWrite,
  iMultisessionSequential2,
} from "../../src/interfaces/multisession.ts";
import { iDiscRecorder2 } from "../../src/interfaces/recorder.ts";
import type { StandInBurner } from "./stand-in-burner.ts";
import type { StandInDrive } from "./stand-in-drive.ts";

const BLOCK = 2048;
/** Blocks of a session of the stand-in: a listing of its tree. */
const SESSION = 32;
/** First block of the anchors that a later session on an overwritable disc writes again. */
const ANCHOR = 256;
const INVALID = 0xc0aa_b101;
const NOT_FOUND = 0xc0aa_b118;
const DUPLICATE = 0xc0aa_b112;
const READ_ONLY = 0xc0aa_b102;
const NOT_SET = 0xc0aa_b15d;
const NONE_FITS = 0xc0aa_b15c;
const UNKNOWN_TYPE = 0xc0aa_b15b;
const BAD_VALUE = 0xc0aa_b162;
const NOT_IMPLEMENTED = 0x8000_4001;

type Find = (id: string) => StandInDrive | undefined;
type Mechanism = ComObject<(typeof iMultisession)["methods"]>;

/** Where the next session goes, as the chosen mechanism says. */
interface Place {
  readonly kind: "sequential" | "random-write";
  readonly start: number;
  readonly previous: number;
  readonly drive: StandInDrive;
  readonly burner: StandInBurner;
}

/** Makes images. What they write is no file system: a listing of the tree as text, in 32 blocks. */
export function imageClass(com: Com, server: ComServer, find: Find): () => bigint {
  return () => new StandInImage(com, server, find).pointer;
}

class StandInImage {
  readonly pointer: bigint;
  readonly #com: Com;
  readonly #server: ComServer;
  readonly #find: Find;
  readonly #tree = new Map<string, string>();
  #place: Place | undefined;
  #volume = "DATE";
  #fileSystems = 3;
  #isBuilt = false;

  constructor(com: Com, server: ComServer, find: Find) {
    this.#com = com;
    this.#server = server;
    this.#find = find;
    this.pointer = server.serve(
      face(iFileSystemImage, {
        get_Root: () => this.#root(),
        get_SessionStartBlock: () => this.#place?.start ?? 0,
        get_VolumeName: () => this.#volume,
        put_VolumeName: (name) => {
          if (name.length > 15) throw new ComError(0xc0aa_b104, "volume name");
          this.#volume = name;
        },
        get_FileSystemsToCreate: () => this.#fileSystems,
        put_FileSystemsToCreate: (mask) => {
          this.#fileSystems = mask;
        },
        ChooseImageDefaults: (recorder) => void this.#driveOf(recorder as Pointer).burner(),
        put_MultisessionInterfaces: (objects) => this.#negotiate(objects as readonly bigint[]),
        ImportFileSystem: () => this.#import(),
        CreateResultImage: () => this.#build(),
      }),
    ).pointer;
  }

  #driveOf(recorder: Pointer): StandInDrive {
    using object = this.#com.borrowed(recorder, iDiscRecorder2);
    const drive = this.#find(object.call("get_ActiveDiscRecorder"));
    if (drive === undefined) throw new ComError(INVALID, "no such drive");
    return drive;
  }

  #negotiate(objects: readonly bigint[]): void {
    const all = objects.map((pointer) => this.#com.borrowed(pointer, iMultisession).query(iMultisession));
    try {
      const marked = all.filter((each) => each.call("get_InUse"));
      if (marked.length > 1) throw new ComError(INVALID, "two in use");
      const usable = (marked.length === 1 ? marked : all).filter((each) =>
        each.call("get_IsSupportedOnCurrentMediaState"),
      );
      const [chosen] = usable;
      if (chosen === undefined) throw new ComError(marked.length === 1 ? UNKNOWN_TYPE : NONE_FITS, "none fits");
      this.#place = this.#placeFrom(chosen);
    } finally {
      for (const each of all) {
        each.release();
        this.#com.releaseReference(objects[all.indexOf(each)] as bigint);
      }
    }
  }

  #placeFrom(chosen: Mechanism): Place {
    const recorder = chosen.call("get_ImportRecorder");
    const drive = this.#driveOf(recorder);
    const burner = drive.burner();
    if (recorder !== null) this.#com.releaseReference(recorder);
    try {
      using sequential = chosen.query(iMultisessionSequential2);
      return {
        kind: "sequential",
        start: sequential.call("get_NextWritableAddress"),
        previous: sequential.call("get_StartAddressOfPreviousSession"),
        drive,
        burner,
      };
    } catch (error) {
      if (!(error instanceof ComError)) throw error;
      if (error.hresult !== 0x8000_4002) throw new ComError(BAD_VALUE, "value");
    }
    using random = chosen.query(iMultisessionRandomWrite);
    const unit = random.call("get_WriteUnitSize");
    if (random.call("get_TotalSectorsOnMedia") < 1024 || unit < 1) throw new ComError(BAD_VALUE, "value");
    return { kind: "random-write", start: 1024, previous: ANCHOR, drive, burner };
  }

  /** Takes over the listing of the last session. */
  #import(): number {
    if (this.#place === undefined) throw new ComError(NOT_SET, "no mechanisms");
    const { previous, burner } = this.#place;
    if (previous < 0) throw new ComError(0xc0aa_b156, "blank");
    if (this.#place.drive.isHeld) throw new ComError(0xc0aa_b151, "held");
    const text = Buffer.from(burner.read(previous, 1)).toString("utf8").replace(/\0+$/, "");
    if (!text.startsWith("{")) throw new ComError(0xc0aa_b151, "foreign");
    for (const [path, content] of Object.entries(JSON.parse(text) as Record<string, string>))
      this.#tree.set(path, content);
    return 4;
  }

  #root(): bigint {
    const change = (path: string, edit: () => void): void => {
      if (this.#isBuilt) throw new ComError(READ_ONLY, path);
      edit();
    };
    return this.#server.serve(
      face(iFsiDirectoryItem, {
        AddTree: (folder, withFolder) => change(folder, () => this.#tree.set(`tree ${folder}`, String(withFolder))),
        AddDirectory: (path) => change(path, () => this.#tree.set(path, "directory")),
        AddFile: (path, stream) =>
          change(path, () => {
            if (this.#tree.has(path)) throw new ComError(DUPLICATE, path);
            this.#tree.set(path, this.#contentOf(stream as Pointer));
          }),
        Remove: (path) =>
          change(path, () => {
            if (!this.#tree.delete(path)) throw new ComError(NOT_FOUND, path);
          }),
        RemoveTree: (path) =>
          change(path, () => {
            for (const each of [...this.#tree.keys()])
              if (each === path || each.startsWith(`${path}\\`)) this.#tree.delete(each);
          }),
      }),
    ).pointer;
  }

  #contentOf(stream: Pointer): string {
    using object = this.#com.borrowed(stream, iStream);
    const bytes = new Uint8Array(64);
    return Buffer.from(bytes.subarray(0, object.call("Read", bytes, bytes.length)))
      .toString("utf8")
      .replace(/\0+$/, "");
  }

  #build(): bigint {
    this.#isBuilt = true;
    const listing = Buffer.alloc(SESSION * BLOCK);
    listing.write(JSON.stringify(Object.fromEntries(this.#tree)));
    const place = this.#place;
    const isRandom = place?.kind === "random-write";
    const runs = [
      { at: place?.start ?? 0, blocks: SESSION },
      { at: ANCHOR, blocks: SESSION },
    ];
    const disc = {
      bytes: isRandom ? ((place?.start ?? 0) + SESSION) * BLOCK : listing.length,
      readInto: (target: Uint8Array, position: number) => {
        const origin = isRandom ? (runs.find(({ at }) => position >= at * BLOCK)?.at ?? 0) * BLOCK : 0;
        target.set(listing.subarray(position - origin, position - origin + target.length));
      },
    };
    return this.#server.serve(
      face(iFileSystemImageResult2, {
        get_ImageStream: () => serveStream(this.#com, this.#server, disc).pointer,
        get_TotalBlocks: () => disc.bytes / BLOCK,
        get_BlockSize: () => BLOCK,
        get_DiscId: () => `disc with ${this.#tree.size}`,
        get_ModifiedBlocks: () => {
          if (!isRandom) throw new ComError(NOT_IMPLEMENTED, "everything");
          return this.#server.serve(blockRangeFace(this.#com, this.#server, runs)).pointer;
        },
      }),
    ).pointer;
  }
}
