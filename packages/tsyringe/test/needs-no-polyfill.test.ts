import { createPlugins } from "@multisession/core";
import { sequential } from "@multisession/sequential";
import { expect, it } from "vitest";

it("loads without tsyringe and without its polyfill, which the application imports when it wants them", async () => {
  expect(Reflect).not.toHaveProperty("getMetadata");
  const { registerMultisession } = await import("@multisession/tsyringe");
  expect(registerMultisession).toBeTypeOf("function");
  expect(createPlugins(sequential()).all).toHaveLength(1);
});
