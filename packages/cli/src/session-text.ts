import type { History, StateRef } from "@multisession/core";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { blocksAsBytes, numberText, timeText } from "./size.ts";
import { tableLines } from "./table.ts";

/** A session as the JSON documents show it. People count from 1. */
export interface SessionDocument {
  /** What `--session` takes. */
  readonly number: number;
  /** First block. */
  readonly start: number;
  /** Exclusive end. */
  readonly end: number;
  /** Volume name. */
  readonly label: string;
  /** File system whose head was read. */
  readonly fileSystem: string;
  /** What proves that it is whole. */
  readonly proof: StateRef["proof"];
  /** When it was burned, milliseconds since 1970; `null` when another program wrote it. */
  readonly time: number | null;
  /** Whether readers see this one without a hint. */
  readonly isCurrent: boolean;
}

/** The sessions of a history for the JSON documents, oldest first. */
export function sessionDocuments({ states, current }: History): readonly SessionDocument[] {
  return states.map(({ index, start, end, label, fileSystem, proof, record }) => ({
    number: index + 1,
    start,
    end,
    label,
    fileSystem,
    proof,
    time: record?.time ?? null,
    isCurrent: index === current,
  }));
}

/** The sessions as a table for people. */
export function sessionLines(history: History, paint: Paint): readonly string[] {
  const rows = sessionDocuments(history).map(({ number, start, end, label, fileSystem, time, isCurrent }) => [
    String(number),
    time === null ? "by another program" : timeText(time),
    numberText(start),
    blocksAsBytes(end - start),
    fileSystem,
    `${printable(label) || "(no name)"}${isCurrent ? paint("good", "  ← current") : ""}`,
  ]);
  const columns = [
    { title: "#", align: "right" },
    { title: "recorded" },
    { title: "first block", align: "right" },
    { title: "size", align: "right" },
    { title: "file system" },
    { title: "volume" },
  ] as const;
  return tableLines(columns, rows);
}
