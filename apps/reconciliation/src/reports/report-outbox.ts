import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import type { Config } from '../config.js';
import { mailOf } from './mail.js';
import { reportCsv } from './report-csv.js';
import type { StoredReport } from './report.js';
import { reportPage, reportTitle } from './report-page.js';

/**
 * Puts a report into a folder as an e-mail file, for whatever sends mail there. The same version is the same
 * file: written twice, it is there once.
 */
@Injectable()
export class ReportOutbox {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** @returns the file's name, or nothing where no folder is named */
  async send(report: StoredReport): Promise<string | null> {
    const { reportMailDir, reportMailFrom: from, reportMailTo: to, reportLanguage: language } = this.config;
    if (reportMailDir === undefined) return null;
    const { kind, version, content } = report;
    const name = `${content.tenant}-${kind}-${content.businessOn}-v${version}`;
    const title = reportTitle(report, language);
    const mail = mailOf({
      ...{ from, to, subject: `${title} · ${content.tenantName}`, at: new Date(report.madeAt), id: name },
      ...{ html: reportPage(report, language), csv: reportCsv(report), csvName: `${name}.csv` },
    });
    await mkdir(reportMailDir, { recursive: true });
    const file = join(reportMailDir, `${name}.eml`);
    // By renaming: who watches the folder never sees half a mail.
    await writeFile(`${file}.${process.pid}.part`, mail);
    await rename(`${file}.${process.pid}.part`, file);
    return `${name}.eml`;
  }
}
