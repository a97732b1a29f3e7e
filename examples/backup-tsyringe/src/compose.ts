import "reflect-metadata";
import { bdrPow } from "@multisession/bdr-pow";
import type { Plugin } from "@multisession/core";
import { virtual } from "@multisession/driver-virtual";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { registerMultisession } from "@multisession/tsyringe";
import { container, type DependencyContainer } from "tsyringe";

/** The application's container: a child, so that tsyringe's global one stays clean. */
export function composeBackup(): DependencyContainer {
  const child = container.createChildContainer();
  registerMultisession(child, virtual(), iso9660(), sequential(), randomWrite(), bdrPow());
  return child;
}

/** The same application with some plugins in the place of those with their ids. */
export function composeWith(parent: DependencyContainer, ...instead: readonly Plugin[]): DependencyContainer {
  const child = parent.createChildContainer();
  registerMultisession(child, ...instead);
  return child;
}
