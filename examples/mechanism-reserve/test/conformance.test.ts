import { sequential } from "@multisession/sequential";
import { discCases, runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";
import { keepClosingRoom } from "../src/index.ts";

runMechanismSuite({
  describe,
  it,
  plugin: keepClosingRoom(sequential(), { blocks: 20 }),
  media: discCases.filter(({ kind }) => kind === "bd-r"),
});
