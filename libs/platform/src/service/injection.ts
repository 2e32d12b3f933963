/** Injection token of the service's parsed configuration: `@Inject(CONFIG) config: Config`. */
export const CONFIG = Symbol('CONFIG');
/** Injection token of the kernel's Clock: `@Inject(CLOCK) clock: Clock`. */
export const CLOCK = Symbol('CLOCK');
