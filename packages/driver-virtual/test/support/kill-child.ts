import { writeSync } from "node:fs";
import { openDisc, type VirtualMediumId } from "../../src/index.ts";
import { Initiator } from "./initiator.ts";
import { runScript } from "./kill-script.ts";

// A process that is killed while it writes: tells after each step how many are done.
const [, , path = "", medium = "", seed = "", steps = ""] = process.argv;
const recorder = await openDisc(path);
const tell = (done: number): void => {
  writeSync(1, `${done}\n`);
};
runScript(new Initiator(recorder), medium as VirtualMediumId, Number(seed), Number(steps), tell);
recorder.close();
