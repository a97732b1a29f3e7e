import type { ValuesOf } from "@multisession/mmc";
import type { LogicalUnit, Nexus } from "./logical-unit.ts";
import { taskFunctions, type taskManagement, taskResponses } from "./pdu.ts";
import { lunOf, type Task } from "./task.ts";

type Request = ValuesOf<typeof taskManagement>;

/** What became of a task management function. */
interface Managed {
  readonly response: number;
  /** A cold reset ends all connections of the target (RFC 7143, 11.5.1). */
  readonly endsConnections: boolean;
}

/** What a manager works on. */
export interface TaskManagerSetting {
  readonly units: ReadonlyMap<number, LogicalUnit>;
  readonly nexus: Nexus;
  /** Tasks of this session by their tags. */
  readonly tasks: ReadonlyMap<number, Task>;
  /** Takes a task out: it is not begun, and not answered. */
  readonly drop: (task: Task) => void;
  /** Counts a command as come that was aborted before its turn; whether its number is one of those. */
  readonly skip: (cmdSn: number, before: number) => boolean;
}

const answered = (response: number): Managed => ({ response, endsConnections: false });

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
        return this.#onUnit(request, async (lun) => void this.dropAll(lun));
      case clearTaskSet:
        return this.#onUnit(request, async (_, unit) => unit.clearTasks(this.#setting.nexus));
      case logicalUnitReset:
        return this.#onUnit(request, (_, unit) => unit.reset(this.#setting.nexus));
      case targetWarmReset:
      case targetColdReset:
        return this.#resetTarget(request.function === targetColdReset);
      case taskReassign:
        return answered(taskResponses.noReassignment);
      default:
        return answered(taskResponses.notSupported);
    }
  }

  async #abortTask({ referencedTag, lun: bytes, refCmdSn, cmdSn }: Request): Promise<Managed> {
    const { tasks, skip } = this.#setting;
    const task = tasks.get(referencedTag);
    if (task === undefined) return answered(skip(refCmdSn, cmdSn) ? taskResponses.complete : taskResponses.noTask);
    if (task.lun !== lunOf(bytes)) return answered(taskResponses.noTask);
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

  async #resetTarget(endsConnections: boolean): Promise<Managed> {
    const units = [...this.#setting.units.values()];
    await Promise.all(units.map((unit) => unit.reset(this.#setting.nexus)));
    for (const unit of units) await unit.idle();
    return { response: taskResponses.complete, endsConnections };
  }

  /** Drops all tasks of this session for a unit; whether there was any. */
  dropAll(lun: number): boolean {
    const tasks = [...this.#setting.tasks.values()].filter((task) => task.lun === lun);
    for (const task of tasks) this.#setting.drop(task);
    return tasks.length > 0;
  }
}
