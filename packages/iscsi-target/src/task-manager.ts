import type { ValuesOf } from "@multisession/mmc";
import type { LogicalUnit, Nexus } from "./logical-unit.ts";
import { taskFunctions, type taskManagement, taskResponses } from "./pdu.ts";
import { lunOf, type Task } from "./task.ts";

type Request = ValuesOf<typeof taskManagement>;

/** What became of a task management function. */
interface Managed {
  readonly response: number;
  /** A cold reset ends the connection (RFC 7143, 11.5.1). */
  readonly endsConnection: boolean;
}

/** What a manager works on. */
export interface TaskManagerSetting {
  readonly units: ReadonlyMap<number, LogicalUnit>;
  readonly nexus: Nexus;
  /** Tasks of this session by their tags. */
  readonly tasks: ReadonlyMap<number, Task>;
  /** Takes a task out: it is not begun, and not answered. */
  readonly drop: (task: Task) => void;
}

const answered = (response: number): Managed => ({ response, endsConnection: false });

/**
 * Task management (RFC 7143, 11.5 and 11.6). What is already with the drive is waited for: a drive cannot be told to
 * stop in the middle of a command, and the answer says that nothing of the task goes on.
 */
export class TaskManager {
  readonly #setting: TaskManagerSetting;

  constructor(setting: TaskManagerSetting) {
    this.#setting = setting;
  }

  /** Carries out one function. */
  async carryOut(request: Request): Promise<Managed> {
    const { abortTask, abortTaskSet, clearTaskSet, logicalUnitReset, targetWarmReset, targetColdReset, taskReassign } =
      taskFunctions;
    switch (request.function) {
      case abortTask:
        return this.#abortTask(request);
      case abortTaskSet:
      case clearTaskSet:
        return this.#onUnit(request, async (lun) => this.#dropAll(lun));
      case logicalUnitReset:
        return this.#onUnit(request, async (lun, unit) => {
          this.#dropAll(lun);
          await unit.reset(this.#setting.nexus);
        });
      case targetWarmReset:
      case targetColdReset:
        return this.#resetTarget(request.function === targetColdReset);
      case taskReassign:
        return answered(taskResponses.noReassignment);
      default:
        return answered(taskResponses.notSupported);
    }
  }

  async #abortTask({ referencedTag, lun: bytes }: Request): Promise<Managed> {
    const task = this.#setting.tasks.get(referencedTag);
    const lun = lunOf(bytes);
    if (task === undefined || task.lun !== lun) return answered(taskResponses.noTask);
    this.#setting.drop(task);
    await this.#setting.units.get(task.lun)?.idle();
    return answered(taskResponses.complete);
  }

  async #onUnit(request: Request, work: (lun: number, unit: LogicalUnit) => Promise<void>): Promise<Managed> {
    const lun = lunOf(request.lun);
    const unit = lun === undefined ? undefined : this.#setting.units.get(lun);
    if (lun === undefined || unit === undefined) return answered(taskResponses.noLun);
    await work(lun, unit);
    await unit.idle();
    return answered(taskResponses.complete);
  }

  async #resetTarget(endsConnection: boolean): Promise<Managed> {
    const { units, nexus } = this.#setting;
    for (const [lun, unit] of units) {
      this.#dropAll(lun);
      await unit.reset(nexus);
      await unit.idle();
    }
    return { response: taskResponses.complete, endsConnection };
  }

  #dropAll(lun: number): void {
    for (const task of [...this.#setting.tasks.values()]) if (task.lun === lun) this.#setting.drop(task);
  }
}
