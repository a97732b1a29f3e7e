import { type PlannedSession, planSession, refusalError } from "@multisession/core";
import { checkPartitions } from "./foreign-partitions.ts";
import type { Survey } from "./survey.ts";

/** What is planned, on the disc that was surveyed. */
type Request = Omit<Parameters<typeof planSession>[0], "mechanism" | "medium" | "history" | "fileSystems">;

/**
 * Plans a session on a surveyed disc. Refusals are thrown as errors.
 *
 * @throws also `FOREIGN_CONTENT` where it would be written over a partition behind what is recorded.
 */
export async function planChecked(
  { crew, medium, history, negotiation, seen }: Survey,
  request: Request & { readonly fileSystems?: Parameters<typeof planSession>[0]["fileSystems"] },
  subject: string,
): Promise<PlannedSession> {
  const { mechanism } = negotiation;
  const planned = await planSession({ fileSystems: crew.fileSystems, ...request, mechanism, medium, history });
  if (planned.kind === "refused") throw refusalError(planned, subject);
  const session = planned.shape?.state;
  // A first session has the consent to give up all that is there.
  if (medium.overwrite === "in-place" && request.intent.kind !== "first" && session !== undefined) {
    const volumeEnd = Math.max(0, ...history.states.map(({ end }) => end));
    const { signal } = request;
    await checkPartitions(seen, { volumeEnd, session, subject }, signal === undefined ? {} : { signal });
  }
  return planned;
}
