import type { DynamicModule, ModuleMetadata, Provider } from '@nestjs/common';

class PlatformModule {}
class ServiceModule {}

/** The platform's injectables, visible in every module of the service. */
export function platformModule(providers: Provider[]): DynamicModule {
  return { module: PlatformModule, global: true, providers, exports: providers.map(tokenOf) };
}

/**
 * All roles of the process as one module, so that a provider which two roles list exists once. Providers
 * given later replace those of the same token; that is how a test's overrides win.
 */
export function serviceModule(platform: DynamicModule, parts: readonly ModuleMetadata[]): DynamicModule {
  const providers = parts.flatMap((part) => part.providers ?? []);
  return {
    module: ServiceModule,
    imports: [platform, ...new Set(parts.flatMap((part) => part.imports ?? []))],
    controllers: [...new Set(parts.flatMap((part) => part.controllers ?? []))],
    providers: [...new Map(providers.map((provider) => [tokenOf(provider), provider])).values()],
  };
}

function tokenOf(provider: Provider) {
  return typeof provider === 'function' ? provider : provider.provide;
}
