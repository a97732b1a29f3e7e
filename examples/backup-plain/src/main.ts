import { parseArgs } from "node:util";
import { MultisessionError } from "@multisession/core";
import { composeBackup } from "./compose.ts";

const usage = `backup DISC FOLDER          back a folder up, in a new session
list DISC                   list the sessions
restore DISC PATH TARGET    restore a file; --session N from an older session
`;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { session: { type: "string" } } });
const [command, device, first, second] = positionals;
const backup = composeBackup();

try {
  if (command === "backup" && device !== undefined && first !== undefined) {
    const { session, cost } = await backup.backUp(first, device);
    console.log(`Session ${session} is recorded.`);
    for (const { resource, amount } of cost) console.log(`  ${amount} ${resource}`);
  } else if (command === "list" && device !== undefined) {
    for (const { number, label, recorded } of await backup.sessions(device))
      console.log(`${number}  ${label}  ${recorded?.toISOString() ?? "recorded by another program"}`);
  } else if (command === "restore" && device !== undefined && first !== undefined && second !== undefined) {
    const session = values.session === undefined ? undefined : Number(values.session);
    await backup.restore(device, first, second, session);
  } else {
    process.stderr.write(usage);
    process.exitCode = 2;
  }
} catch (error) {
  if (!MultisessionError.is(error)) throw error;
  process.stderr.write(`${error.message}\n${error.advice}\n`);
  process.exitCode = 1;
}
