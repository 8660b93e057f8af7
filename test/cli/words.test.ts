import { expect, test } from 'vitest';
import { withoutControls } from '../../src/cli/words.ts';

test('what a model or a command says cannot move the cursor, colour, or turn the direction of a terminal', () => {
  expect(withoutControls('a\tb\nc \u001b[31mred\u001b[0m \u202edrow\u202c\r\u009b2J 👨‍👩‍👧')).toBe(
    'a\tb\nc \ufffd[31mred\ufffd[0m \ufffddrow\ufffd\ufffd\ufffd2J 👨‍👩‍👧',
  );
});
