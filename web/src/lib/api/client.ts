/** One way of asking the device: JSON in, JSON out, problems as ApiError. */

import type { ConfigFault, Problem } from "./types";

export const ROOT = "/api/v1";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: ConfigFault[];

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail || problem.title || String(problem.status));
    this.status = problem.status;
    this.code = problem.code ?? "";
    this.faults = problem.faults ?? [];
  }
}

/** The device did not answer at all. */
export class UnreachableError extends Error {}

type Listener = () => void;
let csrfToken: string | null = null;
let onSignedOut: Listener = () => undefined;

/** Send this token with every request that changes something. */
export function useCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Call `listener` when the device says that nobody is signed in any more. */
export function whenSignedOut(listener: Listener): void {
  onSignedOut = listener;
}

export interface Options {
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  quiet401?: boolean;
}

/** Send one request; the raw response when it is a success. */
export async function send(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (options.signal) init.signal = options.signal;
  if (method !== "GET" && csrfToken) headers["X-CSRF-Token"] = csrfToken;
  if (options.text !== undefined) {
    headers["Content-Type"] ??= "application/toml";
    init.body = options.text;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  const response = await reach(ROOT + path, init);
  if (response.ok) return response;
  if (response.status === 401 && !options.quiet401) onSignedOut();
  throw new ApiError(await problemOf(response));
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new UnreachableError(String(error));
  }
}

async function problemOf(response: Response): Promise<Partial<Problem> & { status: number }> {
  try {
    return { ...((await response.json()) as Partial<Problem>), status: response.status };
  } catch {
    return { status: response.status, title: response.statusText };
  }
}

async function json<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const get = <T>(path: string, options?: Options) => json<T>("GET", path, options);
export const post = <T>(path: string, body?: unknown) => json<T>("POST", path, { body });
export const put = <T>(path: string, body?: unknown) => json<T>("PUT", path, { body });
export const remove = (path: string) => send("DELETE", path);

/** A query string of what is there. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const present = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  if (present.length === 0) return "";
  return "?" + new URLSearchParams(present.map(([key, value]) => [key, String(value)])).toString();
}

/** A list that may come bare or as the only list of an object. */
export function listOf<T>(answer: T[] | Record<string, unknown>): T[] {
  if (Array.isArray(answer)) return answer;
  const list = Object.values(answer).find((value) => Array.isArray(value));
  return (list ?? []) as T[];
}
