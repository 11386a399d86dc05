export { ConfigError, ConfigProblems } from './config-error';
export { createConstantHeaders } from './constant-headers';
export { describeError, maskSecrets, type ErrorDescription } from './describe-error';
export { followFiles, type Current, type Followed, type FollowOptions } from './follow-files';
export { createHttpServer, drainServer } from './http-server';
export { createLogger, type Logger, type LoggerOptions } from './logger';
export { DEFAULT_PORT, readIntegerSetting, readProcessSettings, type ProcessSettings } from './process-settings';
export { logRequest, type RequestLogOptions } from './request-log';
export { revision } from './revision';
export { serve, type ServeOptions } from './serve';
export {
  bindingsFile,
  findBindings,
  readServiceBindings,
  type BindingQuery,
  type ServiceBinding,
} from './service-bindings';
export { readSettingsGroup, type GivenSettings, type SettingsGroup, type SettingsSource } from './settings-group';
export { startApp } from './start-app';
