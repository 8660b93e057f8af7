/** Python, Ruby, PHP, Lua, Elixir and Bash. */
import type { DefinitionRule, LanguageRules } from './rules.ts';

function withBody(kind: DefinitionRule['kind'], name = 'name'): DefinitionRule {
  return { kind, name, body: 'body' };
}

const assigned = { member: 'field', name: 'left:identifier', top: true, under: [['expression_statement']] } as const;

export const python: LanguageRules = {
  definitions: {
    class_definition: withBody('class'),
    function_definition: { ...withBody('function'), member: 'method' },
    assignment: [
      { kind: 'constant', ...assigned, when: [{ at: 'left', text: /^_*[A-Z][A-Z0-9_]*$/ }] },
      { kind: 'variable', ...assigned },
    ],
    type_alias_statement: { kind: 'type', name: ['left :identifier', 'left :generic_type :identifier'] },
  },
  scopes: ['function_definition', 'lambda'],
  wrappers: ['decorated_definition'],
  imports: {
    import_statement: { read: 'python' },
    import_from_statement: { read: 'python' },
  },
};

export const ruby: LanguageRules = {
  definitions: {
    module: { kind: 'module', name: ['name:constant', 'name name'], owner: 'name scope', body: 'body' },
    class: { kind: 'class', name: ['name:constant', 'name name'], owner: 'name scope', body: 'body' },
    method: { ...withBody('function'), member: 'method' },
    singleton_method: withBody('method'),
    assignment: { kind: 'constant', name: 'left:constant', top: true },
  },
  scopes: ['method', 'singleton_method', 'lambda'],
  imports: {
    call: { when: [{ at: 'method', text: /^(?:require|require_relative|load|autoload)$/ }], read: 'lastQuoted' },
  },
};

export const php: LanguageRules = {
  definitions: {
    namespace_definition: { ...withBody('module'), when: [{ at: 'body' }] },
    class_declaration: withBody('class'),
    trait_declaration: withBody('class'),
    interface_declaration: withBody('interface'),
    enum_declaration: withBody('enum'),
    enum_case: { kind: 'constant', name: 'name' },
    method_declaration: withBody('method'),
    function_definition: withBody('function'),
    property_element: { kind: 'field', name: 'name :name' },
    const_element: { kind: 'constant', name: ':name' },
    function_call_expression: {
      kind: 'constant', name: 'arguments :argument :string :string_content', top: true,
      when: [{ at: 'function', text: /^define$/i }],
    },
  },
  scopes: ['method_declaration', 'function_definition', 'anonymous_function', 'arrow_function'],
  wrappers: ['property_declaration', 'const_declaration', 'expression_statement'],
  imports: {
    namespace_use_declaration: { read: 'php' },
    require_expression: { read: 'quoted' },
    require_once_expression: { read: 'quoted' },
    include_expression: { read: 'quoted' },
    include_once_expression: { read: 'quoted' },
  },
}; // prettier-ignore

const luaFunction = { at: ':expression_list value:function_definition' } as const;
const luaBody = ':expression_list value body';

export const lua: LanguageRules = {
  definitions: {
    function_declaration: [
      { ...withBody('function'), name: 'name:identifier' },
      { ...withBody('method'), name: ['name method', 'name field'], owner: 'name table' },
    ],
    assignment_statement: [
      { kind: 'function', name: ':variable_list name:identifier', when: [luaFunction], body: luaBody },
      {
        kind: 'method', name: ':variable_list name field', owner: ':variable_list name table', when: [luaFunction],
        body: luaBody,
      },
      {
        kind: 'variable', name: ':variable_list name:identifier', top: true,
        when: [{ at: ':expression_list value:function_call name', text: /^require$/, not: true }],
      },
    ],
    field: { kind: 'function', name: 'name:identifier', when: [{ at: 'value:function_definition' }], body: 'value body' },
  },
  scopes: ['function_declaration', 'function_definition'],
  wrappers: ['variable_declaration'],
  imports: { function_call: { when: [{ at: 'name', text: /^(?:require|dofile)$/ }], read: 'quoted' } },
}; // prettier-ignore

const elixirNames = [
  ':arguments :call target', ':arguments :identifier', ':arguments :binary_operator left:call target',
  ':arguments :binary_operator left:identifier',
]; // prettier-ignore

const elixirOther =
  /^(?:moduledoc|doc|typedoc|spec|impl|behaviour|derive|enforce_keys|dialyzer|deprecated|since|compile|tag|moduletag|describetag|on_load|before_compile|after_compile|external_resource|optional_callbacks|type|typep|opaque|callback|macrocallback)$/;

export const elixir: LanguageRules = {
  definitions: {
    call: [
      { kind: 'module', name: ':arguments :alias', body: ':do_block', when: [{ at: 'target', text: /^(?:defmodule|defimpl)$/ }] },
      { kind: 'interface', name: ':arguments :alias', body: ':do_block', when: [{ at: 'target', text: /^defprotocol$/ }] },
      { kind: 'macro', name: elixirNames, body: ':do_block', when: [{ at: 'target', text: /^(?:defmacrop?|defguardp?)$/ }] },
      {
        kind: 'function', member: 'method', name: elixirNames, body: ':do_block',
        when: [{ at: 'target', text: /^(?:defp?|defdelegate|defn|defnp)$/ }],
      },
    ],
    unary_operator: [
      {
        kind: 'type',
        name: ['operand :arguments :binary_operator left:call target', 'operand :arguments :binary_operator left:identifier'],
        when: [{ at: 'operand:call target', text: /^(?:type|typep|opaque|callback|macrocallback)$/ }],
      },
      {
        kind: 'constant', name: 'operand:call target:identifier', under: [['do_block']],
        when: [{ at: '', text: /^@/ }, { at: 'operand target', text: elixirOther, not: true }],
      },
    ],
  },
  scopes: ['anonymous_function'],
  imports: { call: { when: [{ at: 'target', text: /^(?:use|import|alias|require)$/ }], read: 'elixir' } },
}; // prettier-ignore

export const bash: LanguageRules = {
  definitions: {
    function_definition: withBody('function'),
    variable_assignment: {
      kind: 'variable', name: 'name:variable_name', top: true, under: [['program', 'declaration_command']],
    },
  },
  scopes: ['function_definition', 'subshell', 'command_substitution'],
  wrappers: ['declaration_command'],
  imports: { command: { when: [{ at: 'name', text: /^(?:source|\.)$/ }], read: 'bash' } },
}; // prettier-ignore
