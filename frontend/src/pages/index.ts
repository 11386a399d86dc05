export { renderError } from './error';
export type { ErrorModel } from './error';
export { renderOverview } from './overview';
export type { OverviewModel } from './overview';
export { renderScenario } from './scenario';
export type { ScenarioModel } from './scenario';
export type { ShellModel } from './shell';
