import type { HopFailure } from './hops';
import type { ScenarioCard, ScenarioResult } from './scenario';

/** What the frame around every page shows. */
export interface ShellModel {
  readonly product: string;
  /** Region of the platform, e.g. `eu10`; the host of its API where that names no region; `local` without one. */
  readonly region: string;
  /** e.g. `v24.21.0` */
  readonly node: string;
  /** Commit of the build. */
  readonly revision: string;
}

/** The start page `/`. */
export interface OverviewModel {
  readonly shell: ShellModel;
  readonly cards: readonly ScenarioCard[];
}

/** The page of one run of a scenario, whether it succeeded or not (`result.error`). */
export interface ScenarioModel {
  readonly shell: ShellModel;
  readonly title: string;
  /** Path of the page, e.g. `/app`. */
  readonly path: string;
  readonly result: ScenarioResult;
}

/** A page for what has no scenario: an unknown path, an error of this app itself. */
export interface ErrorModel {
  readonly shell: ShellModel;
  readonly status: number;
  readonly title: string;
  readonly error: HopFailure;
}
