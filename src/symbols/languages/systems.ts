/** Go, Rust, Zig, C and C++. */
import type { DefinitionRule, LanguageRules } from './rules.ts';

const receiver = 'receiver :parameter_declaration type';

export const go: LanguageRules = {
  definitions: {
    function_declaration: { kind: 'function', name: 'name', body: 'body' },
    method_declaration: {
      kind: 'method', name: 'name', body: 'body',
      owner: [
        `${receiver}:type_identifier`, `${receiver}:pointer_type :type_identifier`,
        `${receiver}:generic_type type`, `${receiver}:pointer_type :generic_type type`,
      ],
    },
    type_spec: [
      { kind: 'class', name: 'name', when: [{ at: 'type:struct_type' }], body: 'type :field_declaration_list' },
      { kind: 'interface', name: 'name', when: [{ at: 'type:interface_type' }], body: 'type' },
      { kind: 'type', name: 'name' },
    ],
    type_alias: { kind: 'type', name: 'name' },
    method_elem: { kind: 'method', name: 'name' },
    field_declaration: { kind: 'field', name: 'name' },
    const_spec: { kind: 'constant', name: 'name', top: true },
    var_spec: { kind: 'variable', name: 'name', top: true },
  },
  scopes: ['function_declaration', 'method_declaration', 'func_literal'],
  wrappers: ['type_declaration', 'const_declaration', 'var_declaration', 'var_spec_list'],
  imports: { import_spec: { read: 'lastQuoted' } },
}; // prettier-ignore

const typeName = ['type:type_identifier', 'type:generic_type type:type_identifier', 'type:scoped_type_identifier name'];

export const rust: LanguageRules = {
  definitions: {
    struct_item: { kind: 'class', name: 'name', body: 'body' },
    union_item: { kind: 'class', name: 'name', body: 'body' },
    enum_item: { kind: 'enum', name: 'name', body: 'body' },
    enum_variant: { kind: 'constant', name: 'name' },
    trait_item: { kind: 'interface', name: 'name', body: 'body' },
    impl_item: {
      kind: 'class',
      name: [...typeName, 'type:generic_type type:scoped_type_identifier name'],
      body: 'body',
    },
    type_item: { kind: 'type', name: 'name' },
    associated_type: { kind: 'type', name: 'name' },
    function_item: { kind: 'function', member: 'method', name: 'name', body: 'body' },
    function_signature_item: { kind: 'function', member: 'method', name: 'name' },
    mod_item: { kind: 'module', name: 'name', body: 'body', when: [{ at: 'body' }] },
    macro_definition: { kind: 'macro', name: 'name' },
    const_item: { kind: 'constant', name: 'name', top: true },
    static_item: { kind: 'variable', name: 'name', top: true },
    field_declaration: { kind: 'field', name: 'name' },
  },
  scopes: ['function_item', 'closure_expression'],
  leading: ['attribute_item'],
  imports: {
    use_declaration: { read: 'rust' },
    extern_crate_declaration: { read: 'rust' },
    mod_item: { when: [{ at: 'body', not: true }], read: 'rust' },
  },
};

const imported = { at: ':builtin_function :builtin_identifier', text: /^@import$/, not: true } as const;

export const zig: LanguageRules = {
  definitions: {
    function_declaration: { kind: 'function', member: 'method', name: 'name', body: 'body' },
    variable_declaration: [
      zigType('class', 'struct_declaration'),
      zigType('class', 'union_declaration'),
      zigType('class', 'opaque_declaration'),
      zigType('enum', 'enum_declaration'),
      zigType('enum', 'error_set_declaration'),
      { kind: 'constant', name: ':identifier', top: true, when: [imported] },
    ],
    container_field: { kind: 'field', name: 'name' },
  },
  scopes: ['function_declaration', 'test_declaration', 'comptime_declaration'],
  imports: { builtin_function: { when: [{ at: ':builtin_identifier', text: /^@import$/ }], read: 'quoted' } },
};

function zigType(kind: 'class' | 'enum', type: string): DefinitionRule {
  return { kind, name: ':identifier', when: [{ at: `:${type}` }], body: `:${type}` };
}

/** Whatever stands around the name: pointers, arrays, parameters, brackets, `Shape<T>::`. */
const names = 'identifier|field_identifier|type_identifier|operator_name|destructor_name|operator_cast';
const inner = 'pointer_declarator|function_declarator|array_declarator|reference_declarator';
const around = ['', `declarator*:reference_declarator :${inner} `, `declarator*:parenthesized_declarator :${inner} `];
const declared = around.map((way) => `${way}declarator* name*:${names}`);
const owner = around.flatMap((way) => [
  `${way}declarator* name:qualified_identifier name:qualified_identifier scope name*`,
  `${way}declarator* name:qualified_identifier scope name*`,
  `${way}declarator*:qualified_identifier scope name*`,
]);

/** `int add(int a);`, `Node *push(Node *to);`, `T &at(int i);` */
const prototypes = [
  'declarator:function_declarator',
  'declarator:pointer_declarator declarator:function_declarator',
  'declarator:reference_declarator :function_declarator',
];

function declarations(kind: 'field' | 'variable'): readonly DefinitionRule[] {
  const functions = prototypes.map(
    (at): DefinitionRule => ({
      kind: kind === 'field' ? 'method' : 'function', member: 'method', top: true, name: declared,
      when: [{ at }, { at: `${at} declarator:parenthesized_declarator`, not: true }],
    }), // prettier-ignore
  );
  return [...functions, { kind, name: declared, top: true }];
}

function container(kind: 'class' | 'enum'): DefinitionRule {
  return { kind, name: 'name name*:type_identifier', when: [{ at: 'body' }], body: 'body' };
}

function unnamed(kind: 'class' | 'enum', type: string): DefinitionRule {
  return {
    kind, name: 'declarator*:type_identifier', body: 'type body',
    when: [{ at: `type:${type} body` }, { at: 'type name', not: true }],
  }; // prettier-ignore
}

export const c: LanguageRules = {
  definitions: {
    function_definition: { kind: 'function', member: 'method', name: declared, body: 'body' },
    declaration: declarations('variable'),
    field_declaration: declarations('field'),
    type_definition: [
      unnamed('class', 'struct_specifier|union_specifier'),
      unnamed('enum', 'enum_specifier'),
      { kind: 'type', name: declared, alias: true, body: 'type body' },
    ],
    struct_specifier: container('class'),
    union_specifier: container('class'),
    enum_specifier: container('enum'),
    enumerator: { kind: 'constant', name: 'name' },
    preproc_def: { kind: 'macro', name: 'name', body: 'value' },
    preproc_function_def: { kind: 'macro', name: 'name', body: 'value' },
  },
  scopes: ['function_definition'],
  imports: { preproc_include: { read: 'quoted' } },
};

export const cpp: LanguageRules = {
  definitions: {
    ...c.definitions,
    function_definition: { kind: 'function', member: 'method', name: declared, owner, body: 'body' },
    class_specifier: container('class'),
    namespace_definition: { kind: 'module', name: 'name', body: 'body' },
    alias_declaration: { kind: 'type', name: 'name' },
    concept_definition: { kind: 'type', name: 'name' },
  },
  scopes: ['function_definition', 'lambda_expression'],
  wrappers: ['template_declaration'],
  imports: { preproc_include: { read: 'quoted' } },
};
