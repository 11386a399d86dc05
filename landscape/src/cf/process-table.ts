import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from '../error-code';

/** What the processes of one container use together. */
export interface GroupUsage {
  /** Resident memory. */
  readonly memoryBytes: number;
  /** The part that cannot be dropped under pressure: what Cloud Foundry kills a container for. */
  readonly anonymousBytes: number;
  readonly cpuSeconds: number;
}

const CLOCK_TICKS_PER_SECOND = 100;
const hasProc = process.platform === 'linux';

/**
 * Tells a process apart from a later one with the same id; undefined when there is no such process, or where this system
 * does not say (Windows).
 */
export async function processStartToken(pid: number): Promise<string | undefined> {
  if (hasProc) {
    const startTicks = readStat(pid)?.[19];
    return startTicks === undefined ? undefined : `${bootId()}:${startTicks}`;
  }
  if (process.platform === 'win32') return undefined;
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to someone else.
    return errorCode(error) === 'EPERM';
  }
}

/** Whether any process of the group still runs; zombies do not count. */
export function groupIsAlive(group: number): boolean {
  if (!hasProc) return isAlive(-group);
  return processIds().some((pid) => {
    const stat = readStat(pid);
    return Number(stat?.[2]) === group && stat?.[0] !== 'Z';
  });
}

/** Usage by process group; groups that do not exist (any more) are absent. */
export async function readGroupUsage(groups: ReadonlySet<number>): Promise<Map<number, GroupUsage>> {
  if (groups.size === 0) return new Map();
  return hasProc ? readUsageFromProc(groups) : readUsageFromPs(groups);
}

/** The processes whose environment holds this entry, e.g. `INSTANCE_GUID=…`; Linux only, else empty. */
export function findByEnvironment(entry: string): number[] {
  if (!hasProc) return [];
  return processIds().filter((pid) => readText(`/proc/${pid}/environ`)?.split('\0').includes(entry) ?? false);
}

function readUsageFromProc(groups: ReadonlySet<number>): Map<number, GroupUsage> {
  const usage = new Map<number, GroupUsage>();
  for (const pid of processIds()) {
    const stat = readStat(pid);
    const group = Number(stat?.[2]);
    if (stat === undefined || !groups.has(group)) continue;
    const status = readText(`/proc/${pid}/status`) ?? '';
    add(usage, group, {
      memoryBytes: readKilobytes(status, 'VmRSS'),
      anonymousBytes: readKilobytes(status, 'RssAnon'),
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / CLOCK_TICKS_PER_SECOND,
    });
  }
  return usage;
}

async function readUsageFromPs(groups: ReadonlySet<number>): Promise<Map<number, GroupUsage>> {
  const usage = new Map<number, GroupUsage>();
  if (process.platform === 'win32') return usage;
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,rss=,time=']);
  for (const line of stdout.split('\n')) {
    const [group = '', rss = '', time = ''] = line.trim().split(/\s+/);
    if (!groups.has(Number(group))) continue;
    const cpuSeconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    // ps cannot tell anonymous memory apart; 0 means that no limit is enforced.
    add(usage, Number(group), { memoryBytes: Number(rss) * 1024, anonymousBytes: 0, cpuSeconds });
  }
  return usage;
}

function add(usage: Map<number, GroupUsage>, group: number, more: GroupUsage): void {
  const sum = usage.get(group);
  usage.set(group, {
    memoryBytes: (sum?.memoryBytes ?? 0) + more.memoryBytes,
    anonymousBytes: (sum?.anonymousBytes ?? 0) + more.anonymousBytes,
    cpuSeconds: (sum?.cpuSeconds ?? 0) + more.cpuSeconds,
  });
}

function processIds(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** The fields of /proc/PID/stat from the third (state) on: the second may hold blanks and parentheses. */
function readStat(pid: number): string[] | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readKilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

let knownBootId: string | undefined;
function bootId(): string {
  return (knownBootId ??= readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '');
}

/** undefined when the process ended meanwhile or is not ours to read. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
