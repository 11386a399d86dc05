import type { AppError } from '../errors';
import type { Replay } from '../replay/replay';
import type { ScenarioCard, ScenarioPage, ScenarioResult, UsedCertificate } from '../scenario';

/** A way of calling the backend that has a page of its own. */
export interface Scenario {
  readonly page: ScenarioPage;
  /** Runs it once; a failed upstream is part of the result, never thrown. */
  run(): Promise<ScenarioRun>;
  /**
   * Gets the token as `run` does, and uses it as a thief would.
   * @param path of the request for it
   * @throws {ScenarioFailedError} when there is no token.
   */
  replay(path: string): Promise<Replay>;
  card(): ScenarioCard;
  /** Those of its binding, and the one that its last run brought, as far as they are known. */
  certificates(): readonly UsedCertificate[];
  /** Ends the connections that it keeps, as soon as the runs that have begun have ended. */
  close(): void;
}

export interface ScenarioRun {
  readonly result: ScenarioResult;
  /** The error behind `result.error`, for the log. */
  readonly cause?: AppError;
}
