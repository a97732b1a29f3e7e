import {
  type BurnReport,
  burn,
  createPlugins,
  type DiscRecorder,
  type FileSystem,
  type Fixed,
  type History,
  type IMultisession,
  type MechanismPlugin,
  type Medium,
  nextIdentity,
  type PlannedSession,
  type Probe,
  planSession,
  type RecoverReport,
  type Refusal,
  recover,
  refusalError,
  type SessionIntent,
  type SessionPlan,
} from "@multisession/core";
import { createVirtualRecorder, type Snapshot, type VirtualRecorder } from "@multisession/driver-virtual";
import { type Clock, openMmcRecorder } from "@multisession/mmc";
import type { DiscCase } from "./disc-case.ts";
import { GuardedReader } from "./guarded-reader.ts";
import type { SampleImage } from "./sample-image.ts";

/** What is tried, and on what. */
export interface Trial {
  /** The mechanism on trial. */
  readonly plugin: MechanismPlugin;
  /** The file systems that render. */
  readonly fileSystems: readonly FileSystem[];
  /** The disc. */
  readonly disc: DiscCase;
}

/** A virtual recorder with a disc in it, and a mechanism at work on it. */
export class Workbench {
  /** The recorder's back door: its log, its faults. */
  readonly virtual: VirtualRecorder;
  /** What the trial is about. */
  readonly trial: Trial;
  #recorder: DiscRecorder;
  #reader: GuardedReader;
  #mechanism: IMultisession;
  #burns = 0;

  private constructor(virtual: VirtualRecorder, trial: Trial, recorder: DiscRecorder) {
    this.virtual = virtual;
    this.trial = trial;
    this.#recorder = recorder;
    this.#reader = new GuardedReader(recorder);
    this.#mechanism = mechanismOf(trial.plugin, this.#reader);
  }

  /** Opens one with a fresh disc, or with the disc of a snapshot. */
  static async open(trial: Trial, from?: Snapshot): Promise<Workbench> {
    const virtual = createVirtualRecorder(trial.disc.disc);
    if (from !== undefined) virtual.restore(from);
    return new Workbench(virtual, trial, await recorderOf(virtual));
  }

  /** The recorder as core sees it. */
  get recorder(): DiscRecorder {
    return this.#recorder;
  }

  /** The reader that the mechanism was given. */
  get reader(): GuardedReader {
    return this.#reader;
  }

  /** The mechanism on trial, made for this recorder. */
  get mechanism(): IMultisession {
    return this.#mechanism;
  }

  /** Of all file systems. */
  get probes(): readonly Probe[] {
    return this.trial.fileSystems.map(({ probe }) => probe);
  }

  /** Power comes back, and everything that knew the disc is made anew: the disc alone must tell. */
  async powerOn(): Promise<void> {
    this.virtual.powerOn();
    this.#recorder = await recorderOf(this.virtual);
    this.#reader = new GuardedReader(this.#recorder);
    this.#mechanism = mechanismOf(this.trial.plugin, this.#reader);
  }

  /** The disc as it is now. */
  async look(): Promise<{ readonly medium: Medium; readonly history: History }> {
    const medium = await this.#recorder.medium({ refresh: true });
    return { medium, history: await this.#mechanism.history(medium, this.probes) };
  }

  /** Makes a plan, or passes a refusal on. */
  async plan(intent: SessionIntent, image?: SampleImage): Promise<PlannedSession | Refusal> {
    const { medium, history } = await this.look();
    return planSession({
      mechanism: this.#mechanism,
      fileSystems: this.trial.fileSystems,
      medium,
      history,
      intent,
      reader: this.#recorder,
      fixed: this.#fix(intent, history),
      ...(image === undefined ? {} : { image }),
    });
  }

  /** Makes a plan that must not be refused. @throws what the refusal says. */
  async mustPlan(intent: SessionIntent, image?: SampleImage): Promise<PlannedSession> {
    const planned = await this.plan(intent, image);
    if (planned.kind === "refused") throw refusalError(planned, this.#recorder.uri);
    return planned;
  }

  /** Burns a plan. */
  burn(planned: PlannedSession, image?: SampleImage): Promise<BurnReport> {
    return burn({
      planned,
      recorder: this.#recorder,
      mechanism: this.#mechanism,
      probes: this.probes,
      ...(image === undefined ? {} : { contents: image.source }),
    });
  }

  /** Recovers from the disc alone; each plan is shown before it is executed. */
  recover(onPlan: (plan: SessionPlan) => void = () => {}): Promise<RecoverReport> {
    return recover({
      recorder: this.#recorder,
      mechanism: this.#mechanism,
      fileSystems: this.trial.fileSystems,
      onPlan,
    });
  }

  /** Same burns, same bytes: what a plan chooses by chance elsewhere is counted here. */
  #fix(intent: SessionIntent, history: History): Fixed {
    this.#burns += 1;
    const { life: goesOn, sequence } = nextIdentity(history, intent);
    const life = goesOn ?? "11".repeat(16 - 1).concat((0x10 + this.#burns).toString(16).slice(-2));
    const nonce = (0x1_0000 * sequence + this.#burns).toString(16).padStart(16, "0");
    return { time: Date.UTC(2026, 0, 1) + sequence * 1000, life, sequence, nonce };
  }
}

function recorderOf(virtual: VirtualRecorder): Promise<DiscRecorder> {
  return openMmcRecorder(virtual.transport(), { uri: "virtual:testkit", clock: new PatientClock() });
}

/** Time that passes when somebody waits, so that nobody has to: a recorder in software is ready at once. */
class PatientClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
  }
}

/** As an application makes it, so that the descriptor's claims count. @throws the cause when it is unavailable. */
export function mechanismOf(plugin: MechanismPlugin, source: GuardedReader): IMultisession {
  const { available, unavailable } = createPlugins(plugin).mechanisms({ source });
  const [mechanism] = available;
  if (mechanism === undefined) throw unavailable[0]?.cause ?? new TypeError(`${plugin.id} made no mechanism`);
  return mechanism;
}
