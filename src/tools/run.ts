/** The only caller of tools: checks the input, waits for the end, turns whatever comes back or is thrown into a result. */
import { toError, type JourneymanError } from '../core/error.ts';
import { isObject, type Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import { checkSchema } from '../core/schema.ts';
import { noStanding, type Standing, type Tool, type ToolIo, type ToolResult } from '../core/tool.ts';
import { boundedText } from './bounded.ts';

export type PreparedCall =
  | { readonly ok: true; readonly tool: Tool; readonly input: unknown }
  | { readonly ok: false; readonly result: ToolResult };

/**
 * Finds the tool and reads its input; what is wrong with either comes back as a result that says how to mend it.
 * **Invariant:** nothing runs whose input was not checked against the schema that the model was given.
 */
export function prepareCall(
  tools: readonly Tool[],
  name: string,
  input: Json,
  standing: Standing = noStanding,
): PreparedCall {
  const tool = tools.find((one) => one.name === name);
  if (!tool) return refuse(`There is no tool ${name}. The tools are ${tools.map((one) => one.name).join(', ')}.`);
  if (!isObject(input)) {
    return refuse(
      `The input of ${name} is not a JSON object; it may have been cut off. Send the call again, in smaller pieces if it was long.`,
    );
  }
  if (sizeOf(input) > limits.callInputChars)
    return refuse(
      `The input of ${name} is larger than ${String(limits.callInputChars)} characters, or nested too deeply. Send less at once.`,
    );
  const known = Object.keys((tool.schema['properties'] ?? {}) as object);
  const unknown = Object.keys(input).filter((key) => !known.includes(key));
  const faults = [
    ...checkSchema(tool.schema, input),
    ...(unknown.length > 0 ? [`${unknown.join(', ')}: not an input of ${name}, which takes ${known.join(', ')}.`] : []),
  ];
  if (faults.length > 0)
    return refuse(
      `The input of ${name} does not fit; nothing was done. Mend it and call again:\n${faults.slice(0, 8).join('\n')}`,
    );
  try {
    return { ok: true, tool, input: tool.parse(input, standing) };
  } catch (thrown) {
    return { ok: false, result: errorResult(toError(thrown)) };
  }
}

/** Infinity: it is nested more deeply than can be written. */
function sizeOf(input: Json): number {
  try {
    return JSON.stringify(input).length;
  } catch {
    return Infinity;
  }
}

/** Never throws. Ends at the tool's time limit, and within 100 ms of an abort whatever the tool does. */
export async function runCall(tool: Tool, input: unknown, io: ToolIo): Promise<ToolResult> {
  if (io.signal.aborted) return stopped;
  const stop = new AbortController();
  const time = { isUp: false };
  let grace: NodeJS.Timeout | undefined;
  let abandon: (result: ToolResult) => void = () => undefined;
  const abandoned = new Promise<ToolResult>((resolve) => (abandon = resolve));
  const end = (): void => {
    stop.abort(new DOMException('Stopped.', 'AbortError'));
    // Tools end by themselves when told to; a disk that does not answer is not waited for.
    grace = setTimeout(() => abandon(time.isUp ? tooLong(tool) : stopped), endGraceMs);
  };
  const timer = setTimeout(() => {
    time.isUp = true;
    end();
  }, tool.timeoutMs);
  io.signal.addEventListener('abort', end, { once: true });
  try {
    return await bounded(await Promise.race([tool.run(input, { ...io, signal: stop.signal }), abandoned]), io);
  } catch (thrown) {
    return time.isUp ? tooLong(tool) : failed(thrown, io.signal);
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    io.signal.removeEventListener('abort', end);
  }
}

/** What was thrown on the way of a call, as the model should read it; `interrupted` when the person stopped it. */
export function failed(thrown: unknown, signal: AbortSignal): ToolResult {
  return signal.aborted ? stopped : errorResult(toError(thrown));
}

/** Under the 100 ms in which every wait ends. */
const endGraceMs = 95;

const stopped: ToolResult = { status: 'interrupted', text: 'Stopped by the user before it ended.' };

function tooLong({ name, timeoutMs }: Tool): ToolResult {
  return {
    status: 'error',
    code: 'timeout',
    text: `${name} did not end within ${String(timeoutMs / 1000)} s and was stopped. Ask for less at once.`,
  };
}

function refuse(text: string): PreparedCall {
  return { ok: false, result: { status: 'error', code: 'invalid_input', text } };
}

function errorResult({ code, message }: JourneymanError): ToolResult {
  const text =
    code === 'bug' ? `A fault of Journeyman itself, not of your call: ${message}. Try another way.` : message;
  return { status: 'error', code, text };
}

/** What does not fit is kept beside the log. */
async function bounded(result: ToolResult, { handle, keep }: ToolIo): Promise<ToolResult> {
  const cut = boundedText(result.text, null);
  if (cut === null) return result;
  if (result.status !== 'ok' && result.status !== 'error') return { ...result, text: cut };
  const whole = handle === undefined ? null : ((await keep?.(result.text)) ?? null);
  if (whole === null || handle === undefined) return { ...result, text: cut };
  return { ...result, text: boundedText(result.text, handle) ?? cut, whole };
}
