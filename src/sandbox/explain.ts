/** Why a held command failed, where its own words point to the sandbox: the model would look for the fault elsewhere. */

/** null: nothing in it does. */
export function sandboxFault(output: string): string | null {
  const tail = output.slice(-lookedAtChars);
  const found = faults.find(([pattern]) => pattern.test(tail));
  return found
    ? `${found[1]} If the task needs that, run it again with ${found[2] ?? 'outside_sandbox'}: the user is asked.`
    : null;
}

/** What failed stands near the end. */
const lookedAtChars = 8000;

/** What is seen, what it means, and the input that gives more; absent: `outside_sandbox`. */
const faults: readonly (readonly [RegExp, string, string?])[] = [
  [
    /could not resolve host|name resolution|ENOTFOUND|EAI_AGAIN|network is unreachable|ENETUNREACH|no route to host/i,
    'The sandbox has no network.',
    'the places in hosts',
  ],
  [
    /connection refused|ECONNREFUSED/i,
    'From the sandbox no server outside of it is reached: start it in the background without hosts, or in the same line.',
  ],
  [
    /read-only file system|EROFS/i,
    'The sandbox lets commands write to the workspace and /tmp only, and not to settings and hooks of git, editors, CI and agents.',
  ],
  [
    /device or resource busy|EBUSY/i,
    'The sandbox keeps settings and hooks of git, editors, CI and agents where they are.',
  ],
  [/permission denied|EACCES/i, 'The sandbox hides keys and environment files.'],
  [/operation not permitted|EPERM/i, 'The sandbox does not let commands do this.'],
];
