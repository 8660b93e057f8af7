/** TypeScript and JavaScript, with and without elements. */
import type { DefinitionRule, LanguageRules } from './rules.ts';

const functions = 'arrow_function|function_expression|generator_function';
const scopes = [
  'function_declaration', 'generator_function_declaration', 'function_expression', 'generator_function', 'arrow_function',
  'method_definition', 'class_static_block',
]; // prettier-ignore

const named: DefinitionRule = { kind: 'function', name: 'name', body: 'body' };
const method: DefinitionRule = { kind: 'method', name: 'name', body: 'body' };
const classRule: DefinitionRule = { kind: 'class', name: 'name', body: 'body' };

const required = { at: 'value:call_expression function', text: /^require$/, not: true } as const;
/** Not the counter of a loop. */
const statements = ['program', 'export_statement', 'ambient_declaration', 'statement_block'];

const variable: readonly DefinitionRule[] = [
  { kind: 'function', name: 'name:identifier', when: [{ at: `value:${functions}` }], body: 'value body' },
  { kind: 'class', name: 'name:identifier', when: [{ at: 'value:class' }], body: 'value body' },
  {
    kind: 'constant', name: 'name:identifier', top: true, when: [required], body: ['value:object|array', 'value:call_expression arguments', 'value:new_expression arguments'],
    under: [['lexical_declaration'], statements],
  },
  {
    kind: 'variable', name: 'name:identifier', top: true, when: [required], body: ['value:object|array', 'value:call_expression arguments', 'value:new_expression arguments'],
    under: [['variable_declaration'], statements],
  },
]; // prettier-ignore

const assigned = [{ at: 'left:member_expression' }, { at: `right:${functions}|class` }] as const;
/** `Server.prototype.listen = function () {}`, `exports.start = () => {}` */
const assignment: readonly DefinitionRule[] = [
  {
    kind: 'method', name: 'left property', owner: 'left object object:identifier', top: true, body: 'right body',
    when: [...assigned, { at: 'left object property', text: /^prototype$/ }],
  },
  { kind: 'function', name: 'left property', owner: 'left object:identifier', top: true, body: 'right body', when: assigned },
]; // prettier-ignore

const pair: DefinitionRule = { kind: 'method', name: 'key', when: [{ at: `value:${functions}` }], body: 'value body' };

const imports: LanguageRules['imports'] = {
  import_statement: { read: 'quoted' },
  export_statement: { when: [{ at: 'source' }], read: 'lastQuoted' },
  call_expression: { when: [{ at: 'function', text: /^(?:require|import)$/ }], read: 'quoted' },
};

function field(property: string): readonly DefinitionRule[] {
  return [
    { kind: 'method', name: property, when: [{ at: `value:${functions}` }], body: 'value body' },
    { kind: 'field', name: property },
  ];
}

export const javascript: LanguageRules = {
  definitions: {
    function_declaration: named,
    generator_function_declaration: named,
    class_declaration: classRule,
    method_definition: method,
    field_definition: field('property'),
    variable_declarator: variable,
    assignment_expression: assignment,
    pair,
  },
  scopes,
  wrappers: ['export_statement', 'lexical_declaration', 'variable_declaration', 'expression_statement'],
  leading: ['decorator'],
  imports,
};

export const typescript: LanguageRules = {
  definitions: {
    function_declaration: named,
    generator_function_declaration: named,
    function_signature: named,
    class_declaration: classRule,
    abstract_class_declaration: classRule,
    method_definition: method,
    method_signature: method,
    abstract_method_signature: method,
    interface_declaration: { kind: 'interface', name: 'name', body: 'body' },
    type_alias_declaration: { kind: 'type', name: 'name', body: 'value:object_type' },
    enum_declaration: { kind: 'enum', name: 'name', body: 'body' },
    enum_assignment: { kind: 'constant', name: 'name' },
    internal_module: { kind: 'module', name: 'name', body: 'body' },
    module: { kind: 'module', name: 'name', body: 'body' },
    public_field_definition: field('name'),
    property_signature: { kind: 'field', name: 'name' },
    variable_declarator: variable,
    assignment_expression: assignment,
    pair,
  },
  scopes,
  wrappers: [
    'export_statement', 'lexical_declaration', 'variable_declaration', 'ambient_declaration', 'expression_statement',
  ],
  leading: ['decorator'],
  imports,
}; // prettier-ignore
