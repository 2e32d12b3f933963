import { Inject, Injectable, type Provider } from '@nestjs/common';
import { CONFIG, Database, Lifecycle, Logger, Polling } from '@defter/platform';
import type { Config } from './config.js';
import { Connections } from './connections.js';

const EVERY_MS = 3_600_000;
/** Of a request that broke off: after so long nobody is still sending. */
const BROKEN_OFF_MS = 86_400_000;
/** A part is a megabyte. */
const PARTS_PER_STATEMENT = 200;

/** The database's clock: it also says when a part was kept. */
const FORGET = `
  delete from received_file_part part using (
    select old.file_id, old.part_number from received_file_part old
     where old.tenant_id = $1
       and (old.kept_at < clock_timestamp() - $2::bigint * interval '1 millisecond'
         or old.kept_at < clock_timestamp() - $3::bigint * interval '1 millisecond'
           and not exists (select from received_file file
                            where file.tenant_id = $1 and file.file_id = old.file_id))
     limit ${PARTS_PER_STATEMENT}) due
   where part.tenant_id = $1 and part.file_id = due.file_id and part.part_number = due.part_number
  returning part.part_number`;

/**
 * The bytes of files that were handed in: they go after `FILE_HISTORY`, and after a day when no verdict was
 * ever written. What was read of a file, and what was said of it, stays.
 */
@Injectable()
export class OldParts {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @returns how many went */
  async forget(tenantId: string): Promise<number> {
    const values = [tenantId, this.config.fileHistoryMs, BROKEN_OFF_MS];
    for (let gone = 0; ;) {
      const { length } = await this.database.query(FORGET, values);
      gone += length;
      if (length < PARTS_PER_STATEMENT) return gone;
    }
  }
}

type Injected = [Database, Logger, Lifecycle, Connections, OldParts];

/** Looks for old parts once an hour, of every tenant in turn. */
export function oldPartsLoop(): Provider {
  return {
    provide: Symbol('old parts loop'),
    inject: [Database, Logger, Lifecycle, Connections, OldParts],
    // One parameter per injected thing is Nest's form of a factory.
    useFactory: (...[database, logger, lifecycle, connections, parts]: Injected) => {
      const round = async (): Promise<boolean> => {
        for (const tenantId of await connections.tenantIds()) {
          const gone = await parts.forget(tenantId);
          if (gone > 0) logger.info('Old parts of files went', { tenantId, parts: gone });
        }
        return false;
      };
      const polling = new Polling(database, logger, { name: 'old parts', everyMs: EVERY_MS, round });
      lifecycle.register(polling);
      return polling;
    },
  };
}
