import type {
  About,
  AnswerRequest,
  CallView,
  ChatRequest,
  ChatResponse,
  ConversationSummary,
  Decision,
  ErrorBody,
  InstructionRequest,
} from '../types/api.ts';
import { access } from './access.ts';

/** How long an answer may take, in milliseconds. The engine itself waits at most 30 s for the graph to settle. */
const ANSWER_TIMEOUT_MS = 40_000;

/** Why a request did not do what it should; `message` is a sentence for people that says what to do. */
export class ApiError extends Error {
  /** A stable word: the server's own, or `offline`, `timeout`, `bad_answer`. */
  readonly code: string;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The field at fault, as a path. */
  readonly field: string | null;

  constructor(code: string, message: string, status = 0, field: string | null = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.field = field;
  }
}

/** Asks the engine. The caller reads the body. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (init.signal?.aborted && (init.signal.reason as Error | undefined)?.name === 'TimeoutError') {
      throw new ApiError('timeout', 'Ringback took too long to answer. Try again.');
    }
    if (init.signal?.aborted) throw cause;
    throw new ApiError('offline', 'Ringback cannot be reached. Check that it is running, then try again.');
  }
  if (response.ok) return response;
  if (response.status === 401) access.refused();
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  let body: Partial<ErrorBody> = {};
  try {
    body = (await response.json()) as Partial<ErrorBody>;
  } catch {
    // Not the engine's own answer (a proxy's page, say): the status has to do.
  }
  const message = body.message ?? `Ringback answered with an error (${response.status}). Try again in a moment.`;
  return new ApiError(body.code ?? 'bad_answer', message, response.status, body.field ?? null);
}

async function json<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  const response = await ask(path, init);
  const text = await response.text();
  try {
    return (text === '' ? undefined : JSON.parse(text)) as T;
  } catch {
    throw new ApiError('bad_answer', 'Ringback’s answer could not be read. Reload the page.', response.status);
  }
}

const conversation = (id: string) => `/conversations/${encodeURIComponent(id)}`;
const call = (id: string, attempt: number) => `${conversation(id)}/calls/${attempt}`;

/** The engine's HTTP interface. Every failure is an `ApiError`. */
export const api = {
  about: () => json<About>('/about'),
  conversations: () => json<ConversationSummary[]>('/conversations'),
  remove: (id: string) => json<void>(conversation(id), 'DELETE'),
  say: (request: ChatRequest) => json<ChatResponse>('/chat', 'POST', request),
  decide: (id: string, planId: string, decision: Decision) =>
    json<ChatResponse>(`${conversation(id)}/plans/${encodeURIComponent(planId)}`, 'POST', decision),
  /** Answers a question of a live call. */
  answer: (id: string, attempt: number, request: AnswerRequest) => json<CallView>(`${call(id, attempt)}/answer`, 'POST', request),
  /** Tells a live call's agent what to do. */
  instruct: (id: string, attempt: number, request: InstructionRequest) =>
    json<CallView>(`${call(id, attempt)}/instruction`, 'POST', request),
  removeRecording: (id: string, attempt: number) => json<void>(`${call(id, attempt)}/recording`, 'DELETE'),
  hangUp: (id: string, attempt: number) => json<CallView>(`${call(id, attempt)}/hangup`, 'POST'),
};

/** Addresses of the streams. */
export const streams = {
  conversation: (id: string) => `${conversation(id)}/events`,
  call: (id: string, attempt: number) => `${call(id, attempt)}/events`,
  /** Takes the user's voice. */
  voice: (id: string, attempt: number) => `${call(id, attempt)}/voice`,
  audio: (id: string, attempt: number) => `${call(id, attempt)}/audio`,
  recording: (id: string, attempt: number) => `${call(id, attempt)}/recording`,
};
