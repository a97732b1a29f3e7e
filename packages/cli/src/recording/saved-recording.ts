import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { MultisessionError, type SessionPlan } from "@multisession/core";
import { planFromJSON } from "@multisession/file-system-image";
import { DOCUMENT_VERSION } from "../documents.ts";
import { reasonOf } from "../system-error.ts";
import { isMode, ownerOf } from "./mode-and-owner.ts";
import type { RecordingRequest } from "./recording-request.ts";

/** Bytes; a plan names every file that changes, and what is larger is looked into no further. */
const LARGEST_PLAN = 2 ** 28;

/** A plan as it was saved: what was asked for, and what was approved. */
export interface SavedRecording {
  /** Paths and options. */
  readonly request: RecordingRequest;
  /** The plan that was approved. */
  readonly plan: SessionPlan;
}

/**
 * Saves the document `plan` to a file. An older plan is replaced, anything else that has the name is not: a slip of the
 * hand must not cost a disc file.
 *
 * @throws `ITEM_EXISTS` when the file holds something else, `multisession/output-failed` when it cannot be written.
 */
export async function saveRecording(file: string, document: object): Promise<void> {
  await refuseOtherFile(file);
  // Beside it first: a plan that could not be written whole must neither stay nor cost the older one.
  const unfinished = `${file}.${process.pid}.part`;
  try {
    await writeFile(unfinished, `${JSON.stringify(document, undefined, 2)}\n`, { flag: "wx" });
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw new MultisessionError(
      "multisession/output-failed",
      `The plan could not be saved to ${file}: ${reasonOf(cause)}.`,
      { subject: file, advice: "Choose another place with -o.", cause },
    );
  }
}

async function refuseOtherFile(file: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined || (stats.isFile() && stats.size === 0)) return;
  const isPlan = stats.isFile() && stats.size <= LARGEST_PLAN && (await readRecording(file).catch(() => undefined));
  if (isPlan) return;
  throw new MultisessionError("ITEM_EXISTS", `${file} is there already and is no plan; it was left alone.`, {
    subject: file,
    advice: "Choose another name with -o.",
  });
}

/** Reads a saved plan. @throws `SOURCE_UNREADABLE` when there is no such file, `PLAN_INVALID` when it holds something else. */
export async function readRecording(file: string): Promise<SavedRecording> {
  const json = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new MultisessionError("SOURCE_UNREADABLE", `The plan ${file} could not be read: ${reasonOf(cause)}.`, {
      subject: file,
      cause,
    });
  });
  const document = parse(json, file);
  if (document["kind"] !== "plan") throw invalid(file, "it is no plan that `multisession plan -o` has written");
  if (document["version"] !== DOCUMENT_VERSION)
    throw invalid(
      file,
      `its version is ${JSON.stringify(document["version"]) ?? "missing"}, and this program knows ${DOCUMENT_VERSION}`,
    );
  const request = document["request"];
  if (!isRequest(request)) throw invalid(file, "what was asked for is missing or damaged");
  return { request, plan: planOf(document["plan"], file) };
}

function planOf(plan: unknown, file: string): SessionPlan {
  try {
    return planFromJSON(JSON.stringify(plan ?? null));
  } catch (error) {
    if (!MultisessionError.is(error)) throw error;
    throw new MultisessionError(error.code, error.message.replace("The saved plan", `The plan in ${file}`), {
      subject: file,
      cause: error.cause,
    });
  }
}

function parse(json: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw invalid(file, "it is no JSON", cause);
  }
  throw invalid(file, "it is no object");
}

const isText = (value: unknown): boolean => typeof value === "string";
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isListOf = (isRight: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isRight);
const isAnyOf =
  (...values: readonly unknown[]) =>
  (value: unknown) =>
    values.includes(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
const isSetting = (isValue: (text: string) => boolean) => (value: unknown) =>
  isRecord(value) && isText(value["glob"]) && typeof value["value"] === "string" && isValue(value["value"]);

const members: Readonly<Record<keyof RecordingRequest, (value: unknown) => boolean>> = {
  paths: isListOf(isText),
  into: isText,
  compare: isAnyOf("size-and-mtime", "hash"),
  mirror: isFlag,
  remove: isListOf(isText),
  rename: isListOf((value) => isRecord(value) && isText(value["from"]) && isText(value["to"])),
  hide: isListOf(isText),
  unhide: isListOf(isText),
  chmod: isListOf(isSetting(isMode)),
  chown: isListOf(isSetting((text) => ownerOf(text) !== undefined)),
  volume: (value) => value === undefined || isText(value),
  close: isAnyOf("session", "disc"),
  tree: isAnyOf(undefined, "full", "delta"),
  deduplicate: isFlag,
  sourceDate: (value) => value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0),
  mechanism: (value) => value === undefined || isText(value),
  session: (value) => value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1),
  newVolume: isFlag,
  accept: isListOf(isAnyOf("give-up-sessions", "irreversible-format", "close-disc")),
  verify: isFlag,
};

function isRequest(value: unknown): value is RecordingRequest {
  return isRecord(value) && Object.entries(members).every(([name, isRight]) => isRight(value[name]));
}

function invalid(file: string, why: string, cause?: unknown): MultisessionError {
  return new MultisessionError("PLAN_INVALID", `${file} cannot be used: ${why}.`, {
    subject: file,
    ...(cause === undefined ? {} : { cause }),
  });
}
