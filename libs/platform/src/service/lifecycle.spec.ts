import { describe, expect, it } from '@jest/globals';
import { Lifecycle, type Task } from './lifecycle.js';
import { createLogger } from './logger.js';

function recorded() {
  const said: string[] = [];
  const lifecycle = new Lifecycle(createLogger('test', 'silent'));
  const task = (name: string, more: Partial<Task> = {}): Task => ({
    name,
    start: async () => void said.push(`start ${name}`),
    stop: async () => void said.push(`stop ${name}`),
    ...more,
  });
  return { said, lifecycle, task };
}

describe('lifecycle', () => {
  it('starts in order, stops in reverse, and one that fails to stop keeps no other from it', async () => {
    const { said, lifecycle, task } = recorded();
    lifecycle.register(task('a'));
    lifecycle.register(task('b', { stop: () => Promise.reject(new Error('no')) }));
    lifecycle.register(task('c'));
    await lifecycle.start();
    await lifecycle.stop();
    await lifecycle.stop();
    expect(said).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop a']);
  });

  it('stops only what was started', async () => {
    const { said, lifecycle, task } = recorded();
    lifecycle.register(task('a'));
    lifecycle.register(task('b', { start: () => Promise.reject(new Error('broker away')) }));
    lifecycle.register(task('c'));
    await expect(lifecycle.start()).rejects.toThrow('broker away');
    await lifecycle.stop();
    expect(said).toEqual(['start a', 'stop a']);
  });

  it('is ready only while running and every task is; a task that throws or hangs is not', async () => {
    const { lifecycle, task } = recorded();
    let up = true;
    lifecycle.register(task('database', { ready: () => up }));
    lifecycle.register(
      task('throws', {
        ready: () => {
          if (!up) throw new Error('x');
          return true;
        },
      }),
    );
    lifecycle.register(task('hangs', { ready: () => (up ? true : new Promise<boolean>(() => undefined)) }));
    await lifecycle.start();
    expect(await lifecycle.unreadyBecause()).toEqual(['starting']);
    lifecycle.running();
    expect(await lifecycle.unreadyBecause()).toEqual([]);
    up = false;
    expect(await lifecycle.unreadyBecause()).toEqual(['database', 'throws', 'hangs']);
    lifecycle.unready();
    expect(await lifecycle.unreadyBecause()).toEqual(['stopping']);
  });

  it('knows the dead, told or seen, and says so also to who asks late', async () => {
    const { lifecycle, task } = recorded();
    let alive = true;
    let told = 0;
    lifecycle.register(task('consumer', { alive: () => alive }));
    await lifecycle.start();
    lifecycle.running();
    expect(lifecycle.dead()).toEqual([]);
    alive = false;
    lifecycle.died('relay', new Error('gone'));
    expect(lifecycle.dead()).toEqual(['relay', 'consumer']);
    lifecycle.whenDead(() => told++);
    expect(told).toBe(1);
  });

  it('refuses two tasks of one name, and a late one', () => {
    const { lifecycle, task } = recorded();
    lifecycle.register(task('a'));
    expect(() => lifecycle.register(task('a'))).toThrow('Two tasks are called a');
    lifecycle.running();
    expect(() => lifecycle.register(task('b'))).toThrow('after the start');
  });
});
