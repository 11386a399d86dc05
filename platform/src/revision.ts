declare const BUILD_REVISION: string | undefined;

/** The commit that the build was made from; `development` when the sources run without a build. */
export const revision: string = typeof BUILD_REVISION === 'string' ? BUILD_REVISION : 'development';
