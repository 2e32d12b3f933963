import kafkajs from 'kafkajs';
import type { LogEntry, logLevel } from 'kafkajs';
import type { Logger } from '../../service/logger.js';

/**
 * kafkajs calls an error what it then retries; here an error is what somebody has to look at, so all moves
 * one down.
 */
export function kafkaLog(logger: Logger): (level: logLevel) => (entry: LogEntry) => void {
  return () =>
    ({ level, namespace, log }) => {
      const { message, timestamp: _timestamp, logger: _name, ...fields } = log;
      const text = `kafkajs ${namespace}: ${message}`;
      if (level <= kafkajs.logLevel.ERROR) logger.warn(text, fields);
      else if (level === kafkajs.logLevel.WARN) logger.info(text, fields);
      else logger.debug(text, fields);
    };
}
