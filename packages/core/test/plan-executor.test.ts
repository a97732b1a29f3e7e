import {
  type BurnEvent,
  burn,
  type CallOptions,
  type ExecutablePlan,
  type Lba,
  MultisessionError,
  type PlanExecution,
  type PlanExecutor,
  type PlannedSession,
  planSession,
} from "@multisession/core";
import { Sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import { MemoryRecorder } from "./memory-recorder.ts";
import { toyFileSystem } from "./toy-file-system.ts";

const probes = [toyFileSystem.probe];
const file = Buffer.alloc(200_000, 7);

const PIECE_BYTES = 65_536;

/** A writer that renders all before it writes, as writers that want a whole stream do. */
class SpoolingExecutor implements PlanExecutor {
  readonly name = "The drive's own writer";
  publishes: PlanExecutor["publishes"] = ["close"];
  complaint: string | undefined;
  shown: ExecutablePlan | undefined;
  /** Runs before each piece that goes to the disc. */
  beforeWrite: (options: CallOptions) => void = () => {};
  readonly #recorder: MemoryRecorder;

  constructor(recorder: MemoryRecorder) {
    this.#recorder = recorder;
  }

  objection(plan: ExecutablePlan): string | undefined {
    this.shown = plan;
    return this.complaint;
  }

  async execute({ steps, ...execution }: PlanExecution, options: CallOptions): Promise<void> {
    const spool: { readonly at: Lba; readonly data: Uint8Array }[] = [];
    for (const step of steps)
      if (step.step === "write")
        await execution.render(step.phase, async (at, data) => {
          for (let from = 0; from < data.length; from += PIECE_BYTES)
            spool.push({ at: at + from / 2048, data: data.slice(from, from + PIECE_BYTES) });
        });
    execution.note("The drive warms up.");
    for (const [index, step] of steps.entries()) {
      execution.begin(index);
      if (step.step === "close") await this.#recorder.closeSpace(step.what);
      if (step.step !== "write") continue;
      for (const { at, data } of spool.splice(0)) {
        this.beforeWrite(options);
        options.signal?.throwIfAborted();
        await this.#recorder.write(at, data);
        execution.wrote(data.length / 2048, 0.5);
      }
    }
  }
}

class OwnWriterRecorder extends MemoryRecorder {
  readonly executor = new SpoolingExecutor(this);
}

async function planOn(recorder: MemoryRecorder): Promise<PlannedSession> {
  const attributes = { mode: 0o644, uid: 0, gid: 0, modified: 0 };
  const mechanism = new Sequential("sequential", { source: recorder });
  const medium = await recorder.medium();
  const planned = await planSession({
    mechanism,
    fileSystems: [toyFileSystem],
    medium,
    history: await mechanism.history(medium, probes),
    intent: { kind: "first", close: "session", consent: [] },
    image: {
      tree: {
        volumeName: "TOY",
        root: {
          kind: "directory",
          name: "",
          attributes,
          children: [{ kind: "file", name: "f", attributes, content: { kind: "new", bytes: file.length, id: 0 } }],
        },
      },
      contents: [{ bytes: file.length, label: "/f" }],
    },
    reader: recorder,
  });
  if (planned.kind === "refused") throw new Error(planned.reason);
  return planned;
}

const run = async (recorder: MemoryRecorder, more: Partial<Parameters<typeof burn>[0]> = {}) =>
  burn({
    planned: await planOn(recorder),
    recorder,
    mechanism: new Sequential("sequential", { source: recorder }),
    probes,
    contents: { check: async () => {}, open: () => [file] },
    ...more,
  });

const codeOf = async (promise: Promise<unknown>): Promise<MultisessionError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!MultisessionError.is(error)) throw error ?? new Error("It does not fail");
  return error;
};

describe("a recorder with a writer of its own", () => {
  it("writes the same blocks as core would, and the report is the same", async () => {
    const own = new OwnWriterRecorder();
    const report = await run(own);
    const stepwise = new MemoryRecorder();
    const expected = await run(stepwise, { planned: await planOn(stepwise) });
    expect(own.blocks.size).toBe(stepwise.blocks.size);
    expect([...report.contents]).toEqual([...expected.contents]);
    expect(report).toMatchObject({ outcome: "done", writtenBlocks: expected.writtenBlocks });
    expect(report.history.condition).toBe("whole");
  });

  it("is shown the plan with the facts of the disc, and tells of every step and of two passes", async () => {
    const recorder = new OwnWriterRecorder();
    const events: BurnEvent[] = [];
    await run(recorder, { onEvent: (event) => events.push(event) });
    expect(recorder.executor.shown?.medium.status).toBe("blank");
    expect(events.filter(({ type }) => type === "step")).toHaveLength(4);
    const passes = (activity: string) =>
      events.findLast((event) => event.type === "progress" && event.activity === activity);
    const total = recorder.blocks.size;
    expect(passes("prepare")).toMatchObject({ doneBlocks: total, totalBlocks: total });
    expect(passes("payload")).toMatchObject({ doneBlocks: total, totalBlocks: total, buffer: 0.5 });
    expect(events).toContainEqual({ type: "note", message: "The drive warms up." });
    expect(passes("close")).toMatchObject({ cancel: { outcome: "new" } });
  });

  it("refuses before the first write what it cannot carry out, in its own words", async () => {
    const recorder = new OwnWriterRecorder();
    recorder.executor.complaint = "It takes no files on Sundays.";
    expect(await codeOf(run(recorder))).toMatchObject({
      code: "NOT_EXECUTABLE",
      message: "The drive's own writer cannot carry out this plan. It takes no files on Sundays. Nothing was written.",
    });
    expect(recorder.blocks.size).toBe(0);
  });

  it("is not asked about ways of publishing that it does not know", async () => {
    const recorder = new OwnWriterRecorder();
    recorder.executor.publishes = ["head"];
    const error = await codeOf(run(recorder));
    expect(error.code).toBe("NOT_EXECUTABLE");
    expect(error.message).toContain("The session is published by close, and it publishes by head.");
    expect(recorder.executor.shown).toBeUndefined();
  });

  it("stops when the burn is cancelled, and the error says what that cost", async () => {
    const recorder = new OwnWriterRecorder();
    const controller = new AbortController();
    let writes = 0;
    recorder.executor.beforeWrite = () => ++writes === 2 && controller.abort(new Error("stop"));
    const error = await codeOf(run(recorder, { signal: controller.signal }));
    expect(error.code).toBe("CANCELLED");
    expect(error.message).toMatch(/^The burn was cancelled. The session stays open;/);
    expect(recorder.blocks.size).toBe(32);
  });

  it("that could not stop in time has burnt the session, and the report says so", async () => {
    const recorder = new OwnWriterRecorder();
    const controller = new AbortController();
    recorder.executor.execute = async ({ steps, ...execution }) => {
      for (const [index, step] of steps.entries()) {
        if (step.step === "close") controller.abort();
        execution.begin(index);
        if (step.step === "write")
          await execution.render(step.phase, async (at, data) => {
            await recorder.write(at, data);
            execution.wrote(data.length / 2048);
          });
        if (step.step === "close") await recorder.closeSpace(step.what);
      }
    };
    expect(await run(recorder, { signal: controller.signal })).toMatchObject({
      outcome: "done",
      history: { condition: "whole" },
    });
  });

  it("is not stopped once it closes", async () => {
    const recorder = new OwnWriterRecorder();
    const controller = new AbortController();
    const onEvent = (event: BurnEvent): void => {
      if (event.type === "step" && event.step.step === "close") controller.abort();
    };
    expect((await run(recorder, { signal: controller.signal, onEvent })).outcome).toBe("done");
  });
});
