import type { ApplicationInstance } from './instance';

/** How the descriptor of another application can name this one. */
export function referencesTo({ name, descriptor }: ApplicationInstance): string[] {
  return [`$XSAPPNAME(application,${descriptor.xsappname})`, `$XSSERVICENAME(${name})`];
}

/** A scope as tokens hold it: `$XSAPPNAME.Read` becomes `mtlsxsuaa!t1.Read`. */
export function qualify(name: string, { xsappname }: ApplicationInstance): string {
  return name.replace('$XSAPPNAME', () => xsappname);
}

export interface ResolvedReference {
  readonly application: ApplicationInstance;
  /** Without what names the application. */
  readonly name: string;
}

/** Finds what `$XSAPPNAME.Viewer` or `$XSAPPNAME(application,other).Viewer` means in the descriptor of an application. */
export function resolveReference(
  reference: string,
  from: ApplicationInstance,
  applications: readonly ApplicationInstance[],
): ResolvedReference | undefined {
  if (reference.startsWith('$XSAPPNAME.')) return { application: from, name: reference.slice('$XSAPPNAME.'.length) };
  for (const application of applications)
    for (const prefix of referencesTo(application))
      if (reference.startsWith(`${prefix}.`)) return { application, name: reference.slice(prefix.length + 1) };
  return undefined;
}
