import { quote } from "../machine/sections.ts";
import { MOUNT_COMMAND } from "../readers/linux/mount-report.ts";
import type { Burner, BurnerDisc } from "./burner.ts";

/** A program with one disc, which is the unit of that number in the guest. */
export interface BurnCase {
  readonly burner: Burner;
  readonly disc: BurnerDisc;
}

/** One thing that is done in the guest. */
export type Step =
  /** Runs commands; their output and exit code are kept. */
  | { readonly is: "run"; readonly name: string; readonly command: string }
  /** Takes the disc out and puts it in again: until then Linux goes by the old capacity of a disc that was burnt. */
  | { readonly is: "reload" }
  /** Mounts, and describes everything that is found. */
  | { readonly is: "mount"; readonly name: string; readonly options: string };

/** What comes before our session: the program's first two. */
export function firstSteps({ burner, disc }: BurnCase): readonly Step[] {
  const { firstSession, prepare } = disc;
  return [
    { is: "run", name: "look before", command: burner.look },
    ...(prepare === undefined ? [] : ([{ is: "run", name: "prepare", command: prepare }, { is: "reload" }] as const)),
    { is: "run", name: "first", command: burner.first(disc) },
    { is: "reload" },
    { is: "mount", name: "first mounted", options: "" },
    { is: "run", name: "append", command: burner.append(disc) },
    { is: "reload" },
    { is: "mount", name: "append mounted", options: "" },
    ...(firstSession === "given up"
      ? []
      : ([{ is: "mount", name: "first mounted again", options: `sbsector=${firstSession}` }] as const)),
    { is: "run", name: "look after", command: burner.look },
  ];
}

/** What comes behind our session. */
export function lastSteps({ burner, disc }: BurnCase): readonly Step[] {
  return [
    { is: "run", name: "look at ours", command: burner.look },
    { is: "mount", name: "ours mounted", options: "" },
    { is: "run", name: "close", command: burner.close(disc) },
    { is: "reload" },
    { is: "mount", name: "close mounted", options: "" },
    { is: "run", name: "look closed", command: burner.look },
  ];
}

/** Seconds that a program may take. libburn and growisofs wait for many of them, whatever the drive says. */
const MOST_SECONDS = 240;

/** All steps of all cases: the cases at the same time, the steps of each one after another. */
export function guestScript(cases: readonly (readonly Step[])[]): string {
  return [
    MOUNT_COMMAND,
    prelude(cases.length),
    "section 'kernel drives'; dmesg | grep ' sr 0:0:0:'",
    ...cases.map((steps, unit) => [`steps${unit}() {`, ...steps.map((step) => line(step, unit)), "}"].join("\n")),
    ...cases.map(
      (_, unit) =>
        `(drive=$(unit ${unit}); image=/tmp/${unit}.iso; export drive image; steps${unit}) > /tmp/out${unit} 2>&1 &`,
    ),
    "wait",
    ...cases.map((_, unit) => `section '${unit} device'; unit ${unit}`),
    ...cases.map((_, unit) => `cat /tmp/out${unit}`),
  ].join("\n");
}

function line(step: Step, unit: number): string {
  if (step.is === "reload") return "eject $drive; eject -t $drive";
  if (step.is === "run") return `step '${unit} ${step.name}' ${quote(step.command)}`;
  // What the kernel logs says not to which mount it belongs.
  return `until mkdir /tmp/mounting 2> /dev/null; do sleep 0.2; done; judge '${unit} ${step.name}' $drive ${quote(step.options)}; rmdir /tmp/mounting`;
}

/** The kernel looks at its drives one after another, and beside its other work. */
const prelude = (drives: number): string => `
unit() { for block in /sys/bus/scsi/devices/0:0:0:$1/block/*; do echo "/dev/\${block##*/}"; done; }
step() {
  section "$1"; timeout ${MOST_SECONDS} sh -c "$2" < /dev/null 2>&1; code=$?
  section "$1 exit"; echo $code
}
for second in $(seq 60); do [ "$(ls -d /sys/class/block/sr* | wc -l)" = ${drives} ] && break; sleep 1; done`;
