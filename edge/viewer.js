// The viewer's side of delivery: a CloudFront Function (runtime cloudfront-js-2.0) for viewer requests and responses.
// docs/delivery.md says what it does and why. What it does not know it refuses.
import cf from 'cloudfront';
import crypto from 'crypto';

const tokenKeys = cf.kvs();

// The file's place in the delivery bucket. None of its characters is ever percent-encoded: a `%` is refused.
const FILE = '(/[a-z0-9]{1,64}/g[1-9][0-9]{0,8}/[a-z0-9-]{1,64}/[A-Za-z0-9_-]{1,128}\\.[a-z0-9]{1,8})';
// /<territories>/<file>
const SIGNED = new RegExp('^/(any|[A-Z]{2}(?:-[A-Z]{2})*)' + FILE + '$');
// /t/<key id>.<expires>.<channel>.<HMAC>/<file>
const TOKEN = new RegExp('^/t/([A-Za-z0-9]{1,16})\\.([1-9][0-9]{0,10})\\.([a-z][a-z0-9-]{0,62})\\.([A-Za-z0-9_-]{43})' + FILE + '$');

const SIGNATURE = ['Expires', 'Policy', 'Signature', 'Key-Pair-Id', 'Hash-Algorithm'];
// Tells the response event when the URL ends; set or removed at every request.
const ENDS = 'x-assetwire-ends';

async function handler(event) {
  if (event.context.eventType === 'viewer-response') {
    return answered(event.request, event.response);
  }
  const request = event.request;
  if (request.uri.indexOf('/t/') === 0) {
    return await byToken(request);
  }
  return byTerritory(request);
}

// The behaviour has a key group: CloudFront has judged the signature, of the URL as the viewer sent it.
function byTerritory(request) {
  const asked = match(SIGNED, request.uri);
  if (!asked || !isCanonical(asked[1])) {
    return refused('malformed');
  }
  const country = request.headers['cloudfront-viewer-country'];
  if (!country || country.multiValue || country.value.length !== 2) {
    return refused('no_viewer_country');
  }
  if (asked[1] !== 'any' && asked[1].split('-').indexOf(country.value) < 0) {
    return refused('other_territory');
  }
  Object.keys(request.querystring).forEach(function (name) {
    if (SIGNATURE.indexOf(name) < 0) {
      delete request.querystring[name];
    }
  });
  return passed(request, asked[2]);
}

// The behaviour has no key group: the token alone opens it.
async function byToken(request) {
  const asked = match(TOKEN, request.uri);
  if (!asked) {
    return refused('malformed');
  }
  let key;
  try {
    key = await tokenKeys.get('TokenKey' + asked[1]);
  } catch (error) {
    return refused('bad_token');
  }
  const said = ['assetwire-path-1', asked[1], asked[2], asked[3], asked[5]].join('\n');
  if (!key || !isSame(crypto.createHmac('sha256', key).update(said).digest('base64url'), asked[4])) {
    return refused('bad_token');
  }
  if (Date.now() >= Number(asked[2]) * 1000) {
    return refused('expired');
  }
  const answer = passed(request, asked[5]);
  answer.querystring = {};
  return answer;
}

function passed(request, file) {
  const end = ending(request);
  if (end < Infinity) {
    request.headers[ENDS] = { value: String(end) };
  } else {
    delete request.headers[ENDS];
  }
  request.uri = file;
  return request;
}

// A browser keeps a file no longer than its URL lives, and nobody keeps it for others.
function answered(request, response) {
  const headers = response.headers;
  const asked = headers['cache-control'] ? headers['cache-control'].value : '';
  const seconds = /(?:^|[ ,])max-age=([0-9]{1,9})/.exec(asked);
  const passedOn = request.headers[ENDS];
  const end = earlier(ending(request), passedOn ? passedOn.value : '');
  const left = end < Infinity ? Math.floor(end - Date.now() / 1000) : 0;
  const kept = Math.max(0, Math.min(seconds ? Number(seconds[1]) : 0, left));
  headers['cache-control'] = { value: asked.indexOf('no-store') < 0 ? 'private, max-age=' + kept : 'no-store' };
  delete headers['expires'];
  return response;
}

// When the URL or the cookies end, in seconds since 1970: the earliest that can be seen, or Infinity.
function ending(request) {
  const query = request.querystring;
  const cookies = request.cookies;
  const token = match(TOKEN, request.uri);
  let end = token ? Number(token[2]) : Infinity;
  if (query.Expires) {
    end = earlier(end, query.Expires.value);
  }
  if (query.Policy) {
    end = earlier(end, policyEnd(query.Policy.value));
  }
  if (cookies['CloudFront-Expires']) {
    end = earlier(end, cookies['CloudFront-Expires'].value);
  }
  if (cookies['CloudFront-Policy']) {
    end = earlier(end, policyEnd(cookies['CloudFront-Policy'].value));
  }
  return end;
}

function earlier(end, text) {
  return /^[0-9]{1,11}$/.test(text) ? Math.min(end, Number(text)) : end;
}

function policyEnd(text) {
  const base64 = text.replace(/-/g, '+').replace(/_/g, '=').replace(/~/g, '/');
  try {
    const policy = JSON.parse(Buffer.from(base64, 'base64').toString());
    return String(policy.Statement[0].Condition.DateLessThan['AWS:EpochTime']);
  } catch (error) {
    return '0';
  }
}

// Sorted, each once: one set of territories has one path.
function isCanonical(territories) {
  const codes = territories.split('-');
  for (let i = 1; i < codes.length; i++) {
    if (codes[i - 1] >= codes[i]) {
      return false;
    }
  }
  return true;
}

// The whole text: `$` alone lets a line feed follow it.
function match(pattern, text) {
  const found = pattern.exec(text);
  return found && found[0] === text ? found : null;
}

// In the same time wherever two texts differ.
function isSame(one, other) {
  if (one.length !== other.length) {
    return false;
  }
  let difference = 0;
  for (let i = 0; i < one.length; i++) {
    difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  }
  return difference === 0;
}

function refused(reason) {
  return {
    statusCode: 403,
    statusDescription: 'Forbidden',
    headers: { 'cache-control': { value: 'no-store' }, 'x-assetwire-reason': { value: reason } },
  };
}
