/** Java, C#, Kotlin, Scala, Swift and Dart. */
import type { DefinitionRule, LanguageRules } from './rules.ts';

function withBody(kind: DefinitionRule['kind'], name = 'name', body: DefinitionRule['body'] = 'body'): DefinitionRule {
  return { kind, name, body };
}

export const java: LanguageRules = {
  definitions: {
    class_declaration: withBody('class'),
    record_declaration: withBody('class'),
    interface_declaration: withBody('interface'),
    annotation_type_declaration: withBody('interface'),
    enum_declaration: withBody('enum'),
    enum_constant: withBody('constant'),
    method_declaration: withBody('method'),
    constructor_declaration: withBody('method'),
    compact_constructor_declaration: withBody('method'),
    annotation_type_element_declaration: withBody('method'),
    variable_declarator: [
      { kind: 'field', name: 'name', under: [['field_declaration']] },
      { kind: 'constant', name: 'name', under: [['constant_declaration']] },
    ],
  },
  scopes: ['block', 'constructor_body', 'lambda_expression'],
  wrappers: ['field_declaration', 'constant_declaration'],
  imports: { import_declaration: { read: 'dotted' } },
};

const fields = [['variable_declaration'], ['field_declaration', 'event_field_declaration']];

export const csharp: LanguageRules = {
  definitions: {
    namespace_declaration: withBody('module'),
    class_declaration: withBody('class'),
    struct_declaration: withBody('class'),
    record_declaration: withBody('class'),
    interface_declaration: withBody('interface'),
    enum_declaration: withBody('enum'),
    enum_member_declaration: { kind: 'constant', name: 'name' },
    delegate_declaration: { kind: 'type', name: 'name' },
    method_declaration: withBody('method'),
    constructor_declaration: withBody('method'),
    destructor_declaration: withBody('method'),
    local_function_statement: withBody('function'),
    property_declaration: withBody('field', 'name', ['accessors', 'value']),
    event_declaration: withBody('field', 'name', 'accessors'),
    variable_declarator: { kind: 'field', name: 'name', under: fields },
  },
  scopes: [
    'block', 'arrow_expression_clause', 'lambda_expression', 'anonymous_method_expression', 'accessor_list', 'global_statement',
  ],
  wrappers: ['variable_declaration', 'field_declaration', 'event_field_declaration', 'global_statement'],
  imports: { using_directive: { read: 'dotted' } },
}; // prettier-ignore

const kotlinInterface = /^(?:@[\w.:]+(?:\([^)]*\))?\s+|[a-z]+\s+)*interface\s/;
const kotlinBody = ':class_body|enum_class_body';

export const kotlin: LanguageRules = {
  definitions: {
    class_declaration: [
      { ...withBody('enum', 'name', kotlinBody), when: [{ at: ':enum_class_body' }] },
      { ...withBody('interface', 'name', kotlinBody), when: [{ at: '', text: kotlinInterface }] },
      withBody('class', 'name', kotlinBody),
    ],
    object_declaration: withBody('class', 'name', kotlinBody),
    enum_entry: { kind: 'constant', name: ':identifier' },
    function_declaration: { kind: 'function', member: 'method', name: 'name', body: ':function_body' },
    property_declaration: [
      {
        kind: 'constant', name: ':variable_declaration :identifier', top: true,
        when: [{ at: ':modifiers', text: /(?:^|\s)const$/ }],
      },
      { kind: 'variable', member: 'field', name: ':variable_declaration :identifier', top: true, body: ':getter' },
    ],
    class_parameter: { kind: 'field', name: ':identifier', when: [{ at: '', text: /^(?:@\S+\s+|[a-z]+\s+)*(?:val|var)\s/ }] },
    type_alias: { kind: 'type', name: 'type' },
  },
  scopes: [
    'function_body', 'block', 'lambda_literal', 'anonymous_function', 'getter', 'setter', 'anonymous_initializer',
    'secondary_constructor',
  ],
  imports: { import: { read: 'dotted' } },
}; // prettier-ignore

export const scala: LanguageRules = {
  definitions: {
    class_definition: withBody('class'),
    object_definition: withBody('class'),
    package_object: withBody('class'),
    trait_definition: withBody('interface'),
    enum_definition: withBody('enum'),
    simple_enum_case: { kind: 'constant', name: 'name' },
    full_enum_case: { kind: 'constant', name: 'name' },
    function_definition: { kind: 'function', member: 'method', name: 'name', body: 'body' },
    function_declaration: { kind: 'function', member: 'method', name: 'name' },
    val_definition: { kind: 'constant', member: 'field', name: 'pattern:identifier', top: true },
    var_definition: { kind: 'variable', member: 'field', name: 'pattern:identifier', top: true },
    val_declaration: { kind: 'constant', member: 'field', name: 'name', top: true },
    var_declaration: { kind: 'variable', member: 'field', name: 'name', top: true },
    given_definition: withBody('constant'),
    type_definition: { kind: 'type', name: 'name' },
  },
  scopes: ['function_definition', 'lambda_expression', 'block', 'indented_block', 'case_block'],
  imports: { import_declaration: { read: 'scala' } },
};

const swiftKind = (text: RegExp) => [{ at: 'declaration_kind', text }] as const;
const swiftNames = ['name:type_identifier', 'name:user_type :type_identifier'];

export const swift: LanguageRules = {
  definitions: {
    class_declaration: [
      { kind: 'enum', name: swiftNames, body: 'body', when: swiftKind(/^enum$/) },
      { kind: 'class', name: swiftNames, body: 'body' },
    ],
    protocol_declaration: withBody('interface'),
    function_declaration: { kind: 'function', member: 'method', name: 'name', body: 'body' },
    protocol_function_declaration: withBody('method'),
    init_declaration: withBody('method'),
    property_declaration: {
      kind: 'variable', member: 'field', name: 'name bound_identifier', top: true, body: 'computed_value',
    },
    protocol_property_declaration: { kind: 'field', name: 'name bound_identifier' },
    enum_entry: { kind: 'constant', name: 'name' },
    typealias_declaration: { kind: 'type', name: 'name' },
    associatedtype_declaration: { kind: 'type', name: 'name' },
    macro_declaration: { kind: 'macro', name: ':simple_identifier' },
  },
  scopes: [
    'function_body', 'lambda_literal', 'computed_property', 'computed_getter', 'computed_setter', 'willset_didset_block',
  ],
  imports: { import_declaration: { read: 'dotted' } },
}; // prettier-ignore

const dartMethod: DefinitionRule = { kind: 'function', member: 'method', name: 'name' };

export const dart: LanguageRules = {
  definitions: {
    class_definition: withBody('class'),
    mixin_declaration: withBody('class', ':identifier', ':class_body'),
    extension_declaration: withBody('class'),
    extension_type_declaration: withBody('class', 'name', ':extension_body|class_body'),
    enum_declaration: withBody('enum'),
    enum_constant: { kind: 'constant', name: 'name' },
    type_alias: { kind: 'type', name: ':type_identifier' },
    function_signature: dartMethod,
    getter_signature: dartMethod,
    setter_signature: dartMethod,
    operator_signature: { kind: 'method', name: ':binary_operator' },
    constructor_signature: { kind: 'method', name: 'name' },
    constant_constructor_signature: { kind: 'method', name: ':identifier' },
    factory_constructor_signature: { kind: 'method', name: ':identifier' },
    static_final_declaration: { kind: 'constant', member: 'field', name: ':identifier', top: true },
    initialized_identifier: { kind: 'variable', member: 'field', name: ':identifier', top: true },
  },
  scopes: ['function_body', 'function_expression'],
  wrappers: [
    'method_signature', 'declaration', 'static_final_declaration_list', 'initialized_identifier_list', 'lambda_expression',
    'local_function_declaration',
  ],
  leading: ['annotation', 'marker_annotation'],
  trailing: ['function_body'],
  imports: { import_or_export: { read: 'quoted' }, part_directive: { read: 'quoted' } },
}; // prettier-ignore
