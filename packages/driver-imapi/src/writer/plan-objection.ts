import { appendTrack, type ExecutablePlan, type Medium, phaseBlocks, runsOf } from "@multisession/core";

/** Part of a disc that must stay free: IMAPI2 closes a fuller one for good, whatever it was told. */
const FREE_SHARE = 0.02;

/** Why IMAPI2's writer cannot carry out a plan exactly as it is; nothing when it can. */
export function planObjection(plan: ExecutablePlan): string | undefined {
  const { steps, phases, offer } = plan;
  const unknown = steps.find(({ step }) => step === "reserve" || step === "repair");
  if (unknown !== undefined) return `It cannot ${unknown.step} a track.`;
  if (steps.every(({ step }) => step !== "write")) return "It only writes sessions, and this plan writes none.";
  if (phases.some(({ kind }) => kind === "give-up")) return "It cannot give up an interrupted session.";
  return offer.space.published.by === "close" ? sequentialObjection(plan) : overwritingObjection(plan);
}

/** A session that is published by closing it: one piece at the next address, and `Write` closes it. */
function sequentialObjection({ medium, steps, phases, offer }: ExecutablePlan): string | undefined {
  const [run, ...others] = phases.flatMap(runsOf);
  const next = appendTrack(medium)?.next;
  if (run === undefined || others.length > 0) return "It writes a session as one piece, and this one is several.";
  if (run.at !== next)
    return `It writes at the next writable address ${next ?? "(none)"}, and the session starts at ${run.at}.`;
  if (medium.lastSession === "incomplete") return "It cannot go on with a session that is open.";
  if (steps.some(({ step }) => step === "prepare")) return "It cannot format the disc first.";
  const closes = steps.flatMap((step) => (step.step === "close" ? [step.what] : []));
  if (closes.every((what) => what === "track"))
    return "It closes every session that it writes, and this one stays open.";
  if (closes.includes("disc")) return undefined;
  if (medium.kind === "dvd+r-dl") return "It closes a DVD+R DL for good, and this plan leaves it open.";
  const end = run.at + phases.reduce((sum, phase) => sum + phaseBlocks(phase), 0) + medium.sessionGap;
  return staysOpen(medium, end)
    ? undefined
    : `It closes a disc for good that has less than 2 % left, and only ${Math.max(0, offer.space.mediumEnd - end)} blocks would be.`;
}

function staysOpen({ capacity }: Medium, end: number): boolean {
  return capacity - end > capacity * FREE_SHARE;
}

/** A head that is overwritten in place, after what it leads to. */
function overwritingObjection({ medium, offer, steps }: ExecutablePlan): string | undefined {
  if (medium.overwrite !== "in-place" && medium.isFormatted)
    return "It overwrites only what can be overwritten in place.";
  if (offer.space.ranges.some(({ rule }) => rule !== "overwrite"))
    return "It overwrites only what can be overwritten in place.";
  if (steps.some(({ step }) => step === "close")) return "It closes nothing on a disc that is overwritten.";
  return undefined;
}
