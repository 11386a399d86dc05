// Parts of libraries that these apps never use and that cost an instance time and memory at each start all the same.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
/** What these apps read and send; the database has 2,500 more. */
const mediaTypes = [
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'font/woff2',
  'image/png',
  'image/svg+xml',
  'text/css',
  'text/html',
  'text/javascript',
  'text/plain',
];

const parts = [
  {
    // body-parser knows 200 encodings by tables of half a megabyte; the forms of these apps are UTF-8, as browsers send them.
    path: /^iconv-lite$/,
    source: `
      const isUtf8 = (encoding) => /^utf-?8$/i.test(encoding);
      exports.encodingExists = isUtf8;
      exports.getDecoder = () => { const { StringDecoder } = require('node:string_decoder'); const decoder = new StringDecoder('utf8'); return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() }; };
      exports.decode = (bytes) => bytes.toString('utf8');`,
  },
  {
    // Its default loads fetch, and with it all of undici.
    path: /\/fetch\.js$/,
    importer: /axios[\\/]lib[\\/]adapters[\\/]/,
    source: 'exports.getFetch = () => undefined;',
  },
  {
    // For transports in worker threads pino asks who has called it, for which Node reads the whole source map.
    path: /\/caller$/,
    importer: /pino[\\/]/,
    source: 'module.exports = () => [];',
  },
  {
    path: /^mime-db$/,
    source: `module.exports = ${JSON.stringify(pick(require('mime-db'), mediaTypes))};`,
  },
];

function pick(database, names) {
  return Object.fromEntries(names.map((name) => [name, database[name]]));
}

/** axios looks at the global FormData, for which Node loads undici; nothing here sends one. */
const formData = {
  path: /axios[\\/]lib[\\/]utils\.js$/,
  from: "typeof G.FormData !== 'undefined' ? G.FormData : undefined",
  to: 'undefined',
};

/** An esbuild plugin that puts a few lines in the place of each. */
export const leaveOutUnusedParts = {
  name: 'leave out unused parts',
  setup(build) {
    parts.forEach(({ path, importer }, index) =>
      build.onResolve({ filter: path }, (args) =>
        importer === undefined || importer.test(args.importer)
          ? { path: String(index), namespace: 'unused' }
          : undefined,
      ),
    );
    build.onLoad({ filter: formData.path }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(formData.from)) throw new Error(`${path} does not look at FormData any more`);
      return { contents: text.replace(formData.from, formData.to), loader: 'js' };
    });
    build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: parts[path].source, loader: 'js' }));
  },
};
