/** What the Messages API demands of a request, and what we demand of ourselves on top; as a list of faults in plain words. */
import { isObject } from '../../src/core/json.ts';

export interface WireBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}
export interface WireRequest {
  readonly model: string;
  readonly max_tokens: number;
  readonly stream?: boolean;
  readonly system: readonly WireBlock[];
  readonly tools: readonly WireBlock[];
  readonly messages: readonly { readonly role: string; readonly content: readonly WireBlock[] }[];
  readonly [field: string]: unknown;
}

/** Strings, which the API allows in place of a list with one text, made into lists. Throws on what is no request at all. */
export function parseRequest(body: string): WireRequest {
  const parsed: unknown = JSON.parse(body);
  if (!isObject(parsed) || !Array.isArray(parsed['messages'])) throw new Error('messages: Field required');
  return {
    ...parsed,
    model: parsed['model'] as string,
    max_tokens: parsed['max_tokens'] as number,
    system: blocks(parsed['system']),
    tools: (parsed['tools'] ?? []) as readonly WireBlock[],
    messages: (parsed['messages'] as { role: string; content: unknown }[]).map(({ role, content }) => ({
      role,
      content: blocks(content),
    })),
  };
}

function blocks(content: unknown): readonly WireBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : ((content ?? []) as readonly WireBlock[]);
}

export function faultsOf(request: WireRequest): readonly string[] {
  return [...parameterFaults(request), ...messageFaults(request), ...callFaults(request), ...markFaults(request)];
}

function parameterFaults({ model, max_tokens: maxTokens, system, tools, ...rest }: WireRequest): string[] {
  const faults: string[] = [];
  if (typeof model !== 'string' || model === '') faults.push('model: Field required');
  if (!Number.isInteger(maxTokens) || maxTokens < 1) faults.push('max_tokens: Field required');
  for (const gone of ['temperature', 'top_p', 'top_k']) if (gone in rest) faults.push(`${gone}: no longer accepted`);
  if (system.some((block) => block.type !== 'text' || isBlank(block['text']))) faults.push('system: an empty text');
  const names = tools.map((tool) => String(tool['name']));
  if (new Set(names).size < names.length) faults.push('tools: Tool names must be unique.');
  for (const tool of tools) {
    const { name, input_schema: schema } = tool;
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(name))) faults.push(`tools: “${String(name)}” is no name for a tool`);
    if (!isObject(schema) || schema['type'] !== 'object')
      faults.push(`tools: the schema of ${String(name)} is no object`);
  }
  return faults;
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'tool_result'],
  assistant: ['text', 'thinking', 'redacted_thinking', 'tool_use'],
};

function messageFaults({ messages }: WireRequest): string[] {
  const faults: string[] = [];
  if (messages.length === 0) faults.push('messages: at least one message is required');
  if (messages.at(-1)?.role === 'assistant') faults.push('messages: the last is an assistant message (prefill)');
  messages.forEach(({ role, content }, i) => {
    const at = `messages.${String(i)}`;
    if (role !== (i % 2 === 0 ? 'user' : 'assistant')) faults.push(`${at}: roles must alternate, beginning with user`);
    if (content.length === 0) faults.push(`${at}: content must not be empty`);
    content.forEach((block, j) => {
      const { type } = block;
      if (!(allowed[role] ?? []).includes(type)) faults.push(`${at}.${String(j)}: ${type} in a message of ${role}`);
      if (type === 'text' && isBlank(block['text'])) faults.push(`${at}.${String(j)}: text must not be blank`);
      if (type === 'thinking' && isBlank(block['signature']))
        faults.push(`${at}.${String(j)}: thinking without signature`);
      if (type === 'tool_result' && content.slice(0, j).some((earlier) => earlier.type !== 'tool_result'))
        faults.push(`${at}.${String(j)}: tool_result blocks must come first`);
    });
  });
  return faults;
}

function isBlank(value: unknown): boolean {
  return typeof value !== 'string' || value.trim() === '';
}

function callFaults({ messages }: WireRequest): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  let open: readonly string[] = [];
  messages.forEach(({ content }, i) => {
    const at = `messages.${String(i)}`;
    const results = content.filter(({ type }) => type === 'tool_result').map((block) => String(block['tool_use_id']));
    for (const id of open) {
      const count = results.filter((result) => result === id).length;
      if (count !== 1) faults.push(`${at}: tool_use ${id} has ${String(count)} tool_result blocks in the next message`);
    }
    for (const id of results)
      if (!open.includes(id)) faults.push(`${at}: tool_result for ${id} that was not called before`);
    const uses = content.filter(({ type }) => type === 'tool_use');
    for (const use of uses) {
      const id = String(use['id']);
      if (id === '' || seen.has(id)) faults.push(`${at}: the id “${id}” of a tool_use is not its own`);
      seen.add(id);
      if (!isObject(use['input'])) faults.push(`${at}: the input of ${id} should be an object`);
    }
    open = uses.map((use) => String(use['id']));
  });
  if (open.length > 0) faults.push(`messages: tool_use ${open.join(', ')} without tool_result`);
  return faults;
}

function markFaults(request: WireRequest): string[] {
  const faults: string[] = [];
  const marked = inOrder(request).filter(({ marked: has }) => has);
  if (marked.length > 4)
    faults.push(`A maximum of 4 blocks with cache_control may be provided. Found ${String(marked.length)}.`);
  for (const { type } of marked) if (type.includes('thinking')) faults.push(`cache_control: not allowed on ${type}`);
  return faults;
}

export interface PlacedBlock {
  /** The bytes that a cache compares: without the mark, with the place. */
  readonly bytes: string;
  readonly type: string;
  readonly marked: boolean;
}

/** All blocks as the cache sees them: tools, system, messages. */
export function inOrder({ tools, system, messages }: WireRequest): readonly PlacedBlock[] {
  const place = (where: string, block: WireBlock): PlacedBlock => {
    const { cache_control: mark, ...rest } = block;
    return { bytes: `${where} ${JSON.stringify(rest)}`, type: block.type, marked: mark !== undefined && mark !== null };
  };
  return [
    ...tools.map((tool) => place('tool', tool)),
    ...system.map((block) => place('system', block)),
    ...messages.flatMap(({ role, content }) => content.map((block) => place(role, block))),
  ];
}
