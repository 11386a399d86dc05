import { array, optional, string, union, type InferOutput } from 'valibot';
import { BrokerError, type JsonObject } from '../broker';
import { findInconsistencies } from './descriptor-consistency';
import { oauth2ConfigurationSchema } from './oauth2-configuration';
import { flag, knownMembers, list, oneOf, parseParameters, text, textLike } from '../parameter-schema';

/** `$XSAPPNAME(application,name)` or `$XSSERVICENAME(instance)`, with a scope behind it or not. */
const FOREIGN = String.raw`\$(?:XSAPPNAME|XSSERVICENAME)\([^()]+\)`;
const LOCAL = String.raw`\$XSAPPNAME\.[\w\-/\\:][\w\-/\\:.]*`;
/** Scopes of UAA itself, which need no prefix. */
const RESERVED = String.raw`openid|(?:uaa|xs_user|xs_authorization)\.[\w.]+`;

const anyText = string('a text');
const scopeName = textLike(
  new RegExp(`^(?:${LOCAL}|${RESERVED})$`),
  '$XSAPPNAME. and a name of letters, digits, - _ / \\ : and . that does not start with a dot',
);
const application = textLike(
  new RegExp(`^${FOREIGN}$`),
  '$XSAPPNAME(application,<xsappname>) or $XSSERVICENAME(<service instance>)',
);
const authority = textLike(
  new RegExp(String.raw`^(?:\$ACCEPT_GRANTED_AUTHORITIES|${LOCAL}|${FOREIGN}(?:\..+)?|${RESERVED})$`),
  '$ACCEPT_GRANTED_AUTHORITIES, $XSAPPNAME.<scope> or $XSAPPNAME(application,<xsappname>).<scope>',
);
const attributeName = textLike(/^\w{1,64}$/, 'a name of 1 to 64 letters, digits and _');

/** xs-security.json as SAP Help documents it (Application Security Descriptor Configuration Syntax, and its limits). */
const schema = knownMembers({
  xsappname: textLike(/^[\w\-/\\]{1,100}$/, 'a name of 1 to 100 letters, digits, - _ / and \\'),
  'tenant-mode': optional(oneOf(['dedicated', 'shared', 'external']), 'dedicated'),
  description: optional(anyText),
  scopes: optional(
    list(
      knownMembers({
        name: scopeName,
        description: optional(anyText),
        'granted-apps': optional(array(application, 'a list')),
        'grant-as-authority-to-apps': optional(array(application, 'a list')),
      }),
      500,
    ),
    [],
  ),
  attributes: optional(
    list(
      knownMembers({
        name: attributeName,
        description: optional(anyText),
        valueType: optional(oneOf(['string', 's', 'int', 'date'])),
        valueRequired: optional(flag(), true),
      }),
      50,
    ),
    [],
  ),
  'role-templates': optional(
    list(
      knownMembers({
        name: textLike(/^[\w.-]{1,64}$/, 'a name of 1 to 64 letters, digits, . - and _'),
        description: optional(anyText),
        'default-role-name': optional(text(255)),
        'scope-references': optional(array(anyText, 'a list'), []),
        'attribute-references': optional(
          array(
            union(
              [attributeName, knownMembers({ name: attributeName, 'default-values': optional(array(anyText)) })],
              'the name of an attribute or an object with name and default-values',
            ),
            'a list',
          ),
          [],
        ),
      }),
      500,
    ),
    [],
  ),
  'role-collections': optional(
    list(
      knownMembers({
        name: text(64),
        description: optional(text(1000)),
        'role-template-references': array(anyText, 'a list'),
      }),
      250,
    ),
    [],
  ),
  authorities: optional(array(authority, 'a list'), []),
  'authorities-inheritance': optional(flag()),
  'foreign-scope-references': optional(array(anyText, 'a list'), []),
  'oauth2-configuration': optional(oauth2ConfigurationSchema, {}),
  xsenableasyncservice: optional(flag()),
});

/** A checked xs-security.json; names keep their `$XSAPPNAME`. */
export type SecurityDescriptor = InferOutput<typeof schema>;

/**
 * Reads the parameters of `cf create-service xsuaa application NAME -c xs-security.json`.
 * @throws {BrokerError} that lists every problem with parameter, value and what is allowed.
 */
export function readSecurityDescriptor(parameters: JsonObject): SecurityDescriptor {
  const result = parseParameters(schema, parameters);
  if (!('output' in result)) throw refuse(result.problems);
  const problems = findInconsistencies(result.output);
  if (problems.length > 0) throw refuse(problems);
  return result.output;
}

function refuse(problems: readonly string[]): BrokerError {
  return new BrokerError(400, `Error parsing xs-security.json data: ${problems.join('. ')}`);
}
