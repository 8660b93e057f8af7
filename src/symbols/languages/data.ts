/** HTML, CSS, JSON, YAML and TOML: headings, ids, selectors and keys. */
import type { LanguageRules } from './rules.ts';

export const html: LanguageRules = {
  definitions: {
    element: { kind: 'heading', name: ':text', when: [{ at: ':start_tag :tag_name', text: /^h[1-6]$/i }] },
    attribute: {
      kind: 'key', name: [':quoted_attribute_value :attribute_value', ':attribute_value'],
      when: [{ at: ':attribute_name', text: /^id$/i }],
    },
  },
  scopes: [],
  imports: { start_tag: { when: [{ at: ':tag_name', text: /^(?:script|link)$/i }], read: 'attribute' } },
}; // prettier-ignore

const selectors = [
  'class_selector', 'id_selector', 'tag_name', 'universal_selector', 'attribute_selector', 'pseudo_class_selector',
  'pseudo_element_selector', 'child_selector', 'descendant_selector', 'sibling_selector', 'adjacent_sibling_selector',
  'nesting_selector', 'namespace_selector',
]; // prettier-ignore

export const css: LanguageRules = {
  definitions: {
    rule_set: { kind: 'key', name: `:selectors :${selectors.join('|')}`, body: ':block' },
    declaration: { kind: 'variable', name: ':property_name', when: [{ at: ':property_name', text: /^--/ }] },
    keyframes_statement: { kind: 'key', name: ':keyframes_name', body: ':keyframe_block_list' },
  },
  scopes: [],
  imports: { import_statement: { read: 'quoted' } },
};

export const json: LanguageRules = {
  definitions: { pair: { kind: 'key', name: 'key :string_content', body: 'value', top: true, depth: 2 } },
  scopes: ['array'],
};

export const yaml: LanguageRules = {
  definitions: { block_mapping_pair: { kind: 'key', name: 'key', body: 'value', top: true, depth: 2 } },
  scopes: ['block_sequence', 'flow_sequence', 'flow_mapping'],
};

const tomlKey = ':bare_key|dotted_key|quoted_key';

export const toml: LanguageRules = {
  definitions: {
    table: { kind: 'key', name: tomlKey },
    table_array_element: { kind: 'key', name: tomlKey },
    pair: { kind: 'key', name: tomlKey, top: true, depth: 2 },
  },
  scopes: ['inline_table', 'array'],
};
