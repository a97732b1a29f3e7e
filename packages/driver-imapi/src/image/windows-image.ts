import type { IMultisession, Lba } from "@multisession/core";
import type { ImageEdit } from "../host/image-builder.ts";
import type { HostProcess } from "../host-process.ts";
import { offeredMechanism } from "../multisession/offered-mechanism.ts";
import { SpoolFile } from "../writer/spool-file.ts";
import { bitsOf, namesOf, type WindowsFileSystem } from "./windows-file-systems.ts";
import { WindowsSession } from "./windows-session.ts";

/** How Windows' image is begun. */
export interface WindowsImageOptions {
  /**
   * IMAPI2: `MultisessionInterfaces`. Mechanisms to choose from when the image builds on what the disc holds: `drive` for the
   * drive's own, or mechanisms of any kind, of which at most one is marked `inUse`. Without them the disc is not looked at, and
   * the image is that of a first session.
   */
  readonly multisessionInterfaces?: "drive" | readonly IMultisession[];
  /** Which file systems to write; what Windows chooses for the disc without it. Given by the disc when it is built upon. */
  readonly fileSystems?: readonly WindowsFileSystem[];
  /** Name of the volume; Windows makes one of the date without it. */
  readonly volumeName?: string;
  /** Folder for what is built; needs as much room. Default: that of the system for temporary files. */
  readonly folder?: string;
}

/**
 * Windows' own builder of file systems, `MsftFileSystemImage`, as a second way to a session: for those who want the file
 * systems that Windows writes. It runs in the process of the drive. Paths in the image are separated by `/`.
 */
export class WindowsImage implements AsyncDisposable {
  /** The file system that was imported; none for a first session. */
  readonly imported: WindowsFileSystem | undefined;
  /** The file systems that will be written. */
  readonly fileSystems: readonly WindowsFileSystem[];
  /** First block of the session. */
  readonly sessionStart: Lba;
  /** As it will be written. */
  readonly volumeName: string;
  readonly #host: HostProcess;
  readonly #folder: string | undefined;

  private constructor(
    host: HostProcess,
    folder: string | undefined,
    facts: Pick<WindowsImage, "imported" | "fileSystems" | "sessionStart" | "volumeName">,
  ) {
    this.#host = host;
    this.#folder = folder;
    this.imported = facts.imported;
    this.fileSystems = facts.fileSystems;
    this.sessionStart = facts.sessionStart;
    this.volumeName = facts.volumeName;
  }

  /** @internal Use `ImapiRecorder.windowsImage`. */
  static async begin(host: HostProcess, options: WindowsImageOptions): Promise<WindowsImage> {
    const { multisessionInterfaces: mechanisms, fileSystems, volumeName, folder } = options;
    const multisession =
      mechanisms === undefined || mechanisms === "drive"
        ? mechanisms
        : await Promise.all(mechanisms.map(offeredMechanism));
    const facts = await host.calls.beginImage({
      ...(multisession !== undefined && { multisession }),
      ...(fileSystems !== undefined && { fileSystems: bitsOf(fileSystems) }),
      ...(volumeName !== undefined && { volumeName }),
    });
    const [imported] = namesOf(facts.imported);
    return new WindowsImage(host, folder, { ...facts, imported, fileSystems: namesOf(facts.fileSystems) });
  }

  /**
   * Adds what a folder of the computer holds; with `withFolder` the folder itself too. All of it or nothing. IMAPI2: `AddTree`.
   *
   * @throws `SOURCE_UNREADABLE`, `DISC_FULL`, `imapi/data-too-big` and the codes of IMAPI2's other failures.
   */
  addTree(folder: string, { withFolder = false }: { readonly withFolder?: boolean } = {}): Promise<void> {
    return this.#edit({ edit: "add-tree", folder, withFolder });
  }

  /** Adds a file of the computer. IMAPI2: `AddFile`. @throws as {@link addTree}, and `ITEM_EXISTS`, `INVALID_PATH`. */
  addFile(path: string, file: string): Promise<void> {
    return this.#edit({ edit: "add-file", path: windowsPath(path), file });
  }

  /** Adds an empty folder; the folder that it lies in must be there. IMAPI2: `AddDirectory`. */
  addDirectory(path: string): Promise<void> {
    return this.#edit({ edit: "add-directory", path: windowsPath(path) });
  }

  /** Removes a file or an empty folder, or with `recursive` a folder with all that is in it. IMAPI2: `Remove`, `RemoveTree`. */
  remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<void> {
    return this.#edit({ edit: recursive ? "remove-tree" : "remove", path: windowsPath(path) });
  }

  /**
   * Builds the session. After that the image cannot be changed any more. Whoever gets the session removes it. IMAPI2:
   * `CreateResultImage`.
   */
  async build(): Promise<WindowsSession> {
    const spool = await SpoolFile.create(this.#folder);
    try {
      await spool.finish();
      const { runs, discId } = await this.#host.calls.buildImage(spool.path);
      return new WindowsSession(spool, runs, discId);
    } catch (error) {
      await spool.remove();
      throw error;
    }
  }

  /** Gives the image back; idempotent. */
  close(): Promise<void> {
    return this.#host.calls.endImage();
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #edit(change: ImageEdit): Promise<void> {
    return this.#host.calls.editImage(change);
  }
}

/** `a\b` of `/a/b`. */
function windowsPath(path: string): string {
  return path.split("/").filter(Boolean).join("\\");
}
