import type { Burner, BurnerDisc } from "./burner.ts";
import { discKinds } from "./disc-kind.ts";

/** wodim on CD, which records what genisoimage made: track at once, or a whole session at once. */
export function wodimBurner(mode: "tao" | "sao"): Burner {
  const record = (options: string): string => `wodim dev=$drive -${mode} ${options} -data $image`;
  const appended = (name: string, folder: string): string =>
    `genisoimage -R -J -V ${name} -C "$(wodim dev=$drive -msinfo 2> /dev/null)" -M $drive -o $image ${folder}`;
  return {
    id: `wodim-${mode}`,
    name: `wodim -${mode}`,
    programs: ["wodim", "genisoimage", "cd-info"],
    discs: [
      { kind: discKinds.cdR, firstSession: 0 },
      { kind: discKinds.cdRw, firstSession: 0, prepare: "wodim dev=$drive blank=fast" },
    ] satisfies readonly BurnerDisc[],
    look: ["wodim dev=$drive -prcap", "wodim dev=$drive -atip", "wodim dev=$drive -toc", "wodim dev=$drive -msinfo"]
      .concat("cd-info --no-header --no-device-info -C $drive")
      .join("; "),
    lists: (printed, starts) => new RegExp(`^${starts.at(-1)},\\d+$`, "m").test(printed),
    first: () => `genisoimage -R -J -V FIRST -o $image /first && ${record("-multi")}`,
    append: () => `${appended("SECOND", "/second")} && ${record("-multi")}`,
    close: () => `${appended("FOURTH", "/fourth")} && ${record("")}`,
  };
}
