import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from './cache-folder.js';
import { ChildServer } from './child-server.js';
import { programOf } from './debian-package.js';
import { freePort } from './ports.js';
import { mustRun } from './run.js';

/** Options of {@link startPrometheus}. */
export interface PrometheusOptions {
  /** Its folder: data, log, settings. */
  readonly dir: string;
  /** The address that it listens on; loopback unless said. */
  readonly host?: string;
  /** Samples of long ago, in OpenMetrics with timestamps: they are there when it starts. */
  readonly history?: string;
  /** `host:port` of what it scrapes at `/metrics`, every second. */
  readonly scrapes?: readonly string[];
  /** A folder's files of rules, each second evaluated. */
  readonly rules?: readonly string[];
}

/** A running Prometheus. */
export interface PrometheusServer {
  readonly url: string;
  stop(): Promise<unknown>;
}

const START_TIMEOUT_MS = 60_000;

const program = (name: string): Promise<string> =>
  programOf('prometheus', `usr/bin/${name}`, join(cacheFolder(), `prometheus/${name}`));

/** The path of promtool, Prometheus' own checker. */
export const promtool = (): Promise<string> => program('promtool');

/** Fetches what {@link startPrometheus} needs: it can start without a network then. */
export const preparePrometheus = async (): Promise<void> => {
  await program('prometheus');
  await program('promtool');
};

/** Starts a real Prometheus and returns when it answers. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  const { dir, host = '127.0.0.1', history, scrapes = [], rules = [] } = options;
  const data = join(dir, 'data');
  mkdirSync(data, { recursive: true });
  if (history !== undefined) await backfill(dir, data, history);
  // JSON is YAML.
  const settings = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: [{ job_name: 'defter', static_configs: [{ targets: scrapes }] }],
  };
  writeFileSync(join(dir, 'prometheus.yml'), JSON.stringify(settings));
  const command = await program('prometheus');
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const address = `${host}:${await freePort()}`;
    const server = await ChildServer.start({
      ...{ name: 'Prometheus', command, logFile: join(dir, 'log'), pidFile: join(dir, 'pid') },
      args: [
        ...[`--config.file=${join(dir, 'prometheus.yml')}`, `--storage.tsdb.path=${data}`],
        // Samples of a test are as old as the test wants them.
        ...[`--web.listen-address=${address}`, '--storage.tsdb.retention.time=100y'],
      ],
    });
    const url = `http://${address}`;
    if (await answers(server, url, deadline)) return { url, stop: () => server.stop() };
    const said = server.logTail();
    await server.stop();
    if (Date.now() > deadline || !said.includes('address already in use'))
      throw new Error(`Prometheus did not start: ${said}`);
  }
}

async function backfill(dir: string, data: string, history: string): Promise<void> {
  const file = join(dir, 'history.txt');
  writeFileSync(file, history);
  await mustRun(await promtool(), ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data]);
}

async function answers(server: ChildServer, url: string, deadline: number): Promise<boolean> {
  while (server.exit === undefined && Date.now() < deadline) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return true;
    await sleep(50);
  }
  return false;
}
