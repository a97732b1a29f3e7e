import type { History, VerifyReport } from "@multisession/core";
import type { DiscVerification, SessionReport } from "@multisession/file-system-image";
import type { FaultPlace, FaultPlaces } from "./fault-places.ts";
import { conditionText } from "./medium-text.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { blocksAsBytes, count, numberText } from "./size.ts";

const reloadText: Readonly<Record<DiscVerification["reload"], string>> = {
  reloaded: "The disc was reloaded first, so what was read came from it.",
  "cache-dropped": "The recorder's cache was dropped first, so what was read came from the disc.",
  "same-cache": "The recorder could not drop its cache, so what was just written may have come from there.",
};

const NOTHING_COMPARED = "it has no hashes to compare with, so only its directories were read";

/** Faults that are listed for one session before the rest is counted. */
const LISTED_FAULTS = 20;

/** Whether nothing was found wrong. A session without hashes is not good, but nothing is known against it. */
export function isGood({ reports, history }: DiscVerification): boolean {
  return !isLost(history) && reports.every(({ outcome }) => outcome !== "faulty");
}

/** Whether something is on the disc, and no session of it can be found. */
function isLost({ condition, states }: History): boolean {
  return condition === "unreadable" || (condition === "foreign" && states.length === 0);
}

/** What reading back found, for the JSON documents. */
export function verificationDocument(
  verification: Pick<DiscVerification, "reload" | "reports">,
  places: FaultPlaces = new Map(),
): object {
  return {
    outcome: overallOutcome(verification.reports),
    reload: verification.reload,
    sessions: verification.reports.map(({ state, part, outcome, hashes, contents, blocks, faults }) => ({
      number: state.index + 1,
      ...(part === undefined ? {} : { part }),
      outcome,
      ...(outcome === "no-hashes" || hashes === "none" ? {} : { hashes: hashes ?? "sha256" }),
      contents,
      blocks,
      faults: faults.map((fault) => ({ ...fault, ...placeDocument(places.get(fault)) })),
    })),
  };
}

/** What reading back one session right after its burn found, for people. */
export function readBackLines(
  { reload, report }: { readonly reload: DiscVerification["reload"]; readonly report: VerifyReport },
  paint: Paint,
): readonly string[] {
  const { outcome, contents, blocks, faults } = report;
  if (outcome !== "good") return [`  Read back: ${count(faults.length, "fault")}`, ...faultLines(report, new Map())];
  return [
    `${paint("good", "✓")} Read back, and as it was recorded: ${count(contents, "new file")} and the directories, ${blocksAsBytes(blocks)}.`,
    paint("quiet", `  ${reloadText[reload]}`),
  ];
}

/** What reading back found, for people. */
export function verificationLines(
  verification: DiscVerification,
  places: FaultPlaces,
  paint: Paint,
): readonly string[] {
  const { reports, reload, history } = verification;
  const lost = isLost(history) ? lostLines(history, paint) : [];
  if (reports.length === 0) return lost.length > 0 ? lost : ["There is no session to verify."];
  const asked = (reports.at(-1)?.state.index ?? 0) + 1;
  const lines = reports.flatMap((report) => [sessionLine(report, asked, paint), ...faultLines(report, places)]);
  return [...lines, ...lost, paint("quiet", `  ${reloadText[reload]}`)];
}

function lostLines({ condition, findings }: History, paint: Paint): readonly string[] {
  const lines = findings.map(({ at, what }) => `    block ${numberText(at)}: ${printable(what)}`);
  return [`${paint("bad", "✗")} The disc is ${condition}: ${conditionText(condition)}`, ...lines];
}

function overallOutcome(reports: readonly VerifyReport[]): VerifyReport["outcome"] {
  if (reports.some(({ outcome }) => outcome === "faulty")) return "faulty";
  return reports.some(({ outcome }) => outcome === "good") ? "good" : "no-hashes";
}

/** `asked`: the session whose folders another one has. */
function sessionLine({ state, part, outcome, ...report }: SessionReport, asked: number, paint: Paint): string {
  const { hashes, contents, blocks, faults } = report;
  const isPart = part === "directories";
  const what = isPart ? `Folders of session ${asked} in session ${state.index + 1}` : `Session ${state.index + 1}`;
  if (outcome === "faulty") {
    const how = hashes === "none" ? ` in its directories; ${NOTHING_COMPARED}` : "";
    return `${paint("bad", "✗")} ${what}: ${count(faults.length, "fault")}${how}`;
  }
  if (outcome === "no-hashes")
    return `${paint("warning", "?")} ${what}: ${isPart ? "they have no hashes to compare with" : NOTHING_COMPARED}`;
  const good = `${paint("good", "✓")} ${what}: as`;
  if (isPart) return `${good} they were recorded (${blocksAsBytes(blocks)})`;
  if (hashes === "md5") return `${good} its MD5 sums have it (${count(contents, "file")}, ${blocksAsBytes(blocks)})`;
  return `${good} it was recorded (${count(contents, "file")} and the directories, ${blocksAsBytes(blocks)})`;
}

function placeDocument(place: FaultPlace | undefined): object {
  if (place === undefined) return {};
  const { paths, session } = place;
  return { path: paths[0], paths, session };
}

function faultLines({ state, faults }: VerifyReport, places: FaultPlaces): readonly string[] {
  const lines = faults.slice(0, LISTED_FAULTS).map((fault) => {
    const { paths, session } = places.get(fault) ?? {};
    const older = session === undefined || session === state.index + 1 ? "" : ` of session ${session}`;
    const where = `block ${numberText(fault.at)}, ${fault.fault}`;
    const named = paths === undefined ? where : `${paths.map(printable).join(", ")}${older} (${where})`;
    return `    ${named}: ${printable(fault.what)}`;
  });
  return faults.length > LISTED_FAULTS
    ? [...lines, `    and ${count(faults.length - LISTED_FAULTS, "more fault")}`]
    : lines;
}
