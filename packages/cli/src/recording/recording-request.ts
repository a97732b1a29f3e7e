import { resolve } from "node:path";
import type { Consequence, TreeExtent } from "@multisession/core";
import type { ImagePlanOptions } from "@multisession/file-system-image";
import type { CommandIo } from "../io.ts";
import { environmentSourceDate } from "../source-date.ts";
import { UsageError } from "../usage-error.ts";

/** What is to be recorded and how: pure data, kept in a saved plan so that `burn --plan` asks for the same again. */
export interface RecordingRequest {
  /** Files and folders of the host, absolute. */
  readonly paths: readonly string[];
  /** Folder on the disc that takes them. */
  readonly into: string;
  /** By what a file counts as unchanged. */
  readonly compare: "size-and-mtime" | "hash";
  /** Whether `into` becomes exactly what the folder is. */
  readonly mirror: boolean;
  /** Patterns of what is removed from the tree. */
  readonly remove: readonly string[];
  /** Items that get another name or place. */
  readonly rename: readonly Renaming[];
  /** Patterns of what readers are asked not to show. */
  readonly hide: readonly string[];
  /** Patterns of what they shall show again. */
  readonly unhide: readonly string[];
  /** Other modes. */
  readonly chmod: readonly AttributeSetting[];
  /** Other owners. */
  readonly chown: readonly AttributeSetting[];
  /** Name of the volume. */
  readonly volume?: string;
  /** What is closed behind the session. */
  readonly close: "session" | "disc";
  /** How much of the tree is written, where it is not left to the file system. */
  readonly tree?: TreeExtent;
  /** Whether equal contents are stored once. */
  readonly deduplicate: boolean;
  /** Time of the session in seconds since 1970, instead of the clock. */
  readonly sourceDate?: number;
  /** Mechanism that is asked for by name. */
  readonly mechanism?: string;
  /** Session to build on, counted from 1. */
  readonly session?: number;
  /** Whether the disc is begun anew. */
  readonly newVolume: boolean;
  /** What cannot be undone and is accepted. */
  readonly accept: readonly Consequence[];
  /** Whether the session is read back after the burn. */
  readonly verify: boolean;
}

/** One `--rename`. */
export interface Renaming {
  /** Path on the disc. */
  readonly from: string;
  /** Path on the disc, or a name in the same folder. */
  readonly to: string;
}

/** One `--chmod` or `--chown`. */
export interface AttributeSetting {
  /** Pattern of the items. */
  readonly glob: string;
  /** What they get: a mode such as `644` or `a+rX`, an owner such as `0:0`. */
  readonly value: string;
}

/** The options of `plan` and `burn` as they are parsed. */
export interface RecordingOptions {
  /** `--into` */
  readonly into?: string;
  /** `--compare` */
  readonly compare?: "hash";
  /** `--mirror` */
  readonly mirror?: true;
  /** `--remove` */
  readonly remove?: readonly string[];
  /** `--rename` */
  readonly rename?: readonly Renaming[];
  /** `--hide` */
  readonly hide?: readonly string[];
  /** `--unhide` */
  readonly unhide?: readonly string[];
  /** `--chmod` */
  readonly chmod?: readonly AttributeSetting[];
  /** `--chown` */
  readonly chown?: readonly AttributeSetting[];
  /** `--volume` */
  readonly volume?: string;
  /** `--close` */
  readonly close?: "session" | "disc";
  /** `--tree` */
  readonly tree?: TreeExtent;
  /** `false` with `--no-deduplicate` */
  readonly deduplicate?: boolean;
  /** `--source-date` */
  readonly sourceDate?: number;
  /** `--mechanism` */
  readonly mechanism?: string;
  /** `--session` */
  readonly session?: number;
  /** `--new-volume` */
  readonly newVolume?: true;
  /** `--accept` */
  readonly accept?: readonly Consequence[];
  /** `false` with `--no-verify` */
  readonly verify?: boolean;
}

/** Makes a request of arguments and options. @throws {@link UsageError} when they exclude each other or ask for nothing. */
export function requestOf(
  paths: readonly string[],
  options: RecordingOptions,
  { cwd, env }: Pick<CommandIo, "cwd" | "env">,
): RecordingRequest {
  const { into = "/", compare = "size-and-mtime", remove = [], rename = [], close = "session", accept = [] } = options;
  const { hide = [], unhide = [], chmod = [], chown = [] } = options;
  const { volume, mechanism, session, tree, deduplicate = true, verify = true } = options;
  const sourceDate = options.sourceDate ?? environmentSourceDate(env);
  const mirror = options.mirror ?? false;
  const newVolume = options.newVolume ?? false;
  const changesWithoutPaths =
    [remove, rename, hide, unhide, chmod, chown].some((edits) => edits.length > 0) ||
    volume !== undefined ||
    session !== undefined ||
    tree === "full";
  if (paths.length === 0 && !changesWithoutPaths)
    throw new UsageError(
      "Nothing was named that should be recorded.",
      "Name files or folders, or use --remove or --rename.",
    );
  if (mirror && paths.length !== 1)
    throw new UsageError(
      "--mirror makes a folder on the disc equal to one folder here.",
      "Name exactly one folder with it.",
    );
  if (newVolume && session !== undefined)
    throw new UsageError("--new-volume begins anew, so it builds on no --session.", "Use one of the two.");
  return {
    paths: paths.map((path) => resolve(cwd, path)),
    into,
    compare,
    mirror,
    remove,
    rename,
    hide,
    unhide,
    chmod,
    chown,
    close,
    newVolume,
    accept,
    deduplicate,
    verify,
    ...(volume === undefined ? {} : { volume }),
    ...(tree === undefined ? {} : { tree }),
    ...(sourceDate === undefined ? {} : { sourceDate }),
    ...(mechanism === undefined ? {} : { mechanism }),
    ...(session === undefined ? {} : { session }),
  };
}

/** What an image's plan is asked for. A disc that is begun anew accepts that by its name. */
export function planOptionsOf(request: RecordingRequest): ImagePlanOptions {
  const { accept, newVolume, close, tree, deduplicate, sourceDate } = request;
  return {
    close,
    deduplicate,
    consent: newVolume && !accept.includes("give-up-sessions") ? [...accept, "give-up-sessions"] : accept,
    ...(tree === undefined ? {} : { tree }),
    ...(sourceDate === undefined ? {} : { sourceDate: sourceDate * 1000 }),
  };
}
