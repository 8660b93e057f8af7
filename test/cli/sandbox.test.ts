import { expect, test } from 'vitest';
import { ownCli, run } from './inProcess.ts';

test('the mode auto is refused where nothing holds commands, with the way on', async () => {
  await ownCli();
  await expect(run({ mode: 'auto', sandbox: false })).rejects.toMatchObject({
    code: 'invalid_input',
    message:
      'The mode auto needs a sandbox, and there is none here: it is switched off by --no-sandbox. Use --permission-mode edit.',
  });
});
