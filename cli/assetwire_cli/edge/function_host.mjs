// Runs a CloudFront Function as runtime cloudfront-js-2.0 would: a line of JSON in, a line of JSON out.
//
//   {"code"}          load this function          → {}
//   {"keys"}          what the key value store holds → {}
//   {"event", "now"}  run it at this moment (ms)   → {"result"}
//
// Whatever goes wrong is answered with {"error"}. What the runtime does not offer is not there: CloudFront Developer
// Guide, "JavaScript runtime 2.0 features for CloudFront Functions".
import { createHash, createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';
import vm from 'node:vm';

const ABSENT = [
  'AggregateError', 'Atomics', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'FinalizationRegistry', 'Function', 'Intl',
  'Iterator', 'Map', 'Proxy', 'Reflect', 'Set', 'SharedArrayBuffer', 'Symbol', 'WeakMap', 'WeakRef', 'WeakSet',
  'WebAssembly', 'escape', 'eval', 'unescape',
];
const ALGORITHMS = ['md5', 'sha1', 'sha256'];
const ENCODINGS = ['hex', 'base64', 'base64url', undefined];

let now = 0;
let keys = {};
let handler = null;

function known(values, value) {
  if (!values.includes(value)) throw new TypeError(`the runtime does not know ${value}`);
  return value;
}

function digester(inner) {
  return {
    update(data) { inner.update(data); return this; },
    digest(encoding) { return inner.digest(known(ENCODINGS, encoding)); },
  };
}

const MODULES = {
  cloudfront: {
    kvs: () => ({
      async get(name) {
        if (!Object.hasOwn(keys, name)) throw new Error('KeyNotFound');
        return keys[name];
      },
    }),
  },
  crypto: {
    createHash: (algorithm) => digester(createHash(known(ALGORITHMS, algorithm))),
    createHmac: (algorithm, key) => digester(createHmac(known(ALGORITHMS, algorithm), key)),
  },
};

async function load(code) {
  const context = vm.createContext(
    { Buffer, console: { log: (...words) => process.stderr.write(`${words.join(' ')}\n`) }, clock: () => now },
    { codeGeneration: { strings: false, wasm: false } },
  );
  // The clock stands still while the function runs.
  vm.runInContext(
    `{
      const Real = Date, read = globalThis.clock;
      globalThis.Date = class Date extends Real {
        constructor(...parts) { parts.length ? super(...parts) : super(read()); }
        static now() { return read(); }
      };
      delete globalThis.clock;
      for (const name of ${JSON.stringify(ABSENT)}) delete globalThis[name];
    }`,
    context,
  );
  const module = new vm.SourceTextModule(`${code}\nexport { handler };\n`, { context, identifier: 'function.js' });
  await module.link((name) => {
    if (!Object.hasOwn(MODULES, name)) throw new Error(`the runtime has no module ${name}`);
    const members = { default: MODULES[name] };
    return new vm.SyntheticModule(['default'], function () { this.setExport('default', members.default); }, { context });
  });
  await module.evaluate();
  handler = module.namespace.handler;
}

async function answer(message) {
  if (message.code !== undefined) await load(message.code);
  else if (message.keys !== undefined) keys = message.keys;
  else {
    now = message.now;
    return { result: await handler(message.event) };
  }
  return {};
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = JSON.stringify(await answer(JSON.parse(line)));
  } catch (error) {
    said = JSON.stringify({ error: String(error) });
  }
  process.stdout.write(`${said}\n`);
}
