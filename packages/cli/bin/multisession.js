#!/usr/bin/env node
// The command is linked at install time, before anything is built; so this file is not built itself.
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error("The command multisession is not built yet: run `npm start` or `npm test` first.");
  process.exitCode = 1;
}
