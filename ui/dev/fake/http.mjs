// What the fake engine needs of HTTP: answers, bodies, event streams, the page's files.
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

/** The engine's own policy for the page. */
export const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** The carrier simulator's policy for the phone's page. */
export const PHONE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const BODY_BYTES_MAX = 64 * 1024;

export function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

export function refuse(response, status, code, message, field) {
  answer(response, status, field === undefined ? { code, message } : { code, message, field });
}

export async function readBody(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > BODY_BYTES_MAX) throw new Error('the body is too long');
  }
  return text === '' ? undefined : JSON.parse(text);
}

/** Answers with a file of the built page, if `path` names one. */
export async function page(response, dist, path, policy = POLICY) {
  const name = path === '/' ? 'index.html' : normalize(path).replace(/^\/+/, '');
  if (name.startsWith('..')) return refuse(response, 404, 'not_found', 'There is no such file.');
  try {
    const bytes = await readFile(join(dist, name));
    response.writeHead(200, {
      'Content-Type': `${TYPES[extname(name)] ?? 'application/octet-stream'}; charset=utf-8`,
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': name.endsWith('.html') ? 'no-cache' : 'public, max-age=31536000, immutable',
    });
    response.end(bytes);
  } catch {
    refuse(response, 404, 'not_found', `There is no ${path}. Build the page first: npm run build.`);
  }
}

/** A list of numbered events that can be followed from any place; the last one may close it. */
export class EventLog {
  #events = [];
  #followers = new Set();
  #closed = false;

  get length() {
    return this.#events.length;
  }

  /** Adds a numbered event and tells every follower. */
  add(event) {
    this.#events.push(event);
    this.#tell(`id: ${event.n}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** Tells those who follow now, and nobody later. */
  mention(event) {
    this.#tell(`data: ${JSON.stringify(event)}\n\n`);
  }

  close() {
    this.#closed = true;
    for (const response of this.#followers) response.end();
  }

  /** Answers with the events after the one that the request names. */
  follow(request, response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(': hello\n\n');
    const after = Number(request.headers['last-event-id'] ?? 0);
    for (const event of this.#events) {
      if (event.n > after) response.write(`id: ${event.n}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    if (this.#closed) return response.end();
    this.#followers.add(response);
    response.on('close', () => this.#followers.delete(response));
  }

  #tell(text) {
    for (const response of this.#followers) response.write(text);
  }
}
