import { createRequire } from "node:module";
import type { Activity, OnEvent } from "@multisession/core";
import type { SingleBar } from "cli-progress";
import type { Interruption } from "./interruption.ts";
import type { CommandIo } from "./io.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { blocksAsBytes, durationText } from "./size.ts";

/** Shortest time between two lines in a pipe, milliseconds. */
const LINE_INTERVAL = 2000;

/** What an extraction adds to the activities of core. */
type ShownActivity = Activity | "extract";

/** Where a long action stands; `progress` events of core fit. */
export interface ShownProgress {
  /** What is being done. */
  readonly activity: ShownActivity;
  /** Blocks that are done. */
  readonly doneBlocks: number;
  /** All blocks. */
  readonly totalBlocks: number;
  /** Mean of the last seconds. */
  readonly blocksPerSecond?: number;
  /** Estimate, seconds. */
  readonly secondsLeft?: number;
}

const activities: Readonly<Record<ShownActivity, string>> = {
  prepare: "Preparing",
  "give-up": "Giving the interrupted session up",
  invalidate: "Clearing the old head",
  payload: "Writing",
  bridge: "Writing the bridge",
  commit: "Publishing",
  mirror: "Writing the mirror",
  cleanup: "Cleaning up",
  close: "Closing",
  verify: "Verifying",
  recover: "Recovering",
  extract: "Extracting",
};

/** Shows the events of long work: a moving bar on a terminal, a line now and then in a pipe, NDJSON with `--json`. */
export class ProgressDisplay {
  readonly #io: CommandIo;
  readonly #output: Output;
  readonly #interruption: Interruption;
  #bar: SingleBar | undefined;
  #last: ShownProgress | undefined;
  #lineAt = Number.NEGATIVE_INFINITY;

  constructor(io: CommandIo, output: Output, interruption: Interruption) {
    this.#io = io;
    this.#output = output;
    this.#interruption = interruption;
    interruption.beforeMessage = () => this.end();
  }

  /** Takes events of a burn, a verification or a recovery. */
  readonly onEvent: OnEvent = (event) => {
    if (this.#output.isJson) this.#output.document("event", { event }, "line");
    if (event.type === "progress") {
      this.#interruption.price = event.cancel;
      if (!this.#output.isJson) this.#show(event);
    } else if (event.type === "note") this.#say(printable(event.message));
  };

  /** Takes progress that is no burn's. */
  progress(progress: ShownProgress): void {
    if (this.#output.isJson) this.#output.document("event", { event: { type: "progress", ...progress } }, "line");
    else this.#show(progress);
  }

  /** Takes the bar away; what comes next starts on a clean line. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #say(line: string): void {
    if (this.#output.isJson) return;
    this.end();
    this.#output.remark(line);
  }

  #show(progress: ShownProgress): void {
    if (this.#interruption.signal.aborted) return;
    if (this.#io.stderr.isTTY === true) this.#draw(progress);
    else this.#line(progress);
    this.#last = progress;
  }

  #draw(progress: ShownProgress): void {
    if (this.#bar === undefined) {
      // Most commands draw none, and need not load what draws it.
      const { SingleBar } = createRequire(import.meta.url)("cli-progress") as typeof import("cli-progress");
      this.#bar = new SingleBar({
        stream: this.#io.stderr as NodeJS.WritableStream,
        format: (_options, { value, total }, payload: { text?: string; phase?: string }) =>
          `${(payload.phase ?? "").padEnd(12)} ${barOf(total === 0 ? 1 : value / total)} ${payload.text ?? ""}`,
        clearOnComplete: true,
        hideCursor: true,
        gracefulExit: false,
        linewrap: true,
        fps: 8,
      });
      this.#bar.start(progress.totalBlocks, progress.doneBlocks, payloadOf(progress));
      return;
    }
    this.#bar.setTotal(progress.totalBlocks);
    this.#bar.update(progress.doneBlocks, payloadOf(progress));
  }

  #line(progress: ShownProgress): void {
    const now = performance.now();
    const isNewActivity = progress.activity !== this.#last?.activity;
    const isEnd = progress.doneBlocks === progress.totalBlocks && this.#last?.doneBlocks !== progress.doneBlocks;
    if (!isNewActivity && !isEnd && now - this.#lineAt < LINE_INTERVAL) return;
    this.#lineAt = now;
    const { phase, text } = payloadOf(progress);
    // What has no length of its own is only named: formatting, closing.
    const isAtEnd = isNewActivity && !isEnd && progress.doneBlocks === progress.totalBlocks;
    this.#output.remark(isAtEnd || progress.totalBlocks === 0 ? phase : `${phase}: ${text}`);
  }
}

function payloadOf({ activity, doneBlocks, totalBlocks, blocksPerSecond, secondsLeft }: ShownProgress): {
  readonly phase: string;
  readonly text: string;
} {
  const percent = totalBlocks === 0 ? 100 : Math.floor((doneBlocks / totalBlocks) * 100);
  const parts = [`${String(percent).padStart(3)} %`, `${blocksAsBytes(doneBlocks)} of ${blocksAsBytes(totalBlocks)}`];
  if (blocksPerSecond !== undefined) parts.push(`${blocksAsBytes(blocksPerSecond)}/s`);
  if (secondsLeft !== undefined && doneBlocks < totalBlocks) parts.push(`${durationText(secondsLeft * 1000)} left`);
  return { phase: activities[activity], text: parts.join(" · ") };
}

const BAR_WIDTH = 24;

function barOf(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
}
