import { afterAll } from "vitest";
import { bundleHost } from "./support/bundled-host.ts";
import { runSuiteOn } from "./support/suite.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

for (const medium of ["bd-r", "cd-rw", "dvd+rw"] as const) runSuiteOn(host, medium);
