/** A suite that every adapter and every fake of a port runs: plain data, so that any test runner can take it. */
export interface ContractCase<Subject> {
  readonly name: string;
  run(subject: Subject): Promise<void>;
}

export const never = new AbortController().signal;

export function aborted(): AbortSignal {
  return AbortSignal.abort(new DOMException('stopped', 'AbortError'));
}

/** The code and message of the error that was thrown, for one comparison. */
export async function thrownBy(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof Error)
      return { code: 'code' in thrown ? String(thrown.code) : thrown.name, message: thrown.message };
    throw thrown;
  }
  throw new Error('Nothing was thrown.');
}
