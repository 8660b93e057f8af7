/** Markdown of a model as safe HTML: no raw HTML, no images, no styles; links that only the host opens; coloured code. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import MarkdownIt from 'markdown-it';

/** Above this a block stays plain: colouring it would take longer than a frame. */
const colouredCharsMax = 20_000;

const languages = {
  bash, cpp, csharp, css, diff, dockerfile, go, ini, java, json, markdown, python, ruby, rust, sql, typescript, xml, yaml,
}; // prettier-ignore

/** Near enough to be coloured alike, at no weight. */
const alike = {
  typescript: ['javascript', 'js', 'jsx', 'mjs', 'cjs'],
  cpp: ['c', 'h'],
  java: ['kotlin', 'kt'],
} as const;

/** One renderer for the page; what it makes of a text depends on nothing else. */
export function createMarkdown(): (text: string) => string {
  for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
  for (const [languageName, names] of Object.entries(alike)) hljs.registerAliases([...names], { languageName });
  const parser = new MarkdownIt({ html: false, linkify: false, typographer: false });
  parser.disable('image');
  // Only https is a link; anything else stays the text it is.
  parser.validateLink = (href) => /^https:\/\//i.test(href.trim());
  const { rules } = parser.renderer;
  rules['link_open'] = (tokens, at) => {
    const href = parser.utils.escapeHtml(String(tokens[at]?.attrGet('href') ?? ''));
    return `<a href="${href}" data-href="${href}" title="${href}">`;
  };
  rules['fence'] = (tokens, at) =>
    codeBlock(tokens[at]?.content ?? '', (tokens[at]?.info ?? '').trim().split(/\s+/)[0] ?? '');
  rules['code_block'] = (tokens, at) => codeBlock(tokens[at]?.content ?? '', '');
  // The parser aligns columns by a style attribute, which the page's policy forbids.
  for (const cell of ['th_open', 'td_open']) {
    rules[cell] = (tokens, at) => {
      const align = /text-align:(left|center|right)/.exec(String(tokens[at]?.attrGet('style') ?? ''))?.[1];
      return `<${cell.slice(0, 2)}${align ? ` class="to-${align}"` : ''}>`;
    };
  }
  rules['table_open'] = () => '<div class="scroll-x"><table>';
  rules['table_close'] = () => '</table></div>';
  return (text) => parser.render(text);

  function codeBlock(code: string, language: string): string {
    const known = hljs.getLanguage(language) !== undefined && code.length <= colouredCharsMax;
    const body = known ? hljs.highlight(code, { language, ignoreIllegals: true }).value : parser.utils.escapeHtml(code);
    const name = parser.utils.escapeHtml(language.slice(0, 40));
    return (
      `<div class="block"><div class="bh"><span>${name}</span>` +
      `<button type="button" class="ib" data-copy title="Copy code" aria-label="Copy code"><i class="codicon codicon-copy" aria-hidden="true"></i></button></div>` +
      `<pre tabindex="0"><code>${body}</code></pre></div>`
    );
  }
}
