import type { Burner, BurnerDisc } from "./burner.ts";
import { discKinds } from "./disc-kind.ts";

const format = "xorriso -outdev $drive -format as_needed";
/** Its first session on media without sessions lies behind a head that shows the newest one. */
const OVERWRITABLE_START = 32;

const onSessions = (kind: BurnerDisc["kind"], prepare?: string): BurnerDisc => ({
  kind,
  firstSession: 0,
  ...(prepare !== undefined && { prepare }),
});
const overwritten = (kind: BurnerDisc["kind"], prepare: string): BurnerDisc => ({
  kind,
  firstSession: OVERWRITABLE_START,
  prepare,
});

/** xorriso, native commands. */
export const xorrisoBurner: Burner = {
  id: "xorriso",
  name: "xorriso",
  programs: ["xorriso"],
  discs: [
    onSessions(discKinds.cdR),
    onSessions(discKinds.cdRw, "xorriso -outdev $drive -blank as_needed"),
    onSessions(discKinds.dvdR),
    onSessions(discKinds.dvdRw, "xorriso -outdev $drive -blank deformat"),
    overwritten(discKinds.dvdRwRestricted, "xorriso -outdev $drive -format full"),
    onSessions(discKinds.dvdPlusR),
    onSessions(discKinds.dvdPlusRDl),
    overwritten(discKinds.dvdPlusRw, format),
    overwritten(discKinds.dvdRam, format),
    onSessions(discKinds.bdR),
    onSessions(discKinds.bdRPow),
    overwritten(discKinds.bdRe, format),
  ],
  look: "xorriso -indev $drive -toc",
  lists: (printed, starts) =>
    new RegExp(`^ISO session  : +${starts.length} , +${starts.at(-1)} , .* THIRD$`, "m").test(printed),
  first: () => "xorriso -outdev $drive -joliet on -volid FIRST -map /first / -commit",
  append: () => "xorriso -dev $drive -joliet on -volid SECOND -map /second / -commit",
  close: () => "xorriso -dev $drive -joliet on -volid FOURTH -close on -map /fourth / -commit",
};
