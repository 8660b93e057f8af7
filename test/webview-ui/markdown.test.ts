import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarkdown } from '../../webview-ui/markdown.ts';

const toHtml = createMarkdown();
const tagsOf = (html: string): readonly string[] => html.match(/<[a-z!?][^>]*>/gi) ?? [];
/** Nothing but what the renderer itself makes, and no attribute that loads, runs or styles. */
const isInert = (tag: string): boolean =>
  /^<(?:p|pre|code|div|span|button|i|em|strong|s|ul|ol|li|table|thead|tbody|tr|th|td|h[1-6]|blockquote|hr|br|a)\b/.test(
    tag,
  ) &&
  !/\s(?:src|srcset|style|on\w+|xlink:href|formaction|action)=/i.test(tag) &&
  !/\shref="(?!https:\/\/)/i.test(tag);

describe('what a model writes', () => {
  it.each([
    '<img src=http://a.invalid/x.png>',
    '![x](https://a.invalid/x.png)',
    '<script>alert(1)</script>',
    '<a href="command:x" onclick="y">z</a>',
    '[a](javascript:alert(1))',
    '[a](command:workbench.action.terminal.new)',
    '[a](vscode://x/y)',
    '[a](file:///etc/passwd)',
    '[a](http://a.invalid)',
    '[a](data:text/html,x)',
    '[a]( JAVASCRIPT:x)',
    '<https://a.invalid/" onmouseover="x>',
    '[a](https://a.invalid/"onmouseover="x)',
    '```mermaid\ngraph TD; A-->B; click A "http://a.invalid/?d=1"\n```',
    '```"><img src=x>\nx\n```',
    'a <!-- b --> <style>@import "x"</style>',
    '|a|\n|:-:|\n|<img src=x>|',
  ])('%j loads, runs and opens nothing', (text) => {
    expect(tagsOf(toHtml(text)).filter((tag) => !isInert(tag))).toEqual([]);
  });

  it('has https links that only the host opens, with their whole address to read', () => {
    expect(toHtml('[a](https://a.invalid/b?c=1)').trim()).toBe(
      '<p><a href="https://a.invalid/b?c=1" data-href="https://a.invalid/b?c=1" title="https://a.invalid/b?c=1">a</a></p>',
    );
  });

  it('is inert whatever it is made of', () => {
    const part = fc.constantFrom('<', '>', '"', "'", '[', ']', '(', ')', '!', '`', '```', '\n', 'img src=x', 'script', 'a', ' onx=', 'javascript:', 'https://a', '|', '-', '&lt;', '\\'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        expect(tagsOf(toHtml(parts.join(''))).filter((tag) => !isInert(tag))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
