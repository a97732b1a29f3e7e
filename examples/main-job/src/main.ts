import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { MultisessionError } from "@multisession/core";
import { mainJob } from "./main-job.ts";

const home = fileURLToPath(new URL("..", import.meta.url));
const own = process.argv[2];

try {
  const disc = await mainJob({
    folder: own ?? join(home, "sample"),
    workFolder: join(home, "..", "..", ".cache"),
    isOwnFolder: own !== undefined,
    out: process.stdout,
  });
  const name = relative(process.cwd(), disc) || disc;
  console.log(`Go on by hand with this disc:
  npx multisession info ${name}
  npx multisession ls ${name} -l --session 1
  npx multisession extract ${name} / -o restored --session 1
  npx multisession revert ${name} --session 1
  npx multisession plan ${name} FOLDER
  npx multisession burn ${name} FOLDER`);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const advice = MultisessionError.is(error) ? `\n  ${error.advice}` : "";
  console.error(`\nThe main job stopped: ${error.message}${advice}`);
  process.exitCode = 1;
}
