// A scripted engine for developing and testing the page. It speaks the engine's HTTP interface, with canned answers:
//
//   npm run build && node dev/fake-engine.mjs --scene live --port 8010 --speed 1
//
// Every option can also be given as SCENE, PORT, SPEED in the environment; `/dev/scene?name=busy&speed=4` begins another scene in
// a running one. The scenes are in fake/scenes.mjs.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Conversation } from './fake/conversation.mjs';
import { answer, page, PHONE_POLICY, readBody, refuse } from './fake/http.mjs';
import { setScene } from './fake/scenes.mjs';
import { recording } from './fake/recording.mjs';
import { ABOUT, RECORDING, transcript } from './fake/script.mjs';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

export class FakeEngine {
  /** Every request but those for the page's files: `{ method, path, body }`. */
  requests = [];
  /** The access token that it asks for, if it asks for one; a string or `null`. */
  token = /** @type {string | null} */ (null);
  conversations = new Map();
  #server = createServer((request, response) => void this.#serve(request, response));
  #sockets = new Set();
  #reachable = true;
  #refusals = [];
  #about = ABOUT;

  /** @param {{ port?: number, scene?: string, speed?: number, token?: string | null, about?: object }} options */
  static async start({ port = 0, scene = 'empty', speed = 1, token = null, about = {} } = {}) {
    const engine = new FakeEngine();
    engine.token = token;
    engine.#about = { ...ABOUT, ...about };
    engine.#server.on('connection', (socket) => {
      if (!engine.#reachable) return socket.destroy();
      engine.#sockets.add(socket);
      socket.on('close', () => engine.#sockets.delete(socket));
    });
    await engine.play(scene, speed);
    await new Promise((resolve) => engine.#server.listen(port, '127.0.0.1', resolve));
    return engine;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Begins a scene. */
  async play(scene, speed = 1) {
    this.#forget();
    this.speed = speed;
    await setScene(scene, this.conversations, { speed });
  }

  /** Cuts every connection and refuses new ones, as if the engine had been stopped; `restore` is its return. */
  vanish() {
    this.#reachable = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore() {
    this.#reachable = true;
  }

  /** Refuses the next request whose method and path match. */
  refuseNext(method, path, status, body) {
    this.#refusals.push({ method, path, status, body });
  }

  /** How often something was asked for. */
  count(method, path) {
    return this.requests.filter((request) => request.method === method && request.path === path).length;
  }

  async stop() {
    this.#forget();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forget() {
    for (const conversation of this.conversations.values()) {
      for (const call of conversation.calls.values()) call.stop();
    }
    this.conversations = new Map();
  }

  async #serve(request, response) {
    try {
      const url = new URL(request.url, this.url);
      const path = url.pathname;
      const isPage = path.startsWith('/assets/') || (path === '/' && request.headers.accept?.includes('text/html'));
      if (path === '/' && this.token && url.searchParams.get('token') === this.token) {
        response.writeHead(303, { Location: '/', 'Set-Cookie': 'ringback_token=shown; Path=/; HttpOnly; SameSite=Strict' });
        return response.end();
      }
      // The phone's page, which is the simulator's; its socket is the test's.
      if (path === '/phone') return await page(response, DIST, '/phone.html', PHONE_POLICY);
      if (isPage) return await page(response, DIST, path);
      if (path === '/') return answer(response, 200, { status: 'running' });
      if (path === '/dev/scene') return await this.#changeScene(response, url.searchParams);
      const body = request.method === 'POST' ? await readBody(request) : undefined;
      this.requests.push({ method: request.method, path, body, headers: request.headers });
      if (this.token && !request.headers.cookie?.includes('ringback_token=shown')) {
        return refuse(response, 401, 'unauthorized', 'Send the access token.');
      }
      const refusal = this.#refusals.findIndex((one) => one.method === request.method && one.path === path);
      if (refusal >= 0) {
        const [{ status, body: refused }] = this.#refusals.splice(refusal, 1);
        return answer(response, status, refused);
      }
      await this.#route(request, response, path, body);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'fake_engine_failed', String(error));
    }
  }

  async #changeScene(response, query) {
    await this.play(query.get('name') ?? 'empty', Number(query.get('speed') ?? 1));
    response.writeHead(302, { Location: this.conversations.size > 0 ? '/#/c_demo' : '/' });
    response.end();
  }

  async #route(request, response, path, body) {
    const get = request.method === 'GET';
    if (get && path === '/about') return answer(response, 200, this.#about);
    if (get && path === '/conversations') return answer(response, 200, this.#list());
    if (request.method === 'POST' && path === '/chat') return this.#chat(response, body);
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    const conversation = parts[0] === 'conversations' ? this.conversations.get(parts[1]) : undefined;
    if (!conversation) return refuse(response, 404, 'not_found', 'There is no such conversation.');
    if (request.method === 'DELETE' && parts.length === 2) {
      this.conversations.delete(conversation.id);
      return answer(response, 200, { status: 'deleted' });
    }
    if (get && parts[2] === 'events') return conversation.follow(request, response);
    if (request.method === 'POST' && parts[2] === 'plans') return this.#decide(response, conversation, parts[3], body);
    if (parts[2] === 'calls') return this.#call(request, response, conversation, conversation.calls.get(Number(parts[3])), parts[4], body);
    return refuse(response, 404, 'not_found', `There is no ${path}.`);
  }

  #list() {
    const summaries = [...this.conversations.values()].map((conversation) => conversation.summary);
    return summaries.sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  }

  async #chat(response, body) {
    if (typeof body?.message !== 'string' || body.message.trim() === '') {
      return refuse(response, 422, 'invalid_field', 'message must not be empty', 'message');
    }
    const id = body.conversation_id ?? `c_${body.message_id ?? this.conversations.size + 1}`;
    if (!this.conversations.has(id)) this.conversations.set(id, new Conversation(id, { speed: this.speed, thinkMs: 500 / this.speed }));
    answer(response, 200, await this.conversations.get(id).say(body.message, body.message_id));
  }

  #decide(response, conversation, planId, body) {
    const open = conversation.plan?.plan_id === planId;
    if (!open) return refuse(response, 409, 'plan_closed', 'This summary can no longer be confirmed. See what has become of it in the chat.');
    if (body.decision === 'approve') return answer(response, 200, conversation.approve());
    if (body.decision === 'cancel') return answer(response, 200, conversation.cancel());
    return answer(response, 200, conversation.change(body.details));
  }

  #call(request, response, conversation, call, what, body) {
    if (!call) return refuse(response, 404, 'not_found', 'There is no such call.');
    if (what === 'events') return call.follow(request, response);
    if (what === 'recording' && request.method === 'DELETE') {
      call.recordingDeleted = true;
      response.writeHead(204);
      return response.end();
    }
    if (what === 'recording' && call.recordingDeleted) return refuse(response, 404, 'no_recording', 'There is no recording of this call.');
    if (what === 'recording') return recording(request, response, transcript(), RECORDING);
    if (what === 'answer' && request.method === 'POST' && conversation.closedQuestions.has(body.question_id)) {
      conversation.add({ type: 'question_closed', attempt: call.attempt, id: body.question_id, how: 'too_late', answer: body.text });
      return refuse(response, 409, 'too_late', 'the answer came too late; it is kept in the conversation');
    }
    if (call.ended) return refuse(response, 409, 'already_ended', 'The call has already ended.');
    if (what === 'audio') return call.listen(response);
    if (what === 'answer' && request.method === 'POST') {
      conversation.add({ type: 'question_closed', attempt: call.attempt, id: body.question_id, how: 'answered', answer: body.text });
      return answer(response, 202, {});
    }
    if (what === 'instruction' && request.method === 'POST') {
      call.tell({ type: 'instruction', id: body.instruction_id, text: body.text });
      return answer(response, 202, {});
    }
    if (what === 'hangup' && request.method === 'POST') {
      call.hangUp();
      return answer(response, 202, {});
    }
    return refuse(response, 404, 'not_found', 'There is no such thing.');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { scene: { type: 'string' }, port: { type: 'string' }, speed: { type: 'string' } } });
  const engine = await FakeEngine.start({
    scene: values.scene ?? process.env.SCENE ?? 'empty',
    port: Number(values.port ?? process.env.PORT ?? 8010),
    speed: Number(values.speed ?? process.env.SPEED ?? 1),
  });
  console.log(`The page is at ${engine.url}/, the scene’s conversation at ${engine.url}/#/c_demo`);
}
