/** What is said to the model for a commit message, and the message in what it answers. Pure. */

/** `subjects`: of the last commits, newest first. `begun`: what the person has written already. */
export function commitPrompt(subjects: readonly string[], begun: string): string {
  return [
    'Write the commit message for the attached diff. First a subject of at most 72 characters; then, where the diff does not say it by itself, an empty line and why, wrapped at 72. Answer with the message alone: no plan, no quotes, no Markdown.',
    ...(subjects.length > 0 ? [`Keep to the style of the last commits here:\n${subjects.join('\n')}`] : []),
    ...(begun === '' ? [] : [`I have begun it, go on from there:\n${begun}`]),
  ].join('\n\n');
}

/** Without the fence or the quotes that some models put around it. */
export function commitMessageOf(answer: string): string {
  const text = answer.trim();
  const fenced = /```[\w-]*\n([^]*?)\n?```/.exec(text)?.[1];
  const bare = (fenced ?? text).trim();
  const quoted = /^(["'`])((?:(?!\1)[^])*)\1$/.exec(bare)?.[2];
  return (quoted ?? bare)
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
