import { join } from "node:path";
import type { Lba } from "@multisession/core";
import { type Comparison, compareTrees, describeDifferences } from "./compare-trees.ts";
import { flattenSession } from "./flatten-session.ts";
import type { ReadEntry, Sees, SessionJob, SessionOutcome, StrangerReader } from "./reader.ts";
import { withScratch } from "./scratch.ts";

/** A session with the tree that everyone should find in it. */
export interface SessionCase {
  /** Path of the image file. */
  readonly image: string;
  /** First block of the session; 0 for what a reader finds that looks at block 16 only. */
  readonly start: Lba;
  readonly expected: readonly ReadEntry[];
  /** Longest name in its Joliet tree, in UTF-16 code units, where who wrote it cuts names shorter than readers do. */
  readonly jolietUnits?: number;
}

/** What one reader says of one session. */
export type Judgment = {
  readonly reader: string;
  readonly case: SessionCase;
} & (
  | { readonly verdict: "agrees"; readonly comparison: Comparison }
  | { readonly verdict: "differs"; readonly comparison: Comparison }
  /** The reader could not read it, and that is a known defect of the reader. */
  | { readonly verdict: "limited"; readonly reason: string }
  | { readonly verdict: "fails"; readonly error: Error }
);

/** One session before all readers. Never rejects for what a reader says: that is in the judgments. */
export async function judgeSession(
  session: SessionCase & { readonly readers: readonly StrangerReader[] },
): Promise<readonly Judgment[]> {
  return judgeSessions([session], session.readers);
}

/** Many sessions before all readers: a reader with a cheaper way for many takes it. */
export async function judgeSessions(
  cases: readonly SessionCase[],
  readers: readonly StrangerReader[],
): Promise<readonly Judgment[]> {
  return withScratch(async (folder) => {
    const flat = await flatJobs(cases, folder);
    const judgments: Judgment[] = [];
    for (const reader of readers) {
      const jobs = reader.finds === "any" ? cases.map(jobOf) : flat;
      const outcomes = await readAll(reader, jobs);
      judgments.push(...cases.map((session, index) => judgment(reader, session, outcomes[index])));
    }
    return judgments;
  });
}

/** A judgment in words. */
export function describeJudgment(judgment: Judgment): string {
  const { reader, case: session, verdict } = judgment;
  const head = `${reader} ${verdict} on the session at ${session.start} of ${session.image}`;
  if (verdict === "limited") return `${head}: ${judgment.reason}`;
  if (verdict === "fails") return `${head}: ${judgment.error.message}`;
  return `${head}: ${describeDifferences(judgment.comparison)}`;
}

function jobOf({ image, start }: SessionCase): SessionJob {
  return { image, session: { start } };
}

/** One flattened copy for all readers that need one. A session that cannot be flattened is left to each reader's own try. */
async function flatJobs(cases: readonly SessionCase[], folder: string): Promise<SessionJob[]> {
  const jobs: SessionJob[] = [];
  for (const [index, session] of cases.entries()) {
    if (session.start === 0) jobs.push(jobOf(session));
    else {
      const image = join(folder, `${index}.iso`);
      const isFlat = await flattenSession(session.image, session.start, image).then(
        () => true,
        () => false,
      );
      jobs.push(isFlat ? { image, session: { start: session.start, isFlat } } : jobOf(session));
    }
  }
  return jobs;
}

async function readAll(reader: StrangerReader, jobs: readonly SessionJob[]): Promise<readonly SessionOutcome[]> {
  if (reader.readSessions) {
    return reader.readSessions(jobs).catch((error: Error) => jobs.map(() => ({ error })));
  }
  const outcomes: SessionOutcome[] = [];
  for (const { image, session } of jobs) {
    outcomes.push(
      await reader.readSession(image, session).then(
        (entries) => ({ entries }),
        (error: Error) => ({ error }),
      ),
    );
  }
  return outcomes;
}

function judgment(reader: StrangerReader, session: SessionCase, outcome: SessionOutcome | undefined): Judgment {
  const common = { reader: reader.id, case: session };
  if (outcome === undefined) return { ...common, verdict: "fails", error: new Error(`${reader.id} gave no answer.`) };
  if ("error" in outcome) {
    const limit = reader.limits.find(({ error }) => error.test(outcome.error.message));
    if (limit) return { ...common, verdict: "limited", reason: limit.reason };
    return { ...common, verdict: "fails", error: outcome.error };
  }
  const comparison = compareTrees(session.expected, outcome.entries, seesOf(reader, session));
  const isSame = comparison.differences.length === 0 && comparison.expected === comparison.seen;
  return { ...common, verdict: isSame ? "agrees" : "differs", comparison };
}

/** What a reader can see of a disc whose Joliet tree has no longer names. */
function seesOf({ sees }: StrangerReader, { jolietUnits = Infinity }: SessionCase): Sees {
  return sees.maxName === undefined ? sees : { ...sees, maxName: Math.min(sees.maxName, jolietUnits) };
}
