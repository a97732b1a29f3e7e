import { type DiscReader, defineMechanism, type MechanismPlugin, MultisessionError } from "@multisession/core";
import { Sequential, sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import { CLOCK } from "./clock.ts";
import { compositions, yearOf } from "./compositions.ts";

/** A recorder that is switched off: creating a mechanism must not ask it anything. */
const source: DiscReader = {
  uri: "test:off",
  medium: () => Promise.reject(new MultisessionError("NO_MEDIUM", "There is no disc.", { subject: "test:off" })),
  read: (at) => Promise.reject(new MultisessionError("READ_FAILED", `Block ${at}`, { subject: "test:off" })),
};

const mechanism = (id: string, contract = 1, name?: string): MechanismPlugin =>
  defineMechanism({
    id,
    contract,
    ...(name === undefined ? {} : { package: name }),
    supports: { media: ["bd-r"], intents: ["first", "append"] },
    create: (context) => new Sequential(id, context),
  });

const errorOf = (run: () => unknown): MultisessionError | undefined => {
  try {
    run();
  } catch (error) {
    if (MultisessionError.is(error)) return error;
    throw error;
  }
  return undefined;
};

describe.each(compositions)("with $name", ({ open }) => {
  it("every plugin that was added is in the service, and an own service is given it by its token", () => {
    const scope = open();
    scope.add(mechanism("b"), mechanism("a"));
    expect(scope.plugins().all.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(scope.shelf()).toEqual(["a", "b"]);
  });

  it("the service is the same each time", () => {
    const scope = open();
    scope.add(sequential());
    expect(scope.plugins()).toBe(scope.plugins());
  });

  it("composing twice is legal: the same plugin is one, and another is added", () => {
    const scope = open();
    const plugin = mechanism("a");
    scope.add(plugin);
    scope.add(plugin, mechanism("b"));
    expect(scope.plugins().all.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("a child scope overrides one plugin by its id and keeps the rest, and the parent does not notice", () => {
    const scope = open();
    const far = mechanism("a");
    scope.add(far, mechanism("b"));
    const child = scope.child();
    const near = mechanism("a");
    child.add(near);
    expect(child.plugins().all.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(child.plugins().all).toContain(near);
    expect(scope.plugins().all).toContain(far);
    expect(scope.plugins().all).not.toContain(near);
  });

  it("a child without plugins of its own shares its parent's service", () => {
    const scope = open();
    scope.add(mechanism("a"));
    expect(scope.child().plugins()).toBe(scope.plugins());
  });

  it("the nearest of three scopes wins, and each adds to what is around it", () => {
    const scope = open();
    scope.add(mechanism("a"), mechanism("b"), mechanism("c"));
    const child = scope.child();
    const middle = mechanism("b");
    child.add(mechanism("a"), middle);
    const grandchild = child.child();
    const nearest = mechanism("a");
    grandchild.add(nearest, mechanism("d"));
    const { all } = grandchild.plugins();
    expect(all.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect(all[0]).toBe(nearest);
    expect(all[1]).toBe(middle);
  });

  it("whoever watches the service sees it when it is handed out", () => {
    const scope = open();
    scope.add(mechanism("a"));
    const seen: number[] = [];
    scope.onPlugins(({ all }) => seen.push(all.length));
    scope.plugins();
    expect(seen).toEqual([1]);
  });

  it("several instances of one mechanism live under several ids", () => {
    const scope = open();
    scope.add(mechanism("sequential-a"), mechanism("sequential-b"));
    const { available } = scope.plugins().mechanisms({ source });
    expect(available.map(({ id }) => id)).toEqual(["sequential-a", "sequential-b"]);
    expect(available[0]).not.toBe(available[1]);
  });

  it("an own class is made for each recorder, with what it injects and with the recorder", () => {
    const scope = open();
    scope.bind(CLOCK, { year: 2026 });
    scope.addClass("dated");
    scope.addClass("dated-too");
    const first = scope.plugins().mechanisms({ source });
    expect(first.unavailable).toEqual([]);
    expect(first.available.map(({ id }) => id)).toEqual(["dated", "dated-too"]);
    expect(first.available.map(yearOf)).toEqual([2026, 2026]);
    expect(first.available[0]?.importRecorder).toBe(source);
    const other = { ...source, uri: "test:other" };
    const second = scope.plugins().mechanisms({ source: other });
    expect(second.available[0]).not.toBe(first.available[0]);
    expect(second.available[0]?.importRecorder).toBe(other);
  });

  it("an own class of a child scope is given the child's dependencies", () => {
    const scope = open();
    scope.bind(CLOCK, { year: 1 });
    scope.addClass("dated");
    const child = scope.child();
    child.bind(CLOCK, { year: 2 });
    child.addClass("dated");
    const yearIn = (within: typeof scope) => yearOf(within.plugins().mechanisms({ source }).available[0]);
    expect(yearIn(child)).toBe(2);
    expect(yearIn(scope)).toBe(1);
  });

  it("a missing dependency makes one mechanism unavailable, with a code and the dependency's name", () => {
    const scope = open();
    scope.add(mechanism("a"));
    scope.addClass("dated");
    const { available, unavailable } = scope.plugins().mechanisms({ source });
    expect(available.map(({ id }) => id)).toEqual(["a"]);
    expect(unavailable.map(({ id }) => id)).toEqual(["dated"]);
    expect(unavailable[0]?.cause.code).toBe("PLUGIN_FAILED");
    expect(unavailable[0]?.cause.message).toContain("test-clock");
  });

  it("two different plugins of one id in one scope are an error that names the id", () => {
    const scope = open();
    scope.add(mechanism("a", 1, "one-package"));
    scope.add(mechanism("a", 1, "other-package"));
    const error = errorOf(() => scope.plugins());
    expect(error?.code).toBe("PLUGIN_DUPLICATE");
    expect(error?.message).toMatch(/one-package.*other-package/);
  });

  it("an outdated contract is an error with the package and both numbers", () => {
    const scope = open();
    scope.add(mechanism("a", 7, "old-package"));
    const error = errorOf(() => scope.plugins());
    expect(error?.code).toBe("PLUGIN_CONTRACT");
    expect(error?.message).toMatch(/old-package.*contract 7.*speaks 1/);
  });

  it("a value that is no plugin is an error", () => {
    const scope = open();
    scope.add({ id: "a", kind: "mechanism" } as unknown as MechanismPlugin);
    expect(errorOf(() => scope.plugins())?.code).toBe("PLUGIN_INVALID");
  });
});
