import type { Burner } from "./burner.ts";
import { discKinds } from "./disc-kind.ts";

/** On media that are written anywhere it puts the newest head in place of the old one. */
const firstSession = "given up";

/** growisofs, which formats on its own what must be formatted. It knows no CD. */
export const growisofsBurner: Burner = {
  id: "growisofs",
  name: "growisofs",
  programs: ["growisofs", "genisoimage", "dvd+rw-format", "dvd+rw-mediainfo"],
  discs: [
    { kind: discKinds.dvdR, firstSession: 0 },
    { kind: discKinds.dvdRw, firstSession: 0, prepare: "dvd+rw-format -blank=full $drive" },
    { kind: discKinds.dvdRwRestricted, firstSession, prepare: "dvd+rw-format -force $drive" },
    { kind: discKinds.dvdPlusR, firstSession: 0 },
    { kind: discKinds.dvdPlusRDl, firstSession: 0 },
    { kind: discKinds.dvdPlusRw, firstSession },
    { kind: discKinds.dvdRam, firstSession },
    { kind: discKinds.bdR, firstSession: 0, options: "-use-the-force-luke=spare:none" },
    { kind: discKinds.bdRPow, firstSession },
    { kind: discKinds.bdRe, firstSession },
  ],
  look: "dvd+rw-mediainfo $drive",
  lists: (printed, starts, { kind }) =>
    // Sessions in one address space are nothing that the drive could tell of.
    "isOverwritable" in kind || printed.includes(`Track Start Address:   ${starts.at(-1)}*2KB`),
  first: ({ options = "" }) => `growisofs ${options} -Z $drive -R -J -V FIRST /first`,
  append: ({ options = "" }) => `growisofs ${options} -M $drive -R -J -V SECOND /second`,
  close: ({ options = "" }) => `growisofs ${options} -dvd-compat -M $drive -R -J -V FOURTH /fourth`,
};
