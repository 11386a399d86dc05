import type { JsonObject } from '../../src/broker';
import type { ApplicationInstance } from '../../src/xsuaa/instance';
import { resolveRoleCollections } from '../../src/xsuaa/role-collections';
import { readSecurityDescriptor } from '../../src/xsuaa/security-descriptor';

function application(parameters: JsonObject): ApplicationInstance {
  const descriptor = readSecurityDescriptor(parameters);
  const { xsappname } = descriptor;
  return {
    kind: 'application',
    id: xsappname,
    name: `${xsappname}Instance`,
    xsappname: `${xsappname}!t1`,
    descriptor,
    bindings: new Map(),
  };
}

const shop = application({
  xsappname: 'shop',
  scopes: [{ name: '$XSAPPNAME.Buy' }, { name: '$XSAPPNAME.Sell' }],
  'role-templates': [
    { name: 'Buyer', 'scope-references': ['$XSAPPNAME.Buy', '$XSAPPNAME(application,stock).Look', 'uaa.user'] },
    { name: 'Seller', 'scope-references': ['$XSAPPNAME.Sell'] },
  ],
  'role-collections': [
    { name: 'Buyers', 'role-template-references': ['$XSAPPNAME.Buyer'] },
    { name: 'Staff', 'role-template-references': ['$XSAPPNAME.Buyer', '$XSAPPNAME.Seller'] },
  ],
  'foreign-scope-references': ['$XSAPPNAME(application,stock).Look'],
});
const stock = application({
  xsappname: 'stock',
  scopes: [
    { name: '$XSAPPNAME.Look', 'granted-apps': ['$XSAPPNAME(application,shop)'] },
    { name: '$XSAPPNAME.Count', 'granted-apps': ['$XSAPPNAME(application,shop)'] },
    { name: '$XSAPPNAME.Throw' },
  ],
  attributes: [{ name: 'Hall' }, { name: 'Floor' }],
  'role-templates': [
    {
      name: 'Keeper',
      'scope-references': ['$XSAPPNAME.Look', '$XSAPPNAME.Count', '$XSAPPNAME.Throw'],
      'attribute-references': ['Hall', { name: 'Floor', 'default-values': ['1', '2'] }],
    },
  ],
  'role-collections': [{ name: 'Staff', 'role-template-references': ['$XSAPPNAME.Keeper'] }],
});
const applications = [shop, stock];
const scopesOf = (instance: ApplicationInstance, name: string, others = applications) =>
  resolveRoleCollections(instance, others).get(name)?.scopes;

describe('role collections', () => {
  it('give the scopes of their role templates at the application', () => {
    expect(scopesOf(shop, 'Buyers')).toEqual(['shop!t1.Buy', 'stock!t1.Look']);
    expect(scopesOf(stock, 'Buyers')).toEqual(['stock!t1.Look']);
  });

  it('that several applications define are one, for the users', () => {
    expect(scopesOf(stock, 'Staff')).toEqual(['stock!t1.Look', 'stock!t1.Look', 'stock!t1.Count', 'stock!t1.Throw']);
  });

  it('give a scope of another application only where it is granted and accepted', () => {
    expect(scopesOf(shop, 'Staff')).not.toContain('stock!t1.Count');
    expect(scopesOf(shop, 'Staff')).not.toContain('stock!t1.Throw');
    const accepting = {
      ...shop,
      descriptor: { ...shop.descriptor, 'foreign-scope-references': ['$ACCEPT_GRANTED_SCOPES'] },
    };
    expect(scopesOf(accepting, 'Staff', [accepting, stock])).toContain('stock!t1.Count');
    expect(scopesOf(accepting, 'Staff', [accepting, stock])).not.toContain('stock!t1.Throw');
  });

  it('bring along the attributes of their role templates, with default values', () => {
    const attributes = resolveRoleCollections(stock, applications).get('Staff')?.attributes;
    expect([...(attributes ?? [])]).toEqual([
      ['Hall', []],
      ['Floor', ['1', '2']],
    ]);
  });

  it('that nobody defines do not exist', () => {
    expect(resolveRoleCollections(shop, applications).has('Nobody')).toBe(false);
    expect(resolveRoleCollections(shop, [shop]).get('Staff')?.scopes).toEqual(['shop!t1.Buy', 'shop!t1.Sell']);
  });
});
