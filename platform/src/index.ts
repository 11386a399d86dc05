export { ConfigError, ConfigProblems } from './config-error';
export { createHttpServer, serve, type ServeOptions } from './http-server';
export { createLogger, type Logger, type LoggerOptions } from './logger';
export { revision } from './revision';
export { findBindings, readServiceBindings, type BindingQuery, type ServiceBinding } from './service-bindings';
