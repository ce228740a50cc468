import { expect, test } from '@jest/globals';
import { addressInTable, parseMarkers, parseResident, parseStat, parseTcpTable } from './proc-text.ts';

const statOf = (comm: string, state: string, flags: number) =>
  `4711 (${comm}) ${state} 4700 4711 4711 0 -1 ${flags} 3067 0 0 0 10 3 0 0 20 0 11 0 184467 1216364544 14021 ` +
  '18446744073709551615 4194304 45203505 140721929374480 0 0 0 0 16781312 134235394 0 0 0 17 1 0 0 0 0 0\n';

test('the parent, state and start of a process are read from its stat line', () => {
  expect(parseStat(statOf('node', 'S', 4_194_304))).toEqual({
    state: 'S',
    parent: 4700,
    kernelThread: false,
    startTicks: 184_467,
    stackStart: '140721929374480',
  });
});

test('a command with spaces and parentheses does not shift the fields of stat', () => {
  expect(parseStat(statOf('tmux: (server) x)', 'T', 0))).toMatchObject({ state: 'T', parent: 4700 });
});

test('a kernel thread is told by its flag', () => {
  expect(parseStat(statOf('kworker/0:1', 'I', 0x0020_0040))?.kernelThread).toBe(true);
});

test('a torn stat line is not a process', () => {
  expect(parseStat('')).toBeUndefined();
  expect(parseStat('4711 (node) S 1')).toBeUndefined();
});

test('markers are read from the environment', () => {
  const environ = 'PATH=/bin\0GAUNTLET_RUN=7f3a\0GAUNTLET_SERVICE=gateway\0NODE_UNIQUE_ID=2\0';
  expect(parseMarkers(environ)).toEqual({
    run: '7f3a',
    service: 'gateway',
    clusterWorker: true,
    wiped: false,
  });
});

test('the first of two markers counts, and a name that only ends like a marker does not', () => {
  const environ = 'MY_GAUNTLET_RUN=no\0GAUNTLET_RUN=first\0GAUNTLET_RUN=second\0';
  expect(parseMarkers(environ)).toMatchObject({ run: 'first', service: undefined });
});

test('an environment that a process title has overwritten is wiped', () => {
  expect(parseMarkers('gunicorn: master [app]\0\0\0')).toMatchObject({ wiped: true, run: undefined });
});

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (sl: number, local: string, remote: string, state: string, inode: number) =>
  `${String(sl).padStart(4)}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;

test('only listening and established sockets with the local port are taken from the table', () => {
  const table = [
    header,
    row(0, '0100007F:1F40', '00000000:0000', '0A', 101),
    row(1, '0100007F:1F40', '0100007F:9C41', '01', 102),
    row(2, '0100007F:1F40', '0100007F:9C42', '06', 0),
    row(3, '0100007F:9C41', '0100007F:1F40', '01', 103),
    row(10_000, '0100007F:1F40', '020012AC:9C43', '01', 0),
  ].join('');
  expect(parseTcpTable(table, 8000)).toEqual([
    { listening: true, remoteAddress: '00000000', remotePort: 0, inode: 101 },
    { listening: false, remoteAddress: '0100007F', remotePort: 40_001, inode: 102 },
    { listening: false, remoteAddress: '020012AC', remotePort: 40_003, inode: 0 },
  ]);
});

test('an IPv4 peer of a dual-stack socket is found by its IPv4 address', () => {
  const table = header + row(0, `${'0'.repeat(32)}:1F40`, '0000000000000000FFFF00000100007F:9C41', '01', 7);
  expect(parseTcpTable(table, 8000)[0]?.remoteAddress).toBe(addressInTable('127.0.0.1'));
  expect(addressInTable('::ffff:127.0.0.1')).toBe(addressInTable('127.0.0.1'));
});

test('addresses are written as the kernel writes them', () => {
  expect(addressInTable('172.18.0.2')).toBe('020012AC');
  expect(addressInTable('::1')).toBe('00000000000000000000000001000000');
  expect(addressInTable('fe80::1%eth0')).toBe('000080FE000000000000000001000000');
});

test('resident memory is told in bytes, and not for a process that has none left', () => {
  const status = 'Name:\tnode\nVmHWM:\t   90000 kB\nVmRSS:\t   81234 kB\nRssAnon:\t   40000 kB\n';
  expect(parseResident(status)).toBe(81_234 * 1024);
  expect(parseResident('Name:\tnode\nState:\tZ (zombie)\n')).toBeUndefined();
});
